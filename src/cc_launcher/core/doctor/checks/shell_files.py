"""Shell files, and the present shell: what sends plain `claude` elsewhere without anybody noticing."""

from collections.abc import Iterator

from cc_launcher.core.doctor.checks import keys, together
from cc_launcher.core.doctor.examined import Examined, ShellFile
from cc_launcher.core.doctor.findings import COMMENT_OUT, Finding, Fix, Place, found
from cc_launcher.core.doctor.shell_lines import Assignment
from cc_launcher.core.profile import variables

CODES = ("shell-routing", "shell-credential", "shell-model", "shell-here", "shell-now", "shell-unreadable")
# What plain `claude` does with a variable of each kind
GROUPS = (
    ("shell-routing", variables.ROUTING, "plain claude goes to that address"),
    ("shell-credential", variables.CREDENTIALS, "plain claude uses it instead of your login"),
    ("shell-model", variables.MODELS, "plain claude asks for that model"),
)
_ANYWAY = frozenset({"CLAUDE_CODE_REMOTE", "CLAUDE_CODE_REMOTE_SESSION_ID"})  # of a session in the cloud, set by it


def check(seen: Examined) -> Iterator[Finding]:
    """What files set, and what is set now."""
    verdicts = together.found(seen)
    for file in seen.shell_files:
        if file.problem:
            yield found("shell-unreadable", f"cannot be read: {file.problem}", Place(file.path, file.shown))
        for assignment in file.assignments:
            if not assignment.once:
                yield from _set(seen, file, assignment, together.of_assignment(verdicts, file, assignment))
    for _, group, does in GROUPS:
        names = sorted(seen.present.intersection(group.names) - _ANYWAY)
        if names:
            yield found(
                "shell-now",
                f"{', '.join(names)} in this shell: {does}; cc run does not",
                hint=f"unset {' '.join(names)}; or open a new shell, once no file sets them",
            )


def is_followed(name: str) -> bool:
    """Whether the client follows this variable to another place, credential or model."""
    return any(name in group.names for _, group, _ in GROUPS)


def _set(
    seen: Examined, file: ShellFile, assignment: Assignment, verdict: together.Verdict | None
) -> Iterator[Finding]:
    for code, group, does in GROUPS:
        if assignment.name not in group.names:
            continue
        where = Place(file.path, file.shown, assignment.line)
        fix, hint = verdict or (None, "")
        ours_alone = assignment.alone and all(map(is_followed, assignment.beside))
        if verdict is None and ours_alone and not file.here and not _has_key(seen, file, assignment):
            change = f"comment out what sets {', '.join((assignment.name, *assignment.beside))}"
            fix = Fix(COMMENT_OUT, file.path, change, assignment.line, (assignment.name,), shell=file.dialect)
        scope = "here, by the tool that loads this file" if file.here else "for every shell"
        what = f"{assignment.name} is set {scope}: {does}; cc run ignores it"
        yield found("shell-here" if file.here else code, what, where, hint=hint, fix=fix)


def _has_key(seen: Examined, file: ShellFile, assignment: Assignment) -> bool:
    """Whether a key stands in this statement. It is not hidden in a comment: `secret-clear` says where it goes."""
    return any(keys.is_clear(seen, other) for other in file.assignments if other.first == assignment.first)
