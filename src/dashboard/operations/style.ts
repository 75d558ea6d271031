export const operationsStyle = `.why { color: var(--closed); margin: .15rem 0; overflow-wrap: anywhere; }
.list .why { display: block; min-width: 13rem; }
.list time { white-space: nowrap; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.list td .meta, .list th .meta { font-weight: 400; }
.problems { padding-left: 1.2rem; }
.facts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: .5rem 0; }
.facts dt { color: var(--soft); font-size: .78rem; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.cluster header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem; }
.cluster h3 { margin: 0; }
.cluster summary { cursor: pointer; color: var(--soft); font-size: .87rem; }
.uptime { display: block; width: 100%; max-width: 36rem; height: 2.3rem; margin-top: .6rem; }
.uptime .up, .meter .up { fill: var(--open); }
.uptime .down, .meter .down { fill: var(--closed); }
.uptime .none { fill: var(--line); }
.axis { display: flex; max-width: 36rem; justify-content: space-between; margin: .2rem 0 .5rem; font-size: .75rem; }
.headroom { min-width: 15rem; }
.headroom + .headroom { margin-top: .4rem; }
.meter { display: block; width: 100%; min-width: 7rem; max-width: 12rem; height: 4px; margin-top: .2rem; }
.meter .all { fill: var(--line); }`;
