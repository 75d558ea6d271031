export const journalStyle = `.chain { margin: 0 0 1.25rem; font-size: .93rem; color: var(--soft); }
.chain.good > span { color: var(--open); }
.chain.warn { color: var(--warn); }
.alarm { margin: 0 0 1.25rem; padding: .9rem 1.2rem; border: 2px solid var(--closed); border-radius: 10px; background: var(--minus-back); }
.alarm h2 { margin: 0 0 .35rem; color: var(--closed); font-size: 1.1rem; }
.alarm p, .alarm ul { margin: .35rem 0; }
.search { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
.search input, .search select { width: 100%; }
.wrong { color: var(--closed); max-width: 22rem; }
.entries { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.entry { padding: .85rem 1.1rem; }
.entry + .entry { border-top: 1px solid var(--line); }
.entry:target { box-shadow: inset 3px 0 var(--link); }
.entry > p { margin: 0; }
.entry .head { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; }
.entry .head .meta { margin: 0; }
.entry .number { font-variant-numeric: tabular-nums; }
.entry .what { font-weight: 550; margin-top: .25rem; white-space: pre-line; }
.entry .why { color: var(--soft); white-space: pre-line; }
.entry .links { list-style: none; margin: .25rem 0 0; padding: 0; font-size: .87rem; }
.entry details { margin-top: .25rem; font-size: .82rem; color: var(--soft); }
.entry summary { cursor: pointer; width: fit-content; }
.entry dl { margin: .4rem 0 0; display: grid; gap: .15rem; }
.entry dl div { display: grid; grid-template-columns: minmax(6rem, 10rem) 1fr; gap: .75rem; }
.entry dt { color: var(--soft); }
.entry dd { margin: 0; color: var(--text); }
.further { margin: 1rem 0; }
`;
