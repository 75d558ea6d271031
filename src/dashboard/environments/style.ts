/** The matrix: its head and its first column stay while the rest moves under them. */
export const environmentsStyle = `main:has(.fleet-head.wide) { max-width: 120rem; }
body:has(.fleet-head.wide) .top { padding-inline: max(0px, (100% - 120rem) / 2); }
.fleet-problems { margin: 1rem 0 0; }
.fleet-problems ul { margin: 0; padding: 0; list-style: none; display: grid; gap: .25rem; }
.fleet-problems .meta { color: inherit; }
.filters input, .filters select, .filters button { height: 2.2rem; margin: 0; }
.filters a { line-height: 2.2rem; }
.fleet-head ~ .nothing { margin-top: 1.5rem; }
.order { margin: 0 0 .4rem; }
.order a { text-decoration: underline; }
.matrix-box { max-height: min(85vh, 70rem); overflow: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.matrix { border-collapse: separate; border-spacing: 0; min-width: 100%; font-size: .87rem; line-height: 1.35; overflow-wrap: normal; }
.matrix th, .matrix td { padding: .45rem .9rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; }
.matrix tbody tr:last-child > * { border-bottom: 0; }
.matrix thead th { position: sticky; top: 0; z-index: 1; background: var(--card); font-weight: 600; line-height: 1.5; box-shadow: 1px 0 var(--card); border-bottom-width: 2px; }
.matrix thead br + .badge { margin-top: .15rem; }
.matrix thead .badge { font-size: .78rem; padding: 0; background: none; }
.matrix thead th:first-child { left: 0; z-index: 2; }
.matrix tbody th { position: sticky; left: 0; background: var(--card); font-weight: 600; min-width: 12rem; max-width: 18rem; white-space: normal; overflow-wrap: anywhere; box-shadow: inset -1px 0 var(--line); }
.matrix tbody th a { color: var(--text); }
.matrix thead th:first-child { box-shadow: inset -1px 0 var(--line); }
.matrix td:nth-child(2) { color: var(--soft); max-width: 11rem; overflow: hidden; text-overflow: ellipsis; }
.matrix tbody tr:hover > * { background: var(--sunk); }
.matrix td:empty::before { content: "–"; color: var(--line); }
.matrix b { display: inline-block; max-width: 11rem; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; font-weight: 500; font-variant-numeric: tabular-nums; }
.matrix abbr { color: var(--soft); font-size: .92em; text-decoration: none; cursor: help; }
.matrix small { display: block; font-size: .78rem; color: var(--soft); }
.matrix .m { color: var(--warn); }
.matrix .M { color: var(--warn); font-weight: 650; }
.matrix .x { color: var(--closed); font-weight: 550; }
@media (max-width: 40rem) {
  .fleet-head .lead { font-size: .87rem; }
  .fleet-head ~ div .figures { justify-content: space-between; gap: .5rem 1rem; margin: .8rem 0; }
  .fleet-head ~ .filters { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem .75rem; }
  .filters input, .filters select { width: 100%; }
  .matrix tbody th { min-width: 7.5rem; max-width: 8.5rem; }
  .matrix th, .matrix td { padding: .4rem .65rem; }
  .matrix-box { max-height: 75vh; margin-inline: -.75rem; border-radius: 0; border-inline: 0; }
}
@media print { .matrix-box { max-height: none; overflow: visible; } }`;
