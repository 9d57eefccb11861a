"""A page in one file: no script, nothing from elsewhere, and no foreign text that a browser acts on.

How it looks here holds for all pages: on a wide screen and on a phone, in the light and in the dark, and on paper.
"""

from collections.abc import Iterable

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --text: #1c2024; --faint: #5f6872; --back: #fff; --card: #f5f6f8; --line: #d9dde2;
  --good: #1a6b35; --fair: #875500; --bad: #b3202a; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e7ea; --faint: #9aa4ae; --back: #14171a; --card: #1e2327; --line: #363d44;
    --good: #6cc788; --fair: #e3b04b; --bad: #ff8a85; --link: #7cb8f5; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto,
  "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
header p { margin: 0; color: var(--faint); font-size: .875rem; }
h1 { margin: 0 0 1rem; font-size: 1.625rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; }
h3 { margin: 1.25rem 0 .25rem; font-size: .9375rem; }
h4 { margin: .75rem 0 .25rem; color: var(--faint); font-size: .8125rem; font-weight: 600; }
p { margin: 0 0 .5rem; max-width: 80ch; }
a { color: var(--link); }
code, pre { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
small { color: var(--faint); font-size: .8125rem; font-weight: 400; }
.verdict { padding: 1rem 1.25rem; border-left: .375rem solid var(--good); border-radius: .375rem;
  background: var(--card); }
.verdict.unfit { border-color: var(--bad); }
.verdict p { margin: 0; }
.verdict .word { color: var(--good); font-weight: 600; }
.verdict.unfit .word { color: var(--bad); }
.verdict .said { margin: .125rem 0 .25rem; font-size: 1.25rem; }
dl { margin: 1rem 0 0; }
dl div { display: flex; gap: 1rem; padding: .25rem 0; }
dt { flex: 0 0 5.5rem; color: var(--faint); }
dd { flex: 1; min-width: 0; margin: 0; }
.status { font-weight: 600; white-space: nowrap; }
.passed { color: var(--good); } .degraded { color: var(--fair); } .failed { color: var(--bad); }
.skipped { color: var(--faint); }
.troubles { margin: 0; padding: 0; list-style: none; }
.troubles li { padding: .75rem 0; border-top: 1px solid var(--line); }
.troubles p { margin: .125rem 0 .25rem; }
.advice code { padding: .125rem .375rem; border-radius: .25rem; background: var(--card); }
.advice span { color: var(--faint); font-size: .875rem; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 40rem) { main { padding: 1rem 1rem 3rem; } }
"""


def escaped(text: str) -> str:
    """Text that a browser shows, and does not act on."""
    return "".join(_ESCAPES.get(char, char) for char in text)


def whole(command: str, title: str, style: str, parts: Iterable[str]) -> str:
    """The page that a command wrote. The title is escaped already, as are the parts."""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{command}: {title}</title>",
        f"<style>{_STYLE}{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<header><p>{command}</p><h1>{title}</h1></header>",
        *parts,
        "</main>",
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines)
