export const style = `.group .scroll { position: relative; }
.group .list { table-layout: auto; min-width: 46rem; }
.group .list td { white-space: nowrap; }
.group .list tbody th { width: 40%; min-width: 15rem; }
.group .list tbody th .meta { font-weight: 400; }
.group h2 .number { font-size: .9rem; }
.verdicts { display: inline-flex; flex-wrap: wrap; gap: .3rem; }
.old { color: var(--warn); }
.ended { margin-top: 2rem; }
.ended > summary { color: var(--soft); cursor: pointer; padding: .3rem 0; }`;
