"""What `cc doctor` can find: one table of all findings, from which their page in the docs is made, too."""

from dataclasses import dataclass
from typing import NamedTuple

OK, NOTE, WARNING, PROBLEM = "ok", "note", "warning", "problem"

# What can be fixed, each in its own way
COMMENT_OUT, DROP, MOVE_KEY, RIGHTS, BASE_URL, RENEW = "comment out", "drop", "move key", "rights", "base url", "renew"
SWEEP = "sweep"  # remove what is left of engines
TOGETHER = "together"  # an address and its key, in one or in several files


class Kind(NamedTuple):
    """One kind of finding."""

    level: str  # WARNING or PROBLEM: how bad it is as a rule
    meaning: str
    hint: str
    fine: str  # what is said where there is nothing of the kind


@dataclass(frozen=True)
class Place:
    """Where something stands."""

    path: str
    shown: str  # the path for people
    line: int = 0  # from 1; none where there is no line to name

    def __str__(self) -> str:
        return f"{self.shown}:{self.line}" if self.line else self.shown


@dataclass(frozen=True)
class Bundle:
    """What goes out of files together, and the profile that it becomes. Without a key it becomes none."""

    parts: tuple["Fix", ...]
    key: "Fix | None" = None  # where the key stands
    repeats: str = ""  # the variable that holds it, and goes on to
    profile: str = ""  # the user's profile that it belongs to
    provider: str = ""  # or else the catalog's that a new one starts from
    region: str = ""
    tiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fix:
    """How something is fixed. It names what to look for in the file; the value is only read when it is done."""

    how: str
    path: str
    does: str  # in words, for the question
    line: int = 0
    keys: tuple[str, ...] = ()  # the key in a settings file, or the variable
    profile: str = ""  # whose secret the key is to become, or whose file this is
    shell: str = ""  # how the shell file is written
    bundle: Bundle | None = None


@dataclass(frozen=True)
class Finding:
    """One result."""

    code: str
    level: str
    what: str
    where: Place | None = None
    hint: str = ""
    fix: Fix | None = None
    details: tuple[str, ...] = ()  # further lines


TOPICS = {
    "shell": "shell files and this shell",
    "settings": "settings files of the client",
    "client": "the client",
    "path": "PATH",
    "usage": "what cc usage can tell",
    "session": "sessions",
    "secret": "secrets",
    "profile": "profiles",
    "model": "models",
    "server": "servers",
    "gateway": "the gateway",
}

