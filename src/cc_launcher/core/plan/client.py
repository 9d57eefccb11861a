"""What each client can, by its version: one table, a line for each ability, with what was measured for it.

Versions between two that were measured count as the older one. One that is newer than all counts as the newest, and
`cc doctor` says so; one that nobody can tell counts as the weakest.
"""

from typing import NamedTuple

from cc_launcher.core.plan import REMOTE, SUBCOMMANDS

Version = tuple[int, ...]

OLDEST = (2, 0, 64)  # the tests launch it
NEWEST = (2, 1, 332)  # the newest that was measured


BEFORE_SOCKETS = (2, 1, 72)  # the newest measured one that knows nothing of them


class Ability(NamedTuple):
    """Something that a launch builds on."""

    since: Version  # the first that has it
    lacking: Version  # the newest measured one that has not
    lacks: str  # what an older client does instead: after "this client"


KEEPS_ADDRESS = Ability(
    (2, 1, 83),
    (2, 1, 81),
    "follows an address in a settings file, whatever its launcher says",
)
TELLS_FAILURES = Ability(
    (2, 1, 84),
    (2, 1, 72),
    "does not say that a turn has failed, so a session on a terminal cannot go on on another profile by itself",
)
NEW_CLOUDS = Ability(
    (2, 1, 94),
    (2, 1, 92),
    "does not know Bedrock's Mantle and Claude Platform on AWS, and would go to another provider",
)
KEEPS_MARKS = Ability(
    (2, 1, 97),
    (2, 1, 96),
    "does not write into a transcript what a hook has said, so `cc usage` cannot tell whose session it was",
)
TAKES_MANAGED = Ability(
    (2, 1, 118),
    (2, 1, 117),
    "takes no settings from its launcher that beat all files",
)
LISTS_BIND = Ability(
    (2, 1, 172),
    (2, 1, 170),
    "asks for whatever model the file of an agent names",
)
KEEPS_LISTS_OUT = Ability(
    (2, 1, 175),
    (2, 1, 174),
    "lets a project add models to those that may be asked for",
)
HIDES_SECRET = Ability(
    (2, 1, 198),
    (2, 1, 197),
    "shows its whole environment to the commands of the model",
)
KEEPS_CREDENTIALS = Ability(
    (2, 1, 198),
    (2, 1, 197),
    "sends headers and the key of a helper that a settings file brings",
)
# 2.1.72 does not follow it, 2.1.73 to 2.1.197 do: once it is there, the client takes address and credentials out
# of all settings that it reads after it, ours too.
KEEPS_SOCKET_OUT = Ability(
    (2, 1, 198),
    (2, 1, 197),
    "lets a settings file that sets ANTHROPIC_UNIX_SOCKET take over a launch that is not hosted, pinned or not",
)
KEEPS_FROM_MCP = Ability(
    (2, 1, 257),
    (2, 1, 252),
    "puts its secret into the address and the headers of MCP servers that a project names",
)
PRICES = Ability(
    (2, 1, 250),
    (2, 1, 242),
    "takes no prices from its launcher",
)
PICKS = Ability(
    (2, 1, 242),
    (2, 1, 241),
    "shows none of a profile's models in its /model",
)
FALLS_BACK = Ability(
    (2, 1, 166),
    (2, 1, 165),
    "does not change to another model when one is overloaded",
)
READS_MEMORY = Ability(  # so did those up to 2.1.112, which were scripts for node
    (2, 1, 284),
    (2, 1, 283),
    "takes settings only as an argument, or from a file on disk",
)
KEEPS_FROM_PROXY_HELPER = Ability(
    (2, 1, 329),
    (2, 1, 328),
    "shows its secret to the program with which a project signs in at a proxy",
)
EXACT_MODELS = Ability(
    (2, 1, 283),
    (2, 1, 282),
    "lets a project ask for a model whose name only begins like one of the profile's",
)

