"""The reference of the commands and the man page, from what the commands say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import cc_launcher
from cc_launcher.cli import help_text
from cc_launcher.cli.described import Described, described
from cc_launcher.core.errors import WORDS
from cc_launcher.launch.request import TABLE

# What the client and the launcher read from the environment: the same on both pages.
ENVIRONMENT = (
    ("CC_CLAUDE", "the client to launch; beats `config.toml`"),
    (
        "CC_CONFIG_DIR, CC_CACHE_DIR, CC_DATA_DIR",
        "other places for our files; default: `cc-launcher` under `XDG_CONFIG_HOME`, `XDG_CACHE_HOME`, `XDG_DATA_HOME`",
    ),
    (
        "CC_OFFLINE",
        (
            "set to anything: a launch asks no provider for its list of models, a status line none what is left, "
            "`cc doctor --check` no source that profiles follow"
        ),
    ),
    (
        "CC_SECRET_TIMEOUT",
        "how many seconds a store may take to hand out a secret; default: 30 on a terminal, 5 without one",
    ),
    ("CC_EXEC_KEYS", "`cc exec` sets it: the variables of the program that hold its key, which no other launch takes"),
    ("CC_PROFILE, CC_PROTECTION", "a launch sets them for its session: the profile, and how its settings are held"),
    (
        "CC_PRICES",
        "a launch sets it: which models Claude Code has exact prices of: `all`, `used`, `some`, `none`, or `policy`",
    ),
    (
        "CC_OVER_BUDGET",
        "a launch sets it where you go on although nothing is left: the profile whose budget stops nothing",
    ),
    ("NO_COLOR, FORCE_COLOR", "whether there are colours; without them: on a terminal"),
    ("VISUAL, EDITOR", "the editor of `cc edit`; default: `vi`"),
    ("CC_DEBUG", "shows the whole of a bug of ours; it may show what should not be shared"),
)


# What the reference says of a command elsewhere.
SEE = {
    "run": ("how a model is found: profile.md#models-and-tiers", "falling back: ../how-to/fall-back.md"),
    "show": ("the keys of a profile: profile.md",),
    "add": ("the stores: ../explanation/secrets.md#stores",),
    "secret set": ("the secret of an MCP server: ../how-to/mcp.md",),
    "models": ("finding a model: ../how-to/models.md", "local models: ../how-to/local-models.md"),
    "use": ("one project: ../how-to/one-project.md",),
    "install-wrapper": ("what is in the script: wrappers.md",),
    "statusline": ("the status line: ../how-to/status-line.md",),
    "doctor": ("every finding: findings.md", "fixing: ../how-to/doctor.md"),
    "probe": ("every check: checks.md", "how to use it: ../how-to/probe.md"),
}


def every() -> Iterator[tuple[str, list[Described]]]:
    """Each group of the help with its commands, those of a command right behind it."""
    rows = [(group or TABLE[name.partition(" ")[0]][0], name, says) for name, (group, says, *_) in TABLE.items()]
    for group, members in groupby(rows, key=lambda row: row[0]):
        yield group, [described(name) for _, name, says in members if says or " " in name]


def second_names(name: str) -> list[str]:
    """What else a command is called."""
    names = list(TABLE)
    behind = names[names.index(name) + 1 :]
    return [other for other in behind if TABLE[other][2] == TABLE[name][2] != "" and not TABLE[other][1]]


def reference() -> Iterator[str]:
    """The generated part of `docs/reference/commands.md`."""
    yield ""
    for group, commands in every():
        yield f"## {group}\n"
        for told in commands:
            yield f"### cc {told.name}\n"
            also = "".join(f", also `cc {name}`" for name in second_names(told.name))
            yield f"`{told.usage}`{also}\n"
            for paragraph in told.about:
                yield f"{_escaped(paragraph)}\n"
            if told.arguments:
                yield from _table(["takes", "means"], [[f"`{name}`", says] for name, says in told.arguments])
            options = [[_option(names, value, "`"), says] for names, value, says in told.options[:-1]]
            if options:
                yield from _table(["option", "does"], options)
            if told.examples:
                yield "\n".join(["```sh", *told.examples, "```", ""])
            for paragraph in told.more:
                yield f"{_escaped(paragraph)}\n"
            pages = [page.split(": ") for page in SEE.get(told.name, ())]
            if pages:
                yield f"See {', '.join(f'[{title}]({page})' for title, page in pages)}.\n"
    yield "## Environment\n"
    named = [[", ".join(f"`{one}`" for one in names.split(", ")), says] for names, says in ENVIRONMENT]
    yield from _table(["variable", "means"], named)


def _option(names: tuple[str, ...], value: str, mark: str) -> str:
    shown = [*names[:-1], f"{names[-1]} {value}".rstrip()]
    return ", ".join(f"{mark}{name}{mark}" for name in shown)


def _table(titles: list[str], rows: list[list[str]]) -> Iterator[str]:
    lines = [titles, ["---"] * len(titles), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _escaped(text: str) -> str:
    """Options that stand in a sentence, as code; what is code already stays."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"(?<![\w`-])(--[a-z][a-z-]*)", r"`\1`", part) for part in parts[::2]]
    return "`".join(parts)


def man_page() -> str:
    """`cc-launcher.1`. It is not called `cc.1`: that is the compiler's."""
    lines = [
        '.\\" Made by tests/docs/generate.py from what the commands say of themselves.',
        f'.TH CC\\-LAUNCHER 1 "" "cc\\-launcher {cc_launcher.__version__}" "User commands"',
        ".SH NAME",
        r"cc\-launcher, cc \- run Claude Code on any model",
        ".SH SYNOPSIS",
        *("\n.br\n".join(f".B {_roff(line)}" for line in _SYNOPSIS).split("\n")),
        ".SH DESCRIPTION",
        _roff(help_text.WHAT),
        ".PP",
        _roff(f"{help_text.COMPILER} On a terminal, a profile that is no file here is launched as by cc run."),
        _roff("cc-launcher is the same program by a name that no compiler has."),
    ]
    for group, commands in every():
        lines.append(f".SH {_roff(group.upper())}")
        for told in commands:
            lines += [f'.SS "cc {_roff(told.name)}"', f".B {_roff(told.usage)}"]
            lines += [f"{line}" for paragraph in told.about for line in (".PP", _roff(paragraph))]
            for name, says in told.arguments:
                lines += [".TP", f".I {_roff(name)}", _roff(says)]
            for names, value, says in told.options[:-1]:
                lines += [".TP", f".B {_roff(_option(names, value, ''))}", _roff(says)]
            if told.examples:
                lines += [".PP", "Examples:", ".PP", ".nf", *(f"    {_roff(line)}" for line in told.examples), ".fi"]
            lines += [f"{line}" for paragraph in told.more for line in (".PP", _roff(paragraph))]
    lines.append(".SH ENVIRONMENT")
    for variables, says in ENVIRONMENT:
        lines += [".TP", f".B {_roff(variables)}", _roff(says)]
    lines.append(".SH EXIT STATUS")
    for code, word in sorted({0: "done", **WORDS}.items()):
        lines += [".TP", f".B {code}", _roff(word.replace("-", " "))]
    return "\n".join([*lines, ".PP", "The codes of Claude Code itself pass through unchanged."]) + "\n"


_SYNOPSIS = ("cc COMMAND [OPTIONS]", "cc PROFILE [MODEL] [WHAT CLAUDE TAKES…]", "cc-launcher COMMAND [OPTIONS]")


def _roff(text: str) -> str:
    """Text of one line: what is code stands as it is, a dash is one that can be copied, no line begins as a request."""
    shown = text.replace("`", "").replace("\\", r"\e").replace("-", r"\-")
    return f"\\&{shown}" if shown[:1] in ".'" else shown
