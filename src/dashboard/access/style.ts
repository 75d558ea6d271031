export const accessStyle = `h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.left { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.list td .meta { margin: 0; }
.reason { min-width: 13rem; }
.how { min-width: 8rem; }
.revoke summary { cursor: pointer; color: var(--closed); white-space: nowrap; }
.revoke form { display: grid; gap: .4rem; margin-top: .4rem; min-width: 12rem; }
.revoke label { display: grid; gap: .15rem; font-size: .82rem; color: var(--soft); }
.waiting { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.waiting > li { padding: .85rem 1.1rem; }
.waiting > li + li { border-top: 1px solid var(--line); }
.waiting > li:target { box-shadow: inset 3px 0 var(--link); }
.waiting p { margin: .1rem 0; }
.waiting .title { font-weight: 600; }
.waiting .why { color: var(--soft); }
.missing { margin: .35rem 0 0; padding-left: 1.2rem; }
.missing li::marker { content: "○ "; color: var(--warn); }
.ask form { display: grid; gap: 1.1rem; max-width: 40rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.2rem 1.4rem; }
.ask form > label { display: grid; gap: .2rem; font-weight: 550; }
.ask form > label > * { font-weight: 400; }
.ask form > .check { display: block; font-weight: 400; }
.ask fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: .55rem; }
.ask legend { font-weight: 550; padding: 0; margin-bottom: .35rem; }
.ask select, .ask input:not([type]), .ask textarea { width: 100%; }
.ask .level { display: grid; grid-template-columns: auto 1fr; gap: 0 .55rem; align-items: baseline; }
.ask .level span { grid-column: 2; }
.ask .actions { margin: 0; }
.done { padding: .6rem .9rem; border: 1px solid var(--open); border-radius: 8px; color: var(--open); background: color-mix(in srgb, var(--open) 8%, transparent); }
`;
