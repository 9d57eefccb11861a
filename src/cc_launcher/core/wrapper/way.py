"""What a wrapper is written from: each thing that it can do, and the machine that it is for."""

from dataclasses import dataclass

from cc_launcher.core.plan import Plan

PROGRAMS = ("cat", "find", "grep", "head", "sleep", "tr")  # that a script may call, with what POSIX has of them alone


@dataclass(frozen=True)
class Way:
    """One thing that a wrapper can do: what it does by itself, or with one of its flags."""

    plan: Plan
    words: tuple[str, ...]  # for `cc run`, to do the same
    flag: str = ""  # without the dashes
    variables: tuple[str, ...] = ()  # that hold the secret, where one is set
    kept: tuple[str, ...] = ()  # those of them that the session may see
    watched: tuple[str, ...] = ()  # files that change the plan when they change
    absent: tuple[str, ...] = ()  # those that would, if they were there
    checked: bool = False  # the provider is asked before each launch
    limited: bool = False  # it has a budget, which is looked at before each launch
    client: str = ""  # the file that the client's path leads to: the one that was judged
    package: str = ""  # the directory of its package, where it is in one
    exposed: bool = False  # an old client would hand the secret to an MCP server of a project that asks for it
    less: str = ""  # what the provider does not serve, for people: no launch of the script says it
    served: bool = False  # by a gateway, which is started before each launch where it does not run


@dataclass(frozen=True)
class Surroundings:
    """The machine that a script is written for."""

    own: tuple[str, ...]  # how cc itself is called
    programs: dict[str, str]  # the whole path of each
    home: str
    client_config: str = ""  # CLAUDE_CONFIG_DIR, as it is set
    timeout: tuple[str, ...] = ()  # runs a command with a deadline; where there is none, the script does
    timeout_asking: tuple[str, ...] = ()  # the same, for one that may ask on the terminal
    user: int = 0  # whose files may hold secrets
    again: str = "`cc install-wrapper --refresh`"  # what writes the script again
    begins: tuple[str, ...] = ()  # lines that are done before anything else