ABILITIES = (
    KEEPS_ADDRESS,
    TELLS_FAILURES,
    NEW_CLOUDS,
    KEEPS_MARKS,
    TAKES_MANAGED,
    LISTS_BIND,
    KEEPS_LISTS_OUT,
    HIDES_SECRET,
    KEEPS_CREDENTIALS,
    KEEPS_SOCKET_OUT,
    KEEPS_FROM_MCP,
    FALLS_BACK,
    PICKS,
    PRICES,
    READS_MEMORY,
    KEEPS_FROM_PROXY_HELPER,
    EXACT_MODELS,
)
# The subcommands that came with some client: the first that has them (its neighbour on npm has not). The others are in
# all. Until 2.1.138 some of these answer that they are not enabled; a prompt they are not.
SINCE: dict[Version, tuple[str, ...]] = {
    (2, 1, 72): ("agents", "auth", "bridge", "plugins", "rc", "remote", "remote-control", "sync", "upgrade"),
    (2, 1, 81): ("auto-mode",),
    (2, 1, 119): ("attach", "daemon", "kill", "logs", "respawn", "rm"),
    (2, 1, 120): ("ultrareview",),
    (2, 1, 121): ("stop",),
    (2, 1, 124): ("project",),
    (2, 1, 152): ("import-conversations",),
    (2, 1, 195): ("gateway",),
    (2, 1, 222): ("import",),
    (2, 1, 224): ("self-hosted-runner",),
    (2, 1, 233): ("sandbox",),
    (2, 1, 269): ("edit-hook", "edit-memory-settings", "edit-permission-rules"),
    (2, 1, 277): ("design-login",),
    (2, 1, 280): ("edit-chrome-settings", "edit-sandbox-settings", "edit-skill-overrides"),
    (2, 1, 288): ("purge",),
    (2, 1, 323): ("workspace-trust",),
    (2, 1, 324): ("worktree-hook",),
    (2, 1, 332): ("self-hosted-agent-proxy",),
}
NEVER = frozenset({"config", "migrate-installer"})  # old instructions name them; to each client measured, a prompt
# With `--settings` in front, these become prompts, or are refused; all others stay what they are.
TAKE_NO_PINS = frozenset({"attach", "daemon", "kill", "logs", "respawn", "rm", "stop", *REMOTE})
# What "hosted" promises: the host's flag keeps settings files, commands, hooks and MCP servers away from all of it.
HOSTED_NEEDS = (KEEPS_ADDRESS, HIDES_SECRET, KEEPS_CREDENTIALS, KEEPS_FROM_MCP)
HOSTED_SINCE = max(ability.since for ability in HOSTED_NEEDS)


def can(version: Version | None, ability: Ability) -> bool:
    """Whether a client of this version has this ability."""
    return version is not None and version >= ability.since


def can_be_hosted(version: Version | None) -> bool:
    """Whether the host's flag holds all that a hosted launch promises."""
    return all(can(version, ability) for ability in HOSTED_NEEDS)


def follows_socket(version: Version | None) -> bool:
    """Whether a settings file's ANTHROPIC_UNIX_SOCKET beats the pins."""
    return version is None or (version > BEFORE_SOCKETS and not can(version, KEEPS_SOCKET_OUT))


def lacking(version: Version | None) -> list[Ability]:
    """What a client of this version lacks and a newer one has."""
    return [ability for ability in ABILITIES if not can(version, ability)]


def subcommands(version: Version | None) -> tuple[str, ...]:
    """The subcommands of a client of this version. What is none of them is a prompt to it.

    Where nobody knows the version, those that take pins are handled as if it had them: pinned they are either way.
    """
    if version is None:
        return tuple(sorted(SUBCOMMANDS - TAKE_NO_PINS - NEVER))
    later = {word for since, words in SINCE.items() if version < since for word in words}
    return tuple(sorted(SUBCOMMANDS - later - NEVER))


def unpinned(version: Version | None) -> tuple[str, ...]:
    """Those of its subcommands in front of which `--settings` does not stand."""
    return tuple(word for word in subcommands(version) if word in TAKE_NO_PINS)
