"""Make the generated pages of `docs/`: `python tests/docs/generate.py`. A test holds that they are up to date."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cc_launcher.core import stores
from cc_launcher.core.doctor import findings
from cc_launcher.core.plan import client
from cc_launcher.core.probe.checks.catalog import CHECKS
from cc_launcher.core.profile import knobs, profile, variables
from cc_launcher.core.stores.store import Store
from tests.docs import command_pages, providers_page

DOCS = Path(__file__).resolve().parents[2] / "docs"
MARK = "<!-- from here on: python tests/docs/generate.py -->"  # what stands above it is written by hand
MEASURED = "<!-- from here on: python tests/client/sweep.py --page docs/reference/clients.md -->"


def pages() -> dict[Path, str]:
    """Each generated page with its text."""
    return {
        DOCS / "reference" / "checks.md": _checks_page(),
        DOCS / "reference" / "clients.md": _clients_page(),
        DOCS / "reference" / "commands.md": _commands_page(),
        DOCS / "cc-launcher.1": command_pages.man_page(),
        DOCS / "reference" / "findings.md": _findings_page(),
        DOCS / "profile.schema.json": json.dumps(profile.schema(), indent=2) + "\n",
        DOCS / "reference" / "profile.md": _profile_page(),
        DOCS / "reference" / "stores.md": _stores_page(),
        DOCS / "reference" / "variables.md": _variables_page(),
        **{DOCS / "reference" / path: text for path, text in providers_page.pages().items()},
    }


def _commands_page() -> str:
    by_hand, _, _ = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8").partition(MARK)
    return "\n".join([by_hand + MARK, *command_pages.reference()])


def _profile_page() -> str:
    by_hand, _, _ = (DOCS / "reference" / "profile.md").read_text(encoding="utf-8").partition(MARK)
    schema = profile.schema()
    lines = [by_hand + MARK, "", "## Keys", "", "| key | kind | meaning |", "| --- | --- | --- |"]
    lines += _rows(schema["properties"], schema["$defs"])
    for name, title in (
        ("Tiers", "[tiers]"),
        ("Model", '[models."ID"]'),
        ("Prices", "prices"),
        ("Region", "[regions.NAME]"),
        ("Gateway", "[gateway]"),
        ("Key", "[gateway.keys.NAME]"),
        ("Team", "[gateway.teams.NAME]"),
        ("Route", "[routes.NAME]"),
        ("Target", "targets"),
        ("Rule", "[[rules]]"),
        ("Parameter", "[parameters.NAME]"),
        ("Mode", "[modes.NAME]"),
        ("McpServer", "[mcp_servers.NAME]"),
        ("McpSecret", "[mcp_servers.NAME.secret_headers.HEADER]"),
    ):
        lines += ["", f"### {title}", "", schema["$defs"][name]["description"], ""]
        lines += ["| key | kind | meaning |", "| --- | --- | --- |"]
        lines += _rows(schema["$defs"][name]["properties"], schema["$defs"])
    lines += [
        "",
        "## compat",
        "",
        "Each knob is `true` or `false`; a profile can turn off what its base turned on.",
        "",
    ]
    lines += ["| knob | turn it when | sets |", "| --- | --- | --- |"]
    for name, knob in knobs.KNOBS.items():
        sets = [f"`{variable}={value}`" for variable, value in knob.env.items()]
        sets += [f"`CLAUDE_CODE_MODEL_CAPABILITIES` without `{capability}`" for capability in knob.lacks]
        sets += [f"`--settings` `{key}`" for key, _ in knob.settings]
        lines.append(f"| `{name}` | {knob.why} | {', '.join(sets)} |")
    return "\n".join(lines) + "\n"


def _rows(properties: dict[str, Any], defs: dict[str, Any]) -> Iterator[str]:
    for key, value in properties.items():
        default = value.get("default")
        shown = f"; default: `{json.dumps(default)}`" if default not in (None, [], {}, "") else ""
        yield f"| `{key}` | {_kind(value, defs)} | {value.get('description', '')}{shown} |"


def _kind(value: dict[str, Any], defs: dict[str, Any]) -> str:
    if "$ref" in value:
        return "table"
    if "enum" in value:
        return " · ".join(f"`{choice}`" for choice in value["enum"])
    if "anyOf" in value:
        return " or ".join(kind for choice in value["anyOf"] if (kind := _kind(choice, defs)) != "null")
    if value.get("type") == "array":
        return f"list of {_kind(value['items'], defs)}"
    kinds = {"object": "table", "integer": "whole number", "string": "text", "boolean": "`true` · `false`"}
    return "date" if value.get("format") == "date" else kinds.get(value.get("type", ""), value.get("type", ""))


def _findings_page() -> str:
    lines = [
        "# What cc doctor finds",
        "",
        "Made from `core/doctor/findings.py`. Each finding has a code that stays the same; `--json` gives it. The",
        "command says what to do. A problem makes it end with 1, a warning does not. In a project's own files a",
        "finding is less than what is said here, and for the one profile that was named it may be more.",
    ]
    for about, title in findings.TOPICS.items():
        lines += [
            "",
            f"## {title[0].upper()}{title[1:]}",
            "",
            "| code | is | means |",
            "| --- | --- | --- |",
        ]
        for code, kind in findings.KINDS.items():
            if findings.topic(code) == about:
                lines.append(f"| `{code}` | {kind.level} | {kind.meaning} |")
    return "\n".join(lines) + "\n"


def _checks_page() -> str:
    lines = [
        "# What cc probe checks",
        "",
        "Made from `core/probe/checks/`, in the order of the table. How much a check weighs: *fatal*, no session",
        "works; *editing*, none that works on files; *loss*, a session goes on without something; *minor*, it loses",
        "hardly anything. Failed and degraded checks make the verdict, skipped ones do not.",
    ]
    for group in dict.fromkeys(check.group for check in CHECKS):
        lines += ["", f"## {group[0].upper()}{group[1:]}", "", "| check | what | weight | without it |"]
        lines += ["| --- | --- | --- | --- |"]
        for check in CHECKS:
            if check.group == group:
                deep = ", with `--deep`" if check.deep else ""
                lines.append(f"| `{check.name}` | {check.title} | {check.weight}{deep} | {check.harm} |")
    return "\n".join(lines) + "\n"


def _clients_page() -> str:
    """What the table of `core/plan/client.py` says; what was measured stands below it, and stays."""
    text = (DOCS / "reference" / "clients.md").read_text(encoding="utf-8")
    by_hand, measured = text.partition(MARK)[0], text.partition(MEASURED)[2]
    lines = [
        by_hand + MARK,
        "",
        "## What came when",
        "",
        f"The tests launch clients from {_dotted(client.OLDEST)} to {_dotted(client.NEWEST)}. A launch builds",
        "on something from the first client on that has it. The newest without it is, as a rule, its neighbour on npm.",
        f"*Hosted* launches begin at {_dotted(client.HOSTED_SINCE)}.",
    ]
    lines += ["", "| first client | newest without | one without |", "| --- | --- | --- |"]
    for ability in sorted(client.ABILITIES):
        lines.append(f"| {_dotted(ability.since)} | {_dotted(ability.lacking)} | {ability.lacks} |")
    lines += ["", "## Subcommands", "", "Until the client that is named, these words are a prompt to it.", ""]
    lines += ["| first client | words |", "| --- | --- |"]
    for since, words in client.SINCE.items():
        lines.append(f"| {_dotted(since)} | {', '.join(f'`{word}`' for word in words)} |")
    lines.append(f"| none | {', '.join(f'`{word}`' for word in sorted(client.NEVER))} |")
    return "\n".join(lines) + f"\n\n## What was measured\n\n{MEASURED}{measured}"


def _dotted(version: client.Version) -> str:
    return ".".join(map(str, version))


def _stores_page() -> str:
    by_hand, _, _ = (DOCS / "reference" / "stores.md").read_text(encoding="utf-8").partition(MARK)
    lines = [
        by_hand + MARK,
        "",
        "| reference | what it names | read with | `cc secret set` |",
        "| --- | --- | --- | --- |",
    ]
    for store in stores.ALL:
        reference, _, what = store.syntax.partition(", ")
        read = " or ".join(f"`{command}`" for command in store.commands)
        writes = store.name == "file" or type(store).write is not Store.write
        references = " or ".join(f"`{one}`" for one in reference.split(" or "))
        page = f"[{store.name}](stores/{store.name}.md): {what}"
        lines.append(f"| {references} | {page} | {read} | {'writes it' if writes else 'does not write it'} |")
    return "\n".join(lines) + "\n"


def _variables_page() -> str:
    lines = [
        "# The variables a launch decides about",
        "",
        "Made from `core/profile/variables.py`. A launch starts from the parent's environment without the first ones,",
        "and sets its own. `keep` in a profile and `--env` say otherwise, but not for routing and credentials.",
    ]
    titles = {
        "ROUTING": "Routing",
        "CREDENTIALS": "Credentials",
        "MODELS": "Models",
        "SHAPE": "Shape",
        "SURROUNDING": "A surrounding session",
    }
    for name, title in titles.items():
        group: variables.Group = getattr(variables, name)
        lines += ["", f"## Taken out: {title.lower()}", "", f"It {group.reason}.", ""]
        lines += [f"- `{variable}`" for variable in group.names]
    lines += ["", "## Left alone"]
    for reason, names in variables.LEFT_ALONE.items():
        lines += ["", f"{reason[0].upper()}{reason[1:]}:", ""]
        lines += [f"- `{variable}`" for variable in names]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    made = pages()
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (DOCS / "reference" / "providers").glob("*.md"):
        if path not in made:
            path.unlink()  # of a provider that is no longer in the catalog
