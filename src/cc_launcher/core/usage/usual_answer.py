"""Read an answer whose line is written as the client writes it today: nearly all are, and this is most of the work."""

from cc_launcher.core.usage import line_values, usual_line
from cc_launcher.core.usage.found import Ending, Found, Request

LINE = b'{"parentUuid":'
REFERENCE = b'"requestRef":"'


def read(block: bytes | bytearray, start: int, stop: int, end: int, found: Found) -> bool:
    """A line as the client writes it today, with its content from somewhere to `stop`; whether it is one."""
    tail = usual_line.TAIL.match(block, stop, end)
    head = tail and usual_line.HEAD.match(block, start, stop)
    if not head or not tail or block.find(LINE, head.end(), stop) >= 0:
        return False
    ending, behind = found.ending, tail.end()
    if len(ending.text) != end - behind or not block.startswith(ending.text, behind):
        # Nearly always it ends as the one before, and then nothing has to be looked for in it.
        new = _ended(bytes(block[behind:end]), found.directory)
        if new is None:
            return False
        found.ending = ending = new
    why, given, write, read, output, searches, write_1h, write_5m, details, call, *later = tail.groups()
    reference, asked, hour, minute, second, thousandth = later
    time = usual_line.hour(hour)
    if time is None:
        return False
    time += int(minute) * 60_000 + int(second) * 1_000 + int(thousandth)
    if time > found.newest:
        found.newest = time
    elif time <= 0:
        time = found.newest
    _, process, here, written, project, version, old = ending
    if written != here:
        found.parents[here] = written
    agent, model = head.groups()
    of_5m, of_1h = int(write_5m or 0), int(write_1h or 0)
    key = line_values.hashed(b"ref " + reference)
    if call:
        found.calls[key] = call.decode()
    found.requests.append(
        Request(
            key,
            time,
            written,
            process,
            line_values.model_at(asked, model),
            project,
            int(agent == b"true"),
            int(line_values.is_cut(version, has_reason=why != b"null", has_details=details is not None)),
            old,
            int(given),
            int(output),
            of_5m,
            of_1h,
            max(int(write) - of_5m - of_1h, 0),
            int(read),
            int(searches or 0),
        )
    )
    found.reference = REFERENCE + reference + b'"'
    return True


def _ended(text: bytes, directory: str) -> Ending | None:
    """What the end of such a line says; nothing where it is none."""
    match = usual_line.ENDING.fullmatch(text)
    if match is None:
        return None
    process, cwd, session, version, branch, first = match.groups()
    project = line_values.project_at(cwd, directory)
    if project is None or (branch is not None and usual_line.path(branch) is None):
        return None
    here, client = usual_line.text(session), usual_line.text(version)
    return Ending(
        text,
        usual_line.text(process) if process else here,
        here,
        usual_line.text(first) if first else here,
        project,
        client,
        int(line_values.is_before(client, line_values.FINAL)),
    )