KINDS: dict[str, Kind] = {
    "shell-routing": Kind(
        PROBLEM,
        "A start-up file of a shell says where requests go. Plain `claude` follows it in every shell, with whatever "
        "credential it has; a launch by cc takes it out.",
        "remove the line, and start that provider with cc run",
        "no start-up file says where requests go",
    ),
    "shell-credential": Kind(
        WARNING,
        "A start-up file of a shell sets a credential of the client. Plain `claude` uses it instead of your login; a "
        "launch by cc takes it out.",
        "remove the line, and keep the key with cc secret set PROFILE",
        "no start-up file sets a credential of the client",
    ),
    "shell-model": Kind(
        WARNING,
        "A start-up file of a shell chooses models. Plain `claude` asks every provider for them; `cc run` does not.",
        "remove the line; a profile says which model serves which tier",
        "no start-up file chooses a model",
    ),
    "shell-here": Kind(
        WARNING,
        "An .envrc or .env of this directory sets routing, credentials or models: for plain `claude` where a tool "
        "loads it. A launch by cc takes them out.",
        "remove the line, unless plain claude is meant to follow it here",
        "no .envrc or .env here sets what the client follows",
    ),
    "shell-now": Kind(
        WARNING,
        "The present shell has variables of routing, credentials or models. Plain `claude` follows them; a launch by "
        "cc takes them out.",
        "unset them, or open a new shell once no file sets them",
        "nothing in this shell reroutes the client",
    ),
    "shell-unreadable": Kind(
        WARNING,
        "A shell file cannot be read: no rights, not a file, or too large.",
        "look at the file yourself",
        "every shell file could be looked at",
    ),
    "settings-routing": Kind(
        PROBLEM,
        "A settings file of the client says where requests go, and beats the environment: plain `claude` goes there. "
        "A launch by cc does not.",
        "remove the entry from the file, and start that provider with cc run",
        "no settings file says where requests go",
    ),
    "settings-credential": Kind(
        WARNING,
        "A settings file sets a credential or an `apiKeyHelper`. Plain `claude` sends it to every provider; `cc run` "
        "does not.",
        "remove the entry from the file, and keep the secret with cc secret set PROFILE",
        "no settings file sets a credential",
    ),
    "settings-model": Kind(
        WARNING,
        "A settings file chooses or restricts models. A launch by cc pins its own.",
        "remove the entry from the file, unless plain claude is meant to follow it",
        "no settings file chooses models",
    ),
    "settings-left-model": Kind(
        PROBLEM,
        "`model` in a settings file names a model that plain `claude` cannot have: `/model` in a launched session "
        "writes it there.",
        "remove the entry from the file; cc run is told its model by the profile",
        "no model is left behind for plain claude",
    ),
    "settings-shape": Kind(
        WARNING,
        "A settings file changes the shape of requests, which a provider may refuse. A launch by cc pins its own.",
        "take it out, or set it in the profile that needs it",
        "no settings file changes the shape of requests",
    ),
    "settings-conflict": Kind(
        PROBLEM,
        "Plain `claude` finds more than one credential, in two places or of two kinds. It sends both, one of them to "
        "a host that it was not meant for.",
        "keep one of them",
        "no two credentials for plain claude",
    ),
    "settings-stranger": Kind(
        PROBLEM,
        "A project's settings file, in a repository that came from elsewhere, redirects requests, brings a credential "
        "or sets the way to the network. Plain `claude` follows it, with your login; a launch by cc does not.",
        "read who wrote it before you start plain claude here",
        "no settings file of a cloned project redirects the client",
    ),
    "settings-managed": Kind(
        PROBLEM,
        "An administrator's settings decide on routing, credentials or models. cc refuses to launch instead of going "
        "around them.",
        "ask the administrator, or start plain `claude`",
        "no administrator's settings decide on what a launch needs",
    ),
    "settings-old-line": Kind(
        WARNING,
        "Your status line starts cc by a name that an older version had. It still works, and costs a little more.",
        "cc statusline --install writes it as it is today",
        "your status line starts cc by its name of today",
    ),
    "settings-broken": Kind(
        PROBLEM,
        "A settings file cannot be read, or is no JSON object. The client ignores all of it, or reads what cc cannot.",
        "fix it: plain JSON in UTF-8",
        "every settings file can be read",
    ),
    "client-missing": Kind(
        PROBLEM,
        "There is no `claude` to launch: not on PATH, or not where CC_CLAUDE or config.toml says.",
        "npm install -g @anthropic-ai/claude-code",
        "the client is found",
    ),
    "client-several": Kind(
        WARNING,
        "Several installations of the client are on PATH. The first one is launched; an update may go to another one.",
        "remove all but one, or name one in config.toml: claude = PATH",
        "one client on PATH",
    ),
    "client-shadowed": Kind(
        WARNING,
        "The client was installed with npm and with its own installer, and one hides the other.",
        "remove one of them: npm uninstall -g @anthropic-ai/claude-code keeps the other",
        "the npm and the native installation are not in each other's way",
    ),
    "client-wrapped": Kind(
        WARNING,
        "The first `claude` on PATH is a script that starts cc, so plain `claude` is not plain any more. cc launches "
        "the next one.",
        "cc uninstall-wrapper claude, or give it another name",
        "plain claude is the client itself",
    ),
    "client-old": Kind(
        WARNING,
        "The client is older than 2.1.257, the first that keeps settings files, MCP servers and the model's commands "
        "away from all that a launcher hands over. Launches are pinned or sealed instead, or refused where that does "
        "not hold.",
        "claude update",
        "the client knows all that a launch asks of it",
    ),
    "client-behind": Kind(
        WARNING,
        "Launches hold on this client, but a newer one closes gaps that are named here.",
        "claude update",
        "the client has everything that a launch uses",
    ),
    "client-unmeasured": Kind(
        OK,
        "The client is newer than the newest that was measured, and is treated like that one.",
        "nothing to do; a newer cc may have tested it",
        "the client is a tested version",
    ),
    "client-version": Kind(
        WARNING,
        "The client does not say its version, so it is treated as an old one.",
        "claude --version by hand shows why",
        "the client says its version",
    ),
    "path-local-bin": Kind(
        WARNING,
        "A directory with wrappers, or ~/.local/bin, is not on PATH.",
        'export PATH="$HOME/.local/bin:$PATH", in the start-up file of your shell',
        "wrappers are on PATH",
    ),
    "path-shadowed": Kind(
        PROBLEM,
        "Another program of the same name comes before a wrapper on PATH, so typing its name starts that one.",
        "put the wrapper's directory first on PATH, or give the wrapper another --name",
        "no wrapper is shadowed",
    ),
    "path-cc": Kind(
        WARNING,
        "`cc` on PATH is the C compiler or something else, or is not there: this program only answers to its other "
        "name.",
        "put the directory of cc before the compiler's on PATH, or type cc-launcher",
        "cc is this program",
    ),
    "path-compiler": Kind(
        WARNING,
        "`cc` is this program, programs to build with are installed, and there is no other `cc` behind it: a build "
        "that calls cc fails.",
        "install the compiler's own cc (Debian: gcc), or set CC=gcc for builds",
        "a build that calls cc gets the compiler",
    ),
    "path-twice": Kind(
        WARNING,
        "Two installations of this program are on PATH; an update may go to the one that is not used.",
        "remove one: pip or pipx uninstall cc-launcher",
        "one installation of cc on PATH",
    ),
    "path-wrapper": Kind(
        NOTE,
        "A wrapper was written before wrappers knew the path of a client for what it is: an editor that starts Claude "
        "Code through it pays for that path as a prompt.",
        "cc install-wrapper --refresh",
        "every wrapper knows the client of an editor",
    ),
    "usage-wrapper": Kind(
        NOTE,
        "A wrapper was written before sessions were marked with their profile: `cc usage` has to guess whose its "
        "sessions are, or cannot tell.",
        "cc install-wrapper --refresh",
        "every wrapper marks its sessions",
    ),
    "usage-project": Kind(
        NOTE,
        "Plain `claude` uses a profile in a project since before sessions were marked with it: `cc usage` has to guess "
        "whose its sessions are, or cannot tell.",
        "cc use PROFILE, in that project",
        "every project with a profile marks its sessions",
    ),
    "session-left": Kind(
        NOTE,
        "A session that a profile began went on under plain `claude`: the client's own hint at the end of a session "
        "(`claude --resume ID`) leads past the profile. The newest sessions of the last two weeks are looked at.",
        "cc take-over PROFILE SESSION",
        "no session left its profile",
    ),
    "secret-missing": Kind(
        PROBLEM,
        "The secret of a profile of yours cannot be read from where the profile says.",
        "cc secret set PROFILE",
        "the secrets of your profiles are there",
    ),
    "secret-store": Kind(
        PROBLEM,
        "A store that your profiles use cannot be reached: it is not installed, not running, or locked.",
        "start it or unlock it, or keep the key elsewhere",
        "the stores of your profiles can be reached",
    ),
    "secret-keyring": Kind(
        NOTE,
        "No keyring can be used on this machine, and none of your profiles keeps its key elsewhere. A provider's key "
        "goes to the keyring unless a profile says otherwise.",
        "start a keyring, or say where the key is: cc add PROVIDER --secret pass:NAME (or op://…, file:PATH)",
        "a keyring can be used, or your profiles need none",
    ),
    "secret-backend": Kind(
        WARNING,
        "The keyring library is told to use a backend that is not one of the operating system's. cc does not use it.",
        "take it out (PYTHON_KEYRING_BACKEND, keyringrc.cfg), or keep the key with pass:, gpg: or file:",
        "no odd keyring backend is set",
    ),
    "secret-held": Kind(
        PROBLEM,
        "A profile's secret was kept for another host than the profile names now, so it is not handed out.",
        "cc edit PROFILE --confirm-host, if the new host is right",
        "every secret goes to the host that it was kept for",
    ),
    "secret-clear": Kind(
        PROBLEM,
        "A key is in clear text in a shell file or a settings file: every program that you start can read it, the "
        "commands of a model, too.",
        "cc secret set PROFILE keeps it; then remove it from the file",
        "no key in clear text",
    ),
    "profile-invalid": Kind(
        PROBLEM,
        "A profile of yours, or config.toml, cannot be used.",
        "cc edit PROFILE",
        "your profiles are valid",
    ),
    "profile-writable": Kind(
        PROBLEM,
        "Others can write a file that decides where your secrets go; cc refuses to use it.",
        "chmod go-w FILE",
        "nobody else can write your profiles",
    ),
    "profile-alias": Kind(
        WARNING,
        "Two profiles of yours use one alias for different models, or an alias is called like a profile.",
        "rename one",
        "no short name means two models",
    ),
    "profile-v1": Kind(
        WARNING,
        "base_url ends in /v1, which the client appends itself. cc reads it without.",
        "write it without /v1",
        "no base_url ends in /v1",
    ),
    "profile-model": Kind(
        WARNING,
        "A tier names a model that the provider is not known to serve: mistyped, or retired.",
        "cc models PROFILE shows what the provider serves",
        "every tier names a model that is known",
    ),
    "profile-window": Kind(
        WARNING,
        "A profile says another context window for a model than the catalog, or none where the catalog knows it.",
        "take `context` out of the profile, unless you know better",
        "context windows are as the catalog has them",
    ),
    "profile-needs": Kind(
        WARNING,
        "A profile lacks a model: it names none, or its server on this machine does not have the one that it names.",
        "name one: cc edit PROFILE tiers.main=MODEL, or cc run PROFILE MODEL",
        "no profile lacks a model",
    ),
    "profile-old": Kind(
        WARNING,
        "What the catalog says of a provider was last checked more than six months ago.",
        "update cc, and compare with the provider's own pages: cc show PROFILE",
        "the catalog's facts are recent",
    ),
    "profile-followed": Kind(
        NOTE,
        "A source that profiles follow (cc import --follow) has changed. Nothing of it is applied without a yes.",
        "cc import --follow PROFILE shows it again, and asks",
        "no source that you follow has changed since it was last asked",
    ),
    "profile-source": Kind(
        NOTE,
        "A source that profiles follow could not be reached, or what it has now is no bundle. The profiles work on.",
        "cc import --follow PROFILE asks it again; cc import --unfollow PROFILE ends it",
        "every source that you follow answered when it was last asked",
    ),
    "profile-import": Kind(
        NOTE,
        "Other tools, settings files or shell files have providers that are no profiles of yours yet.",
        "cc import shows them, and asks",
        "nothing that cc import would bring",
    ),
    "model-failed-probe": Kind(
        WARNING,
        "A launch of a profile of yours starts on a model that the newest `cc probe` found unfit for a session.",
        "cc probe PROFILE tries it again; cc run PROFILE MODEL starts on another one",
        "no model of your profiles failed its newest probe",
    ),
    "server-down": Kind(
        WARNING,
        "A server of your own (on this machine or in your network) that a profile names does not take connections.",
        "start it",
        "your own servers take connections",
    ),
    "server-unreachable": Kind(
        PROBLEM,
        "With --check: a provider cannot be reached from here.",
        "check the network, a proxy, and base_url",
        "the providers can be reached",
    ),
    "server-refuses": Kind(
        PROBLEM,
        "With --check and a profile: the provider does not take the profile's secret.",
        "cc secret set PROFILE --check",
        "the provider accepts the key",
    ),
    "gateway-malicious": Kind(
        PROBLEM,
        "The gateway's engine is a release into which somebody had put code that steals keys. No launch uses it.",
        "remove it, and replace every key that this machine had while it was installed",
        "the gateway's engine is no release that is known to steal keys",
    ),
    "gateway-outdated": Kind(
        WARNING,
        "The gateway's engine is of another version than this cc was tested with. It is used nevertheless.",
        "cc gateway install --upgrade",
        "the gateway's engine is the one that this cc was tested with, or there is none",
    ),
    "gateway-missing": Kind(
        WARNING,
        "A profile of yours is reached by a gateway, and its engine is not installed. The next launch asks.",
        "cc gateway install",
        "the gateway's engine is there, or no profile of yours needs it",
    ),
    "gateway-room": Kind(
        PROBLEM,
        "There is too little room on the disk for the gateway's engine.",
        "make room",
        "there is room for the gateway's engine, or it is not wanted",
    ),
    "gateway-left": Kind(
        WARNING,
        "An installation of the gateway's engine was killed, or an engine of before is left. Each takes up to 490 MB.",
        "cc doctor --fix",
        "no engine is left that nobody uses",
    ),
    "gateway-failed": Kind(
        PROBLEM,
        "The gateway's engine has ended three times in five minutes. The next launch tries again.",
        "cc gateway status; cc run PROFILE tries again",
        "the gateway has not failed",
    ),
    "gateway-orphan": Kind(
        WARNING,
        "The gateway's small parent was killed. Its engine serves on, and ends when no session needs it.",
        "nothing has to be done: the next launch takes over; cc gateway up does so now",
        "no engine is without its parent",
    ),
    "gateway-port": Kind(
        WARNING,
        "The gateway does not run, and another program has the port that it had. Sessions that are open send there: "
        "their key opens nothing else, but what is said in them would be read.",
        "end sessions that were launched on the gateway before; the next launch takes another port",
        "nobody else has the gateway's port",
    ),
    "gateway-key": Kind(
        WARNING,
        "A provider behind the gateway has refused the key (401). What it served is served by others, or by none.",
        "cc secret set PROFILE, then the next launch",
        "no provider has refused a key of the gateway's",
    ),
}


def found(
    code: str,
    what: str,
    where: Place | None = None,
    *,
    hint: str = "",
    level: str = "",
    fix: Fix | None = None,
    details: tuple[str, ...] = (),
) -> Finding:
    """A finding of this kind, as bad as its kind is unless it is said otherwise."""
    kind = KINDS[code]
    return Finding(code, level or kind.level, what, where, hint or kind.hint, fix, details)


def with_fine(findings: list[Finding], looked_for: list[str]) -> list[Finding]:
    """All findings in the order of the table, and for each kind that was looked for in vain, that all is well."""
    codes = {finding.code for finding in findings}
    fine = [Finding(code, OK, KINDS[code].fine) for code in looked_for if code not in codes]
    order = {code: index for index, code in enumerate(KINDS)}
    return sorted([*findings, *fine], key=lambda finding: order[finding.code])


def topic(code: str) -> str:
    """What a finding is about."""
    return code.partition("-")[0]
