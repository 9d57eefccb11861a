"""The text of a wrapper: a POSIX script that does what `cc run` does, without Python where a store has its own command.

What a script cannot judge is left to cc itself: the user's own `--settings`, a project's settings that have a say, a
secret that is not there or is odd, files that changed after the script was written.
"""

import re
from collections.abc import Iterator

from cc_launcher.core import plan as plans
from cc_launcher.core.plan import BESIDE, BY_ITSELF, CUSTOM_HEADERS, DESCRIPTOR, HEADER, HOSTED, TOKEN, URL, Plan, Slot
from cc_launcher.core.stores import BY_NAME
from cc_launcher.core.stores.store import FIRST_LINE, STORE, TEXT, WHOLE
from cc_launcher.core.text.entry_points import KEYRING_PROGRAM
from cc_launcher.core.text.quote import posix, quoted, sh
from cc_launcher.core.wrapper import mark, parts, shim, written_pins
from cc_launcher.core.wrapper.lines import wrapped
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.core.wrapper.way import Surroundings, Way

# What it means, for people: in the help of a script, and when it is installed.
SEALED = "The session's environment does not hold the key: claude fetches it with a command."
_GONE = '${_cc_gone:+"$_cc_gone"}'  # the variable that the secret was read from, if it was one
_SEEN = "a session that somebody else may have seen"
_PLACES = ("_cc_first", "_cc_second", "_cc_third")  # where secrets wait


def render(wrapper: Wrapper, ways: list[Way], machine: Surroundings) -> str:
    """The whole script."""
    body = "\n".join(_body(wrapper, ways, machine)) + "\n"
    return f"{mark.head(wrapper, body)}{body}"


def _body(wrapper: Wrapper, ways: list[Way], machine: Surroundings) -> Iterator[str]:
    yield f"# Claude Code on {wrapper.profile}. Do not edit it: {machine.again} writes it again."
    yield "# shellcheck disable=SC1003,SC2016 # single quotes: nothing in them is to be expanded"
    yield parts.HEAD + f"_cc_name={sh(wrapper.name)} _cc_python={sh(machine.own[0])}\n"
    yield from (*machine.begins, *shim.not_given(ways))
    yield from _help(wrapper, ways)
    yield _filled(parts.HAND_OVER, machine)
    yield from _words(ways)
    yield parts.STALE
    yield parts.CLIENT
    yield _filled(parts.PROJECT, machine)
    if any(way.exposed for way in ways):
        yield parts.LISTS
    yield parts.NETWORK
    if any("+=" in entry for way in ways for entry in way.plan.network):
        yield parts.JOINED
    common = [
        name for name in ways[0].plan.unset if not name.endswith("*") and all(name in way.plan.unset for way in ways)
    ]
    yield "# What could reroute, authenticate or choose a model, and what a surrounding session leaves behind."
    yield f"_cc_clean() {{\n    unset {wrapped([*common, chr(34) + '$@' + chr(34)])}\n}}\n"
    slots = [slot for way in ways for slot in way.plan.slots]
    if slots:
        yield _filled(parts.FETCH, machine)
    if any(_native(slot) and slot.read[0] not in {"env", "file"} and not _deadline(slot, machine) for slot in slots):
        yield _filled(parts.LIMITED, machine)
    if any(slot.delivery == DESCRIPTOR for slot in slots):
        yield _filled(parts.PIPE, machine)
    if any(way.plan.direct for way in ways):
        yield parts.DIRECT
    yield from _arguments(ways)
    yield "_cc_launch() {"
    yield from _surroundings(machine)
    yield "\ncase $_cc_mode in"
    for way in ways:
        yield f"{quoted(way.flag)})"  # quoted: `esac` would end the list
        yield from _indented(_way(way, common, machine))
        yield "    ;;"
    yield "esac\n"
    yield from _subcommands(ways[0].plan)
    yield '_cc_start "$@"'
    yield "}\n"
    yield parts.LAUNCH


def _filled(text: str, machine: Surroundings) -> str:
    """A fixed part with the paths of programs in it. Only there: a profile's own text may have such words, too."""
    known = {"own": posix(list(machine.own))} | {name: sh(path) for name, path in machine.programs.items()}
    return re.sub("@([a-z]+)@", lambda match: known[match[1]], text)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    """A level deeper, but not inside of quotes: a line that is only part of a text stays where it is."""
    for text in lines:
        yield f"    {text}"


