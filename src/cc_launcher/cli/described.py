"""A command, described: what its help, the man page and the reference say of it, read from the command itself."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

import typer
from typer.models import ArgumentInfo, OptionInfo

from cc_launcher.launch.request import TABLE

_STARTS_EXAMPLE = ("cc ", "cc-launcher ", 'eval "$(cc ')
HELP_OPTION = (("-h", "--help"), "", "show this help")


class Described(NamedTuple):
    """What there is to say of a command."""

    name: str
    usage: str
    about: list[str]  # paragraphs
    examples: list[str]
    more: list[str]  # paragraphs that the manual has, and the help has not
    arguments: list[tuple[str, str]]  # what each is called, and what it means
    options: list[tuple[tuple[str, ...], str, str]]  # its names, what its value is called, what it means


def module_of(command: str) -> ModuleType:
    """The module of a command. Only of the one that is asked for, since some bring pydantic and what reads profiles."""
    return import_module(f"cc_launcher.cli.{TABLE[command][2]}")


def command_of(name: str) -> Callable[..., Any] | None:
    """The function behind a command, or behind one of a group; nothing where there is none."""
    first, _, inner = name.partition(" ")
    if not TABLE[first][2]:
        return None
    module = module_of(first)
    found = getattr(module, "command", None)
    if inner:
        found = next((one.callback for one in module.app.registered_commands if one.name == inner), None)
    return found


def described(name: str) -> Described:
    """A command, from its function; a group, and `help`, from the table."""
    function = command_of(name)
    return _of_table(name) if function is None else _of_function(name, function)


def _of_table(name: str) -> Described:
    says = TABLE[name][1]
    below = [other for other in TABLE if other.startswith(f"{name} ")]
    arguments = [(other, described(other).about[0].partition(". ")[0].rstrip(".")) for other in below]
    usage = f"cc {name} COMMAND" if below else f"cc {name} [COMMAND]"
    examples = [] if below else ["cc help", "cc help run"]
    return Described(name, usage, [_sentence(says)], examples, [], arguments, [HELP_OPTION])


def _of_function(name: str, function: Callable[..., Any]) -> Described:
    about, examples, more = _parts(inspect.getdoc(function) or "")
    arguments: list[tuple[str, str]] = []
    options: list[tuple[tuple[str, ...], str, str]] = []
    words: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.annotation is typer.Context:
            continue
        given, kind = parameter.annotation.__metadata__[0], parameter.annotation.__origin__
        if given.hidden:
            continue
        if isinstance(given, ArgumentInfo):
            called = _argument(parameter, given, kind)
            arguments.append((called.strip("[]…"), given.help or ""))
            words.append(called)
        elif isinstance(given, OptionInfo):
            options.append((_names(given), _value(given, kind), given.help or ""))
    if typer.Context in inspect.get_annotations(function).values():  # it takes what Typer would refuse
        usage = ["[OPTIONS]", *words, "-- COMMAND…" if name == "exec" else "[WHAT CLAUDE TAKES…]"]
    else:
        usage = [*words, "[OPTIONS]"]
    return Described(name, " ".join([f"cc {name}", *usage]), about, examples, more, arguments, [*options, HELP_OPTION])


def _parts(text: str) -> tuple[list[str], list[str], list[str]]:
    """A docstring: paragraphs, examples, and paragraphs behind these."""
    about: list[str] = []
    examples: list[str] = []
    more: list[str] = []
    for block in text.split("\n\n"):
        lines = [line.strip() for line in block.splitlines()]
        if lines[0].startswith(_STARTS_EXAMPLE):
            examples += lines
        else:
            (more if examples else about).append(" ".join(lines))
    return about, examples, more


def _argument(parameter: inspect.Parameter, given: ArgumentInfo, kind: object) -> str:
    """An argument as a usage has it: `PROFILE`, `[MODEL]`, `[PROFILE]…`."""
    called = (given.metavar or parameter.name.rstrip("_").replace("_", "-").upper()).strip("[]…")
    shown = called if parameter.default is inspect.Parameter.empty else f"[{called}]"
    return f"{shown}…" if "list" in str(kind) else shown


def _names(given: OptionInfo) -> tuple[str, ...]:
    """What an option is called, the short name first. In `Annotated`, Typer takes the first one for a default."""
    return tuple(sorted((str(given.default), *(given.param_decls or ())), key=lambda name: name.startswith("--")))


def _value(given: OptionInfo, kind: object) -> str:
    if kind is bool:
        return ""
    return given.metavar or _names(given)[-1].lstrip("-").rpartition("-")[2].upper()


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def every() -> Iterator[Described]:
    """Each command in the order of the table, those of groups too; second names are left out."""
    for name, (group, says, *_) in TABLE.items():
        if says or not group:
            yield described(name)
