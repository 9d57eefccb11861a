"""Keys in clear text: which of what shell files and settings files set is one, and whose."""

from collections.abc import Iterator

from cc_launcher.core.doctor.checks import together
from cc_launcher.core.doctor.examined import Examined, Setting, Settings, ShellFile
from cc_launcher.core.doctor.findings import MOVE_KEY, PROBLEM, WARNING, Finding, Fix, Place, found
from cc_launcher.core.doctor.shell_lines import Assignment

CODES = ("secret-clear",)
# Those of the client's credentials that are secrets themselves
SECRET = frozenset(
    {
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_CUSTOM_HEADERS",
        "ANTHROPIC_FOUNDRY_API_KEY",
        "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
        "ANTHROPIC_AWS_API_KEY",
        "ANTHROPIC_ENVIRONMENT_KEY",
        "ANTHROPIC_WORK_SECRET",
        "ANTHROPIC_WEBHOOK_SIGNING_KEY",
        "AWS_BEARER_TOKEN_BEDROCK",
        "CLAUDE_CODE_GATEWAY_TOKEN",
        "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_SESSION_ACCESS_TOKEN",
    }
)
_ADDRESS = "ANTHROPIC_BASE_URL"
_MOVABLE = frozenset({"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"})  # to the profile that was named


def check(seen: Examined) -> Iterator[Finding]:
    """Every key that stands there to read."""
    verdicts = together.found(seen)
    for file in seen.shell_files:
        for assignment in file.assignments:
            if is_clear(seen, assignment):
                verdict = together.of_assignment(verdicts, file, assignment)
                yield _in_shell(seen, file, assignment, verdict)
    for settings in seen.settings:
        for setting in settings.settings:
            if is_clear_there(seen, setting):
                verdict = together.of_setting(verdicts, settings, setting)
                yield _in_settings(seen, settings, setting, verdict)


def is_clear(seen: Examined, assignment: Assignment) -> bool:
    """Whether a key stands in this line."""
    long = assignment.end - assignment.start >= together.SHORTEST
    return assignment.literal and long and _is_key(assignment.name, seen)


def is_clear_there(seen: Examined, setting: Setting) -> bool:
    """Whether this setting is a key."""
    return setting.literal and setting.path[0] == "env" and _is_key(setting.name, seen)


def _is_key(name: str, seen: Examined) -> bool:
    if seen.named and name not in SECRET:
        return seen.known_as.get(name) == seen.named
    return name in SECRET or name in seen.known_as


def _in_shell(seen: Examined, file: ShellFile, assignment: Assignment, verdict: together.Verdict | None) -> Finding:
    where = Place(file.path, file.shown, assignment.line)
    if verdict is not None:
        return _together(assignment.name, where, verdict)
    # What is in a project's own files may be what its programs need.
    fixable = assignment.alone and not (assignment.beside or assignment.once or file.here)
    profile = _whose(assignment.name, seen)
    fix = None
    if fixable and profile:
        does = f"keep {assignment.name} as the secret of {profile}, and remove it from the file"
        fix = Fix(MOVE_KEY, file.path, does, assignment.line, (assignment.name,), profile, file.dialect)
    return _finding(assignment.name, where, profile, fix, WARNING if file.here else PROBLEM)


def _in_settings(seen: Examined, settings: Settings, setting: Setting, verdict: together.Verdict | None) -> Finding:
    where = Place(settings.path, settings.shown, setting.line)
    if verdict is not None:
        return _together(setting.name, where, verdict)
    profile = _whose(setting.name, seen)
    fix = None
    if settings.fixable and settings.scope in {"user", "local"} and profile:
        does = f"keep {setting.name} as the secret of {profile}, and remove it from the file"
        fix = Fix(MOVE_KEY, settings.path, does, keys=setting.path, profile=profile)
    return _finding(setting.name, where, profile, fix, PROBLEM)


def _whose(name: str, seen: Examined) -> str:
    """The profile whose key this is. What could be any provider's is that of the profile that was named."""
    if seen.named:
        return seen.named if seen.keeps and (name in _MOVABLE or seen.known_as.get(name) == seen.named) else ""
    if name in _MOVABLE and _is_rerouted(seen):
        return ""  # then it is the key of whoever that leads to
    return seen.known_as.get(name, "")


def _is_rerouted(seen: Examined) -> bool:
    return (
        _ADDRESS in seen.present
        or any(found.name == _ADDRESS for file in seen.shell_files for found in file.assignments)
        or any(found.name == _ADDRESS for file in seen.settings for found in file.settings)
    )


def _together(name: str, where: Place, verdict: together.Verdict) -> Finding:
    what = f"{name} is there in clear text, beside the address it goes to"
    return found("secret-clear", what, where, hint=verdict.hint, fix=verdict.fix)


def _finding(name: str, where: Place, profile: str, fix: Fix | None, level: str) -> Finding:
    hint = f"cc secret set {profile or 'PROFILE'} keeps it; then remove it from the file"
    if fix:
        hint = f"cc doctor --fix moves it to where {profile} has its secret"
    elif not profile and name in _MOVABLE:
        hint = "cc doctor PROFILE --fix moves it to where that profile has its secret"
    return found("secret-clear", f"{name} is there in clear text", where, hint=hint, level=level, fix=fix)
