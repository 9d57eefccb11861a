"""Tools that keep a settings file of the client for each provider: ccs, cc-mirror, ai-switch, and bundles of ccs."""

import re
from dataclasses import replace

from cc_launcher.core.importing.found import Dropped, Home, Place, Reading
from cc_launcher.core.importing.hosts import ROUTER
from cc_launcher.core.importing.lenient import Unreadable, table, word, yaml_of
from cc_launcher.core.importing.readers import settings

CCS, MIRROR, AI_SWITCH = "ccs", "cc-mirror", "ai-switch"
_CCS_FILE = re.compile(r"\.ccs/([^/]+)\.settings\.json")
_MIRROR_FILE = re.compile(r"\.cc-mirror/([^/]+)/config/settings\.json")
_AI_FILE = re.compile(r"\.config/ai-switch/profiles/([^/]+)/claude-settings\.json")
_OF_CCS = frozenset({"CCS_*", "MY_SECRET_TOKEN"})
# What its patched client needs, and no other does.
_OF_MIRROR = frozenset(
    {"CC_MIRROR_*", "TWEAKCC_*", "Z_AI_API_KEY", "DISABLE_AUTOUPDATER", "DISABLE_AUTO_MIGRATE_TO_NATIVE"}
    | {"CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION", "DISABLE_INSTALLATION_CHECKS"}
)  # fmt: skip


def ccs(home: Home) -> Reading:
    """Each of its settings files. Its own configuration says which accounts there are: those are logins."""
    found = Reading()
    for path in home.below(".ccs", ".settings.json"):
        if match := _CCS_FILE.fullmatch(path):
            _add(home, path, match[1], CCS, found, _OF_CCS)
    configuration = ".ccs/config.yaml"
    if configuration in home.files:
        try:
            about = table(yaml_of(home.files[configuration].text))
        except Unreadable as bad:
            found.faults.append(f"{configuration}: {bad}")
            return found
        for name in table(about.get("accounts")):
            found.skip(
                name, Place(f".ccs/instances/{name}"), "an account with a claude.ai login: no provider, never copied"
            )
        for name, entry in table(about.get("profiles")).items():
            file = word(table(entry).get("settings"))
            if file == "~/.claude/settings.json":
                found.skip(
                    name,
                    Place(configuration, f"profiles.{name}"),
                    "the client's own settings file: counted once, there",
                )
    return found


def mirror(home: Home) -> Reading:
    """The settings of each variant. Its wrapper runs node and a shell, and is not looked at."""
    found = Reading()
    for path in home.below(".cc-mirror", "/config/settings.json"):
        if match := _MIRROR_FILE.fullmatch(path):
            before = len(found.drafts)
            _add(home, path, match[1], MIRROR, found, _OF_MIRROR)
            if len(found.drafts) == before:
                found.skip(match[1], Place(path), "no address: the client with its own login")
    return found


def ai_switch(home: Home) -> Reading:
    """The settings file of each of its profiles."""
    found = Reading()
    for path in home.below(".config/ai-switch/profiles", "/claude-settings.json"):
        if match := _AI_FILE.fullmatch(path):
            _add(home, path, match[1], AI_SWITCH, found, frozenset())
    # A snapshot of what was live has no provider of its own: the profile that it was made from gives the name.
    snapshots = {
        draft.name for draft in found.drafts if '"provider"' not in (home.text(_about(draft.name)) or '"provider"')
    }
    found.drafts.sort(key=lambda draft: draft.name in snapshots)
    return found


def _about(name: str) -> str:
    return f".config/ai-switch/profiles/{name}/profile.json"


def of_bundle(home: Home, path: str, found: Reading) -> bool:
    """A bundle that ccs has exported. Its hooks are commands, and none is taken. Returns whether it is one."""
    content = settings.parsed(home, path, Reading())
    inside, profile = table(content.get("settings")), table(content.get("profile"))
    if not ("schemaVersion" in content and inside and profile):
        return False
    place = Place(path, "settings.env", mode=home.files[path].mode)
    made = settings.draft({"env": inside.get("env"), "model": inside.get("model")}, place, CCS)
    if made is not None:
        kept = {
            name: value
            for name, value in made.env.items()
            if value != "__CCS_REDACTED__" or name.startswith("ANTHROPIC_")
        }
        dropped = [Dropped(name, "is never taken from a bundle") for name in inside if name not in {"env", "model"}]
        notes = []
        if "ANTHROPIC_CUSTOM_HEADERS" in kept:
            notes.append("what its headers say was not taken out of the bundle: others may have read it")
        name = word(profile.get("name"))
        file = path.rsplit("/", 1)[-1].removesuffix(".ccs-export.json")
        found.drafts.append(
            replace(
                made,
                env=kept,
                name=file or name,
                title=name,
                dropped=tuple(dropped),
                notes=tuple(notes),
                ignored=_OF_CCS,
            )
        )
    return True


def _add(home: Home, path: str, name: str, source: str, found: Reading, own: frozenset[str]) -> None:
    content = settings.parsed(home, path, found)
    place = Place(path, "env", mode=home.files[path].mode)
    made = settings.draft(content, place, source)
    if made is None:
        return
    chat = made.env.get("CCS_DROID_PROVIDER", "").startswith("generic-chat")
    router = made.env.get("ANTHROPIC_AUTH_TOKEN") == "ccrouter-proxy"
    notes = (f"a variant for {ROUTER}",) if router else ()
    found.drafts.append(replace(made, name=name, title=name, ignored=own, chat=chat, router=router, notes=notes))
