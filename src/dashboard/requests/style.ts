export const style = `.group .scroll { position: relative; }
.group .list { table-layout: fixed; min-width: 58rem; }
.group .list th:nth-child(2) { width: 7.5rem; }
.group .list th:nth-child(3) { width: 9.5rem; }
.group .list th:nth-child(4) { width: 10.5rem; }
.group .list th:nth-child(5) { width: 8.5rem; }
.group .list th:nth-child(6) { width: 10.2rem; }
.group .list td button { white-space: nowrap; }
.group .list tbody th .meta { font-weight: 400; }
.group h2 .number { font-size: .9rem; }
.verdicts { display: inline-flex; flex-wrap: wrap; gap: .3rem; }
.old { color: var(--warn); }
.ended { margin-top: 2rem; }
.ended > summary { color: var(--soft); cursor: pointer; padding: .3rem 0; }`;