def _help(wrapper: Wrapper, ways: list[Way]) -> Iterator[str]:
    yield "_cc_help() {"
    yield "    printf '%s\\n' \\"
    yield f"        {quoted(f'{wrapper.name}: Claude Code on {wrapper.profile}, with the protection of cc run')} \\"
    yield f"        {quoted(f'usage: {wrapper.name} [MODE] [ARGUMENTS OF CLAUDE]')} ''"
    for way in ways:
        name = f"--{way.flag}" if way.flag else "(no mode)"
        model = f", {way.plan.model}" if way.plan.model else ""
        yield f"    printf '  %-16s%s\\n' {quoted(name)} {quoted(way.plan.profile + model)}"
    yield "    printf '  %-16s%s\\n' --cc-help 'these lines alone'"
    if wrapper.sealed:
        yield f"    printf '%s\\n' {quoted(SEALED)}"
    yield "}\n"


def _subcommands(plan: Plan) -> Iterator[str]:
    """What the client's subcommands get in front: the pins, where they stand there, and nothing else."""
    pinned = [word for word in plan.subcommands if word not in plan.unpinned]
    bare = [word for word in plan.unpinned if word not in plans.REMOTE]
    if not plan.subcommands:
        return
    yield "case ${1-} in"
    if bare:
        yield f'{wrapped(bare, " | ")}) exec "$_cc_target" "$@" ;;'
    if plan.pins:
        yield f'{wrapped(pinned, " | ")}) exec "$_cc_target" --settings "$_cc_settings" "$@" ;;'
    yield "esac"


def _words(ways: list[Way]) -> Iterator[str]:
    yield "_cc_words() {"
    yield "    case $_cc_mode in"
    for way in ways:
        yield f'    {quoted(way.flag)}) _cc_run {posix(list(way.words))} -- "$@" ;;'
    yield "    esac"
    yield "}\n"


def _arguments(ways: list[Way]) -> Iterator[str]:
    """Our flags are taken out of the arguments; the others stay, byte for byte."""
    changes = [pattern for name in plans.CHANGES_PINS for pattern in (name, f"{name}=*")]
    chooses = [pattern for name in plans.CHOOSES_MODE for pattern in (name, f"{name}=*")]
    yield "for _cc_word do"
    yield "    shift"
    yield '    if [ -z "$_cc_rest" ]; then'
    yield "        case $_cc_word in"
    yield "        --) _cc_rest=1 ;;"
    yield "        --cc-help) _cc_help && exit 0 ;;"
    for way in ways[1:]:
        yield f"        --{way.flag}) _cc_mode={quoted(way.flag)} && continue ;;"
    yield f"        {' | '.join(changes)}) _cc_pins=1 ;;"
    yield f"        {wrapped([*chooses, *sorted(plans.ASKS_NOTHING)], ' | ')}) _cc_asks=1 ;;"
    yield f"        {' | '.join(plans.TO_BACKGROUND)}) _cc_jobs=$_cc_word ;;"
    if any(way.plan.mark for way in ways):
        yield f"        {' | '.join(plans.STREAMS)}) _cc_streams=1 ;;"
    yield "        --resume | --resume=* | --continue) _cc_resumes=1 ;;"
    yield "        --*) ;;"
    yield "        -*[cr]*) _cc_resumes=1 ;; # of the short ones, -c and -r"
    yield "        esac"
    yield "    fi"
    yield '    set -- "$@" "$_cc_word"'
    yield "done"


def _surroundings(machine: Surroundings) -> Iterator[str]:
    """What the plan was not made for is cc's to look at."""
    yield parts.HANDED
    yield 'if [ -n "$_cc_pins" ]; then _cc_hand_over "your own --settings or --model" "$@"; fi'
    yield 'if [ -n "$_cc_resumes" ]; then _cc_hand_over "' + _SEEN + '" "$@"; fi'
    yield f'case ${{1-}} in {" | ".join(plans.REMOTE)}) _cc_hand_over "$1, which takes no pins" "$@" ;; esac'
    yield f"case ${{1-}} in {' | '.join(sorted(plans.JOBS))}) _cc_jobs=$1 ;; esac"
    yield 'if [ -n "$_cc_jobs" ]; then _cc_hand_over "background agents ($_cc_jobs)" "$@"; fi'
    yield 'if [ -n "${CC_CLAUDE:-}" ]; then _cc_hand_over "CC_CLAUDE" "$@"; fi'
    other_home = f'[ "${{HOME-}}" != {sh(machine.home)} ]'
    yield f'if {other_home} || [ "${{CLAUDE_CONFIG_DIR-}}" != {sh(machine.client_config)} ]; then'
    yield '    _cc_hand_over "another home, or another configuration of the client" "$@"'
    yield "fi"


