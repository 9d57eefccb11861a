"""How our pages look: on a wide screen and on a phone, in the light and in the dark, and on paper.

What is of a probe's report alone stands below.
"""

BASE = """
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
STYLE = (
    BASE
    + """\
table { width: 100%; border-collapse: collapse; }
th { text-align: left; }
thead th { padding: .25rem .75rem .25rem 0; color: var(--faint); font-size: .8125rem; }
.group th { padding: 1rem 0 .25rem; }
td { padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); vertical-align: top; }
td:nth-child(2) { width: 17rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0; }
details { border-top: 1px solid var(--line); padding: .25rem 0; }
summary { padding: .375rem 0; cursor: pointer; }
pre { margin: 0; padding: .75rem; border-radius: .375rem; background: var(--card); white-space: pre-wrap;
  overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  table, tbody { display: block; }
  thead { display: none; }
  .group { display: block; }
  .group th { display: block; }
  .check { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .625rem 0; border-top: 1px solid var(--line); }
  td { padding: 0; border: 0; }
  td:nth-child(1) { flex: 0 0 6rem; }
  td:nth-child(2) { flex: 1; width: auto; min-width: 0; }
  td:nth-child(3) { flex: 0 0 100%; margin: .125rem 0; }
  td.n { color: var(--faint); font-size: .8125rem; }
  td:nth-child(5)::after { content: " tokens"; }
  td.none { display: none; }
}
@media print { body { font-size: 12px; } details { break-inside: auto; } }
"""
)
