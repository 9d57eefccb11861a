"""On which line of a TOML file each key stands.

tomllib tells what a valid file says, not where. This scanner only ever sees text that tomllib has accepted, so it needs
to know strings, comments and brackets, and nothing else of the grammar.
"""

import re
import tomllib

Path = tuple[str, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # multi-line strings first: their quotes would read as empty strings
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}=\n]"
    r"|[^\[\]{}=\n\"'#]+",
    re.DOTALL,
)


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of every key and table header outside of inline tables.

    Of `[[rules]]`, the tables have a number each, as their faults have: `("rules", "0", "to")`.
    """
    found: dict[Path, int] = {}
    counted: dict[Path, int] = {}
    table: Path = ()
    line = 1
    depth = 0
    statement = ""  # what stands before the `=`, or a whole header
    statement_line = 1
    in_value = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token == "\n" and depth == 0:
            if not in_value and statement.strip().startswith("["):
                table = _table(statement.strip(), counted)
                _note(found, table, 1, statement_line)
            statement, in_value = "", False
        elif not token.startswith("#"):
            if not statement.strip():
                statement_line = line
            if in_value:
                depth += (token in "[{") - (token in "]}") if len(token) == 1 else 0
            elif token == "=":
                in_value = True
                path = table + _path(statement)
                _note(found, path, len(table) + 1, statement_line)
            else:
                statement += token
        line += token.count("\n")
    if not in_value and statement.strip().startswith("["):
        _note(found, _table(statement.strip(), counted), 1, statement_line)
    return found


def _table(header: str, counted: dict[Path, int]) -> Path:
    """The table that a header begins: of `[[rules]]`, the next one; of `[rules.x]` below it, that of the newest."""
    parts = _path(header.strip("[]"))
    found: Path = ()
    for number, part in enumerate(parts, start=1):
        found = (*found, part)
        if number == len(parts) and header.startswith("[["):
            counted[found] = counted.get(found, -1) + 1
        if found in counted:
            found = (*found, str(counted[found]))
    return found


def _note(found: dict[Path, int], path: Path, shortest: int, line: int) -> None:
    """The line of a key, and of the tables around it where this is the first that is heard of them."""
    for length in range(shortest, len(path) + 1):
        found.setdefault(path[:length], line)


def line_for(path: Path, lines: dict[Path, int]) -> int:
    """The line of this key, or of the nearest key around it (a value inside an inline table has none of its own)."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def _path(key: str) -> Path:
    """The parts of a dotted key, unquoted by the real parser."""
    node: object = tomllib.loads(f"{key.strip()} = 0")
    parts: list[str] = []
    while isinstance(node, dict):
        name, node = next(iter(node.items()))
        parts.append(name)
    return tuple(parts)
