"""A plan as variables for a shell or a file: the same plan, rendered."""

from collections.abc import Callable
from typing import NamedTuple

from cc_launcher.core.plan import CUSTOM_HEADERS, DESCRIPTOR, HEADER, Plan
from cc_launcher.core.profile.profile import Profile
from cc_launcher.core.text import quote

FORMATS = ("sh", "fish", "powershell", "dotenv")
# Places that have files of their own, and their own means for a secret: see core/plan/elsewhere.py.
GITHUB, ACTION, DEVCONTAINER = "github", "github-action", "devcontainer"
EDITORS = ("vscode", "zed", "jetbrains")  # they start a wrapper: see core/wrapper/editors.py
PLACES = (GITHUB, ACTION, DEVCONTAINER, *EDITORS)

Parts = list[tuple[str, list[str]]]  # of a value: text, and the command whose output comes after it


class _Shell(NamedTuple):
    quote: Callable[[str], str]
    assign: Callable[[str, str], str]  # a variable and its quoted value
    unset: Callable[[list[str]], str] | None = None
    run: Callable[[str, Parts], str] | None = None


def render(plan: Plan, shell: str, commands: list[list[str]], revealed: list[str] | None) -> list[str]:
    """The lines that set and unset what the plan does; secrets as commands to run, or in the clear when revealed.

    The secrets come first: what their commands read may be among the variables that are then taken out.
    """
    kind = _SHELLS[shell]
    lines: list[str] = []
    plain = dict(plan.set)
    for name, parts in with_secrets(plan).items():
        if revealed is not None:
            plain[name] = "".join(before + revealed[index] for before, index in parts)
        elif kind.run is not None:
            plain.pop(name, None)
            lines.append(kind.run(name, [(before, commands[index]) for before, index in parts]))
        else:
            references = ", ".join(plan.slots[index].reference for _, index in parts)
            lines.append(
                f"# {name}: {references} (this format cannot hold a command; --reveal prints the secret itself)"
            )
    if kind.unset is not None and (gone := taken_out(plan)):
        lines.append(kind.unset(gone))
    return lines + [kind.assign(name, kind.quote(value)) for name, value in sorted(plain.items())]


def taken_out(plan: Plan) -> list[str]:
    """The variables that are unset where no pipe can be handed over."""
    ours = with_secrets(plan)
    pipes = [slot.name for slot in plan.slots if slot.delivery == DESCRIPTOR]
    return [name for name in (*plan.unset, *pipes) if name not in ours and not name.endswith("*")]


def beside(profile: Profile) -> list[str]:
    """What of a profile only a launch has, since no variable can hold it."""
    parts = {
        "MCP servers": profile.mcp or profile.mcp_servers,
        "telemetry": profile.telemetry,
        "fallback": profile.fallback,
        "budget": profile.budget,
    }
    return [part for part, there in parts.items() if there]


def variable_of(delivery: str, name: str) -> str:
    """The variable for a secret where no pipe can be handed over."""
    if delivery == DESCRIPTOR:
        return "ANTHROPIC_API_KEY"
    return CUSTOM_HEADERS if delivery == HEADER else name


def with_secrets(plan: Plan) -> dict[str, list[tuple[str, int]]]:
    """Each variable that holds secrets: the text before each of them, and which of the plan's slots it is."""
    found: dict[str, list[tuple[str, int]]] = {}
    for index, slot in enumerate(plan.slots):
        name = variable_of(slot.delivery, slot.name)
        before = ""
        if slot.delivery == HEADER:
            lines_above = "\n" if name in found else "".join(f"{line}\n" for line in (plan.set.get(name),) if line)
            before = f"{lines_above}{slot.name}: {slot.before}"
        found.setdefault(name, []).append((before, index))
    return found


def _sh_run(name: str, parts: Parts) -> str:
    """Assignments one after the other, since the exit code of one is that of its last command alone."""
    so_far = ""
    steps = []
    for before, argv in parts:
        steps.append(f'{name}={so_far}{quote.sh(before) if before else ""}"$({quote.posix(argv)})"')
        so_far = f'"${name}"'
    return " && ".join([*steps, f"export {name}"]) + f" || unset {name}"


def _fish_run(name: str, parts: Parts) -> str:
    so_far = ""
    steps = []
    for before, argv in parts:
        command = " ".join(quote.fish(word) for word in argv)
        steps.append(f"set -gx {name} {so_far}{quote.fish(before) if before else ''}({command})")
        so_far = f'"${name}"'
    return "; and ".join(steps) + f"; or set -e {name}"


def _powershell_run(name: str, parts: Parts) -> str:
    words: list[str] = []
    for before, argv in parts:
        words += [quote.powershell(before)] if before else []
        words.append(f"(& {' '.join(quote.powershell(word) for word in argv)})")
    return f"$env:{name} = {' + '.join(words)}"


_SHELLS = {
    "sh": _Shell(
        quote.sh,
        lambda name, value: f"export {name}={value}",
        lambda names: f"unset {' '.join(names)}",
        _sh_run,
    ),
    "fish": _Shell(
        quote.fish,
        lambda name, value: f"set -gx {name} {value}",
        lambda names: f"set -e {' '.join(names)}",
        _fish_run,
    ),
    "powershell": _Shell(
        quote.powershell,
        lambda name, value: f"$env:{name} = {value}",
        lambda names: f"Remove-Item -ErrorAction Ignore {','.join(f'Env:{name}' for name in names)}",
        _powershell_run,
    ),
    "dotenv": _Shell(quote.dotenv, lambda name, value: f"{name}={value}"),
}