def _way(way: Way, common: list[str], machine: Surroundings) -> Iterator[str]:
    """One branch: look whether the plan holds, read the secrets, build the environment."""
    plan = way.plan
    hosted = plan.protection == HOSTED
    yield f"_cc_target={sh(plan.target)}"
    yield 'if [ ! -x "$_cc_target" ]; then _cc_hand_over "claude, which is no longer at $_cc_target" "$@"; fi'
    files = wrapped([sh(path) for path in (way.client or plan.target, way.package) if path])
    yield f'if _cc_other_client {files}; then _cc_hand_over "claude, which is another one now" "$@"; fi'
    if way.watched or way.absent:
        files = wrapped([*map(sh, way.watched), "--", *map(sh, way.absent)])
        yield "# The plan may be another one now. Without cc, what is written here still holds against settings files."
        yield f'if _cc_stale {files}; then _cc_words "$@"; fi'
    yield f'if _cc_project {"some" if hosted else "any"}; then _cc_hand_over "the settings of this project" "$@"; fi'
    if way.exposed:
        yield 'if _cc_lists; then _cc_hand_over "the MCP servers of this project" "$@"; fi'
    if any(name.endswith("*") for name in plan.unset):
        yield '_cc_hand_over "scrub, which takes out what a store needs" "$@"'
    if first := _first(way):
        yield f'_cc_hand_over "{first}" "$@"'
        return
    yield from written_pins.network(plan)
    # The profile's own secret may be in a header, too: a variable that comes before it counts for both.
    twice = len({slot.reference for slot in plan.slots}) < len(plan.slots)
    for name in () if hosted and not twice else way.variables:
        yield f'if [ -n "${{{name}:-}}" ]; then _cc_hand_over "the key in {name}" "$@"; fi'
    foreign = [slot for slot in plan.slots if slot.delivery == URL or not _native(slot)] or plan.slots[len(_PLACES) :]
    if foreign and not (way.variables and len(plan.slots) == 1 and hosted):
        yield f'_cc_hand_over {quoted(f"the secret in {foreign[0].reference}")} "$@"'
        return
    for place, slot in zip(_PLACES, plan.slots, strict=False):
        yield from _secret(slot, place, way, machine)
    yield from _environment(plan, common)
    if plan.pins:
        yield from written_pins.settings(plan)
    yield f"_cc_start() {{ {_start(plan)}; }}"


def _first(way: Way) -> str:
    """What is asked or looked at before each launch, which a script cannot."""
    if way.plan.server:
        return "the server of the model, which is asked first"
    if way.served:
        return "its gateway, which is started first where it does not run"
    if plans.resumes(list(way.plan.args)):
        return _SEEN
    if way.checked:
        return "its fallback, for which the provider is asked first"
    return "its budget, which is looked at first" if way.limited else ""


def _environment(plan: Plan, common: list[str]) -> Iterator[str]:
    """What is said, taken out and set."""
    for note in plan.notes:
        yield f"printf 'cc: %s\\n' {quoted(note)} >&2"
    own = [name for name in plan.unset if name not in common and not name.endswith("*")]
    yield f"_cc_clean {wrapped([*own, _GONE])}"
    joined = CUSTOM_HEADERS if any(slot.delivery == HEADER for slot in plan.slots) else ""  # with secrets, below
    for name, value in sorted(item for item in plan.set.items() if item[0] != joined):
        yield f"export {name}={sh(value)}"
    if plan.direct:
        yield 'export NO_PROXY="$_cc_hosts" no_proxy="$_cc_hosts"'
    yield from _delivered(plan)


