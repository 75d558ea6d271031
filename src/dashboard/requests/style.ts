export const style = `.group .scroll { position: relative; }
.group .list { table-layout: fixed; min-width: 58rem; }
.group .list th:nth-child(2) { width: 7.5rem; }
.group .list th:nth-child(3) { width: 8.5rem; }
.group .list th:nth-child(4) { width: 11.5rem; }
.group .list th:nth-child(5) { width: 8.5rem; }
.group .list th:nth-child(6) { width: 10rem; }
.group .list td button { white-space: nowrap; }
.group .list tbody th .meta { font-weight: 400; }
.group h2 .number { font-size: .9rem; }
.verdicts { display: inline-flex; flex-wrap: wrap; gap: .3rem; }
.old { color: var(--warn); }
.ended { margin-top: 2rem; }
.ended > summary { color: var(--soft); cursor: pointer; padding: .3rem 0; }
@media (max-width: 40rem) {
  .group .list { display: block; min-width: 0; }
  .group .list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .group .list tbody { display: block; }
  .group .list tbody tr { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; padding: .7rem .9rem; border-top: 1px solid var(--line); }
  .group .list tbody tr:first-child { border-top: 0; }
  .group .list tbody :is(th, td) { width: auto; padding: 0; border: 0; }
  .group .list tbody th { flex-basis: 100%; }
  .group .list td:empty { display: none; }
}`;
