"""How a probe's report looks, beside what all pages have."""

STYLE = """
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
