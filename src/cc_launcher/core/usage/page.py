"""The report as one HTML file: no script, nothing from elsewhere, and no foreign text that a browser acts on."""

from collections.abc import Iterator, Mapping, Sequence

from cc_launcher.core.text import printable, web_page
from cc_launcher.core.usage import price, report, words
from cc_launcher.core.usage.report import NOT_ATTRIBUTED, Row

TABLES: Mapping[str, tuple[str, ...]] = {
    "By day": ("day",),
    "By profile and model": ("profile", "model"),
    "By project": ("project",),
}
_TITLES = ("requests", "input", "output", "cache write", "cache read", "cost", "")
_MOST = 500  # rows of a table
_BARS = """
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; } th, td { text-align: right; vertical-align: top;
  padding: .25rem .5rem; border-top: 1px solid var(--line); }
td, th { overflow-wrap: normal; } .name { overflow-wrap: anywhere; min-width: 6rem; }
th { color: var(--faint); font-size: .8125rem; font-weight: 600; } .name { text-align: left; }
td { font-variant-numeric: tabular-nums; }
.bar { height: .375rem; margin: .25rem 0; background: var(--link); border-radius: .125rem; }
.sum td { font-weight: 600; }
@media (max-width: 44rem) {
  table, tbody, tr, td { display: block; } .head { display: none; }
  tr { padding: .5rem 0; border-top: 1px solid var(--line); } td { text-align: left; padding: 0; border: 0; }
  td, td.name { min-width: 0; } td:empty { display: none; }
  td[title]::before { content: attr(title) ": "; color: var(--faint); }
}
"""


def html(span: str, tables: Sequence[tuple[str, Sequence[Row]]], money: Sequence[str], notes: Sequence[str]) -> str:
    """The page: tables, what there is to say of money beside them, and what to know of the figures."""
    lines: list[str] = []
    for title, rows in tables:
        lines += _table(title, rows)
    for title, sentences in (("Plans, and the same tokens elsewhere", money), ("What to know of it", notes)):
        if sentences:
            lines += [f"<h2>{title}</h2>", "<ul>", *(f"<li>{_safe(each)}</li>" for each in sentences), "</ul>"]
    return web_page.whole("cc usage", _safe(span), _BARS, lines)


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"<h2>{_safe(title)}</h2>"
    if not rows:
        yield "<p>nothing</p>"
        return
    ways = list(rows[0].keys)
    most = max(row.figures.length + row.figures.output for row in rows)
    yield "<table>"
    heads = [f'<th class="name">{_safe(way)}</th>' for way in ways] + [f"<th>{_safe(each)}</th>" for each in _TITLES]
    yield f'<tr class="head">{"".join(heads)}</tr>'
    for row in rows[:_MOST]:
        size = row.figures.length + row.figures.output
        names = [_name(row, way, value) for way, value in row.keys.items()]
        bar = f'<div class="bar" style="width: {round(100 * size / most) if most else 0}%"></div>'
        cells = [f'<td class="name">{_safe(name)}{"" if at else bar}</td>' for at, name in enumerate(names)]
        yield f"<tr>{''.join(cells)}{''.join(_figures(row))}</tr>"
    if len(rows) > _MOST:
        rest = f"and {len(rows) - _MOST:,} more: cc usage --csv has them all"
        yield f'<tr><td class="name" colspan="{len(ways) + len(_TITLES)}">{rest}</td></tr>'
    for row in report.totals(rows):
        name = f"together{f', in {row.currency}' if row.currency else ', without a known price'}"
        head = f'<td class="name" colspan="{len(ways)}">{_safe(name)}</td>'
        yield f'<tr class="sum">{head}{"".join(_figures(row))}</tr>'
    yield "</table>"


def _name(row: Row, way: str, value: str) -> str:
    if way == "model":
        return row.model
    return value or (NOT_ATTRIBUTED if way == "profile" else "?")


def _figures(row: Row) -> Iterator[str]:
    figures = row.figures
    counts = [words.tokens(each) for each in (figures.input, figures.output, figures.cache_write, figures.read)]
    said = "" if row.said in {price.EXACT, price.UNKNOWN} else row.said
    cells = (f"{row.requests:,}", *counts, words.cost(row.cost, row.currency), said)
    for title, cell in zip(_TITLES, cells, strict=True):
        about = f' title="{_safe(title)}"' if title else ""
        yield f"<td{about}>{_safe(cell)}</td>"


def _safe(text: str) -> str:
    return web_page.escaped(printable(text))