def _secret(slot: Slot, place: str, way: Way, machine: Surroundings) -> Iterator[str]:
    """One secret into a variable of its own. One that cannot be had leaves the rest to cc, which says why."""
    refused = f'_cc_hand_over {quoted(f"the secret in {slot.reference}")} "$@"'
    read = _fetching(slot, machine) if _native(slot) else "false"
    variables = way.variables if way.plan.protection == HOSTED and slot.delivery not in {HEADER, *BESIDE} else ()
    for number, name in enumerate(variables):
        gone = "" if name in way.kept else f"_cc_gone={name} && "
        yield f'{"elif" if number else "if"} [ -n "${{{name}:-}}" ]; then {gone}_cc_take "${{{name}-}}"'
    if variables:
        yield f"else {read}"
        read = "fi"
    yield f"{read} || {refused}"
    if slot.delivery == DESCRIPTOR:
        yield f'_cc_pipe "$_cc_secret" || {refused}'
    yield f"{place}=$_cc_secret"


def _fetching(slot: Slot, machine: Surroundings) -> str:
    """The command that reads one secret."""
    read = slot.read
    if read[0] == "env":
        return f'_cc_take "${{{read[1]}-}}"'
    if read[0] == "file":
        path = f'"$HOME"{sh(read[1][1:])}' if read[1].startswith("~/") else sh(read[1])
        # Only a file of this user's (or root's), that nobody else can read.
        rights = " ".join(f"! -perm -{bit:03o}" for bit in (1, 2, 4, 8, 16, 32))
        owner = f"\\( -user {machine.user} -o -user 0 \\)"
        find, cat = (_filled(name, machine) for name in ("@find@", "@cat@"))
        found = f'[ -n "$({find} -H {path} -prune -type f {owner} {rights} 2>/dev/null)" ]'
        return f"{{ {found} && _cc_fetch {cat} {path}; }}"
    argv = read[1:] if read[0] == "command" else read[4:]
    deadline = _deadline(slot, machine)
    # Without a terminal to ask on, the deadline is for all that the command has started.
    words = ["${_cc_terminal:+--foreground}" if word == "--foreground" else sh(word) for word in deadline]
    limit = [*words, '"$_cc_wait"'] if deadline else ["_cc_limited"]
    alone = ["env", "GPG_TTY="] if slot.delivery in BY_ITSELF else []
    function = "_cc_fetch_line" if read[0] == STORE and read[3] == FIRST_LINE else "_cc_fetch"
    command = " ".join([function, *limit, posix([*alone, *argv])])
    return f'{{ {command} && [ "$_cc_secret" != None ]; }}' if read[0] == STORE and read[3] == TEXT else command


def _deadline(slot: Slot, machine: Surroundings) -> tuple[str, ...]:
    """The program of this machine that ends a command which takes too long, if it has one for that."""
    asks = slot.read[0] == "command" or BY_NAME[slot.read[1]].may_ask
    return machine.timeout_asking if asks else machine.timeout


def _delivered(plan: Plan) -> Iterator[str]:
    """The secrets, into the variables that the client reads."""
    headers = [quoted(plan.set[CUSTOM_HEADERS])] if CUSTOM_HEADERS in plan.set else []
    for place, slot in zip(_PLACES, plan.slots, strict=False):
        if slot.delivery == HEADER:
            headers.append(f'{quoted(f"{slot.name}: {slot.before}")}"${place}"')
        elif slot.delivery == TOKEN:
            yield f"{slot.name}=${place} && export {slot.name}"
        elif slot.delivery == DESCRIPTOR:
            yield f"{slot.name}=$_cc_fd && export {slot.name}"
    if any(slot.delivery == HEADER for slot in plan.slots):
        lines = '"$_cc_nl"'.join(headers)
        yield f"export {CUSTOM_HEADERS}={lines}"


def _start(plan: Plan) -> str:
    """Become the client, with what is ours in front of the user's arguments."""
    pins = '--settings "$_cc_settings" ' if plan.pins else ""
    pins += '--managed-settings "$_cc_managed" ' if plan.managed else ""
    given = f"_cc_managed={quoted(plan.managed)}; " if plan.managed else ""
    own = f"{posix(list(plan.args))} " if plan.args else ""
    start = f'exec "$_cc_target" {pins}{own}"$@"'
    if not plan.mode_args or plans.has_mode(plan.args):
        return f"{given}{start}"
    asking = f'exec "$_cc_target" {pins}{posix(list(plan.mode_args))} {own}"$@"'
    return f'{given}if [ -n "$_cc_asks" ]; then {start}; fi; {asking}'


def _native(slot: Slot) -> bool:
    """Whether a script can read this secret by itself."""
    if slot.read[0] != STORE:
        return True
    return slot.read[3] in {WHOLE, TEXT, FIRST_LINE} and KEYRING_PROGRAM not in slot.read
