"""A plan as variables for a shell or a file: the same plan, rendered."""

from collections.abc import Callable

from cc_launcher.core import quote
from cc_launcher.core.plan import CUSTOM_HEADERS, DESCRIPTOR, HEADER, Plan

FORMATS = ("sh", "fish", "powershell", "dotenv")

Secret = tuple[str, str]  # a variable, and what a shell has to run (or the value itself, when it was asked for)


def render(plan: Plan, shell: str, commands: list[list[str]], revealed: list[str] | None) -> list[str]:
    """The lines that set and unset what the plan does; secrets as commands to run, or in the clear when revealed."""
    unset, assign, run = _SHELLS[shell]
    lines = [unset(plan.unset)] if plan.unset and unset is not None else []
    headers = plan.set.get(CUSTOM_HEADERS, "")
    lines += [assign(name, quote_for(shell)(value)) for name, value in sorted(plan.set.items())]
    for index, slot in enumerate(plan.slots):
        name = variable_of(slot.delivery, slot.name)
        if revealed is not None:
            value = f"{slot.name}: {revealed[index]}" if slot.delivery == HEADER else revealed[index]
            whole = "\n".join(filter(None, [headers, value])) if slot.delivery == HEADER else value
            headers = whole if slot.delivery == HEADER else headers
            lines.append(assign(name, quote_for(shell)(whole)))
        elif run is None:
            lines.append(
                f"# {name}: {slot.reference} (no command can stand in this format; --reveal writes it in the clear)"
            )
        else:
            lines.append(run(name, commands[index], slot.name if slot.delivery == HEADER else ""))
    return lines


def variable_of(delivery: str, name: str) -> str:
    """The variable for a secret where no pipe can be handed over."""
    if delivery == DESCRIPTOR:
        return "ANTHROPIC_API_KEY"
    return CUSTOM_HEADERS if delivery == HEADER else name


def quote_for(shell: str) -> Callable[[str], str]:
    """How this format writes a value."""
    return {"sh": quote.sh, "fish": quote.fish, "powershell": quote.powershell, "dotenv": quote.dotenv}[shell]


def _sh_run(name: str, argv: list[str], header: str) -> str:
    command = f"$({quote.posix(argv)})"
    if header:
        return f'export {name}="${{{name}:+${name}\n}}{header}: {command}"'
    return f'{name}="{command}" && export {name}'


def _fish_run(name: str, argv: list[str], header: str) -> str:
    command = f"({' '.join(quote.fish(word) for word in argv)})"
    value = f"{quote.fish(header + ': ')}{command}" if header else command
    return f"set -gx {name} {value}"


def _powershell_run(name: str, argv: list[str], header: str) -> str:
    command = f"(& {' '.join(quote.powershell(word) for word in argv)})"
    value = f'"{header}: $({command})"' if header else command
    return f"$env:{name} = {value}"


_Shell = tuple[
    Callable[[tuple[str, ...]], str] | None,
    Callable[[str, str], str],
    Callable[[str, list[str], str], str] | None,
]
_SHELLS: dict[str, _Shell] = {
    "sh": (lambda names: f"unset {' '.join(names)}", lambda name, value: f"export {name}={value}", _sh_run),
    "fish": (lambda names: f"set -e {' '.join(names)}", lambda name, value: f"set -gx {name} {value}", _fish_run),
    "powershell": (
        lambda names: f"Remove-Item -ErrorAction Ignore {','.join(f'Env:{name}' for name in names)}",
        lambda name, value: f"$env:{name} = {value}",
        _powershell_run,
    ),
    "dotenv": (None, lambda name, value: f"{name}={value}", None),
}
