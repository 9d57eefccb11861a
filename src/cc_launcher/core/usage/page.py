"""The report as one HTML file: no script, nothing from elsewhere, and no foreign text that a browser acts on."""

from collections.abc import Iterator, Mapping, Sequence

from cc_launcher.core.probe.page_style import STYLE
from cc_launcher.core.text import printable
from cc_launcher.core.usage import price, report, words
from cc_launcher.core.usage.report import NOT_ATTRIBUTED, Row

TABLES: Mapping[str, tuple[str, ...]] = {
    "By day": ("day",),
    "By profile and model": ("profile", "model"),
    "By project": ("project",),
}
_TITLES = ("requests", "input", "output", "cache write", "cache read", "cost", "")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MOST = 500  # rows of a table
_BARS = """
table { border-collapse: collapse; width: 100%; } th, td { text-align: right; padding: .2rem .5rem;
  border-top: 1px solid var(--line); } th:first-child, td:first-child { text-align: left; }
.bar { height: .5rem; background: var(--link); border-radius: .125rem; }
"""


def html(span: str, tables: Sequence[tuple[str, Sequence[Row]]], money: Sequence[str], notes: Sequence[str]) -> str:
    """The page: tables, what there is to say of money beside them, and what to know of the figures."""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>cc usage: {_safe(span)}</title>",
        f"<style>{STYLE}{_BARS}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<header><p>cc usage</p><h1>{_safe(span)}</h1></header>",
    ]
    for title, rows in tables:
        lines += _table(title, rows)
    for title, sentences in (("Plans, and the same tokens elsewhere", money), ("What to know of it", notes)):
        if sentences:
            lines += [f"<h2>{title}</h2>", "<ul>", *(f"<li>{_safe(each)}</li>" for each in sentences), "</ul>"]
    return "\n".join([*lines, "</main>", "</body>", "</html>", ""])


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"<h2>{_safe(title)}</h2>"
    ways = list(rows[0].keys) if rows else []
    most = max((row.figures.length + row.figures.output for row in rows), default=0)
    yield "<table>"
    yield f"<tr>{''.join(f'<th>{_safe(name)}</th>' for name in (*ways, *_TITLES))}</tr>"
    for row in rows[:_MOST]:
        figures = row.figures
        names = [value or (NOT_ATTRIBUTED if way == "profile" else "?") for way, value in row.keys.items()]
        counts = [words.tokens(each) for each in (figures.input, figures.output, figures.cache_write, figures.read)]
        said = row.said if row.said != price.EXACT else ""
        cells = [*names, f"{row.requests:,}", *counts, words.cost(row.cost, row.currency), said]
        yield f"<tr>{''.join(f'<td>{_safe(cell)}</td>' for cell in cells)}</tr>"
        part = round(100 * (figures.length + figures.output) / most) if most else 0
        yield f'<tr><td colspan="{len(cells)}"><div class="bar" style="width: {part}%"></div></td></tr>'
    for row in report.totals(rows):
        cost = f"{words.cost(row.cost, row.currency)} ({row.said})"
        yield f'<tr><th colspan="{len(ways)}">together</th><td>{row.requests:,}</td>'
        yield f'<td colspan="6">{_safe(cost)}</td></tr>'
    yield "</table>"


def _safe(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in printable(text))
