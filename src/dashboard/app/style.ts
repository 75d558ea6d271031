/** Shares of the accent, for versions that run now, and the last for those that do not. */
const steps = [100, 78, 44, 28, 9];

/** The tint of a version that runs nowhere any more. */
export const past = steps.length - 1;

/** Of the pages of apps: the timeline's colours are steps from the accent to the card. */
export const style = `.app .about { display: flex; flex-wrap: wrap; gap: .4rem 2.5rem; margin: .6rem 0 0; }
.app .about dt { color: var(--soft); font-size: .82rem; }
.app .about dd { margin: 0; }
.app .list { overflow-wrap: break-word; min-width: 38rem; }
.app .list button { white-space: nowrap; }
.app .line, .app .list time, .app .version { white-space: nowrap; }
.app .version { font-family: var(--mono); font-size: .92em; font-weight: 600; }
.app .soft, .app small { color: var(--soft); font-size: .85rem; }
.app .change { font-size: .87rem; font-weight: 400; }
.app h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.app .prose h3 { margin-top: .4rem; }
.app .ranges { display: flex; flex-wrap: wrap; gap: .3rem; margin: 0 0 .6rem; }
.app .ranges a { padding: .1rem .8rem; border: 1px solid var(--line); border-radius: 1em; font-size: .87rem; background: var(--card); }
.app .ranges a[aria-current] { color: var(--card); background: var(--link); border-color: transparent; }
.app .fold { margin: .5rem 0; }
.app summary { cursor: pointer; padding: .2rem 0; }
.app .as-table summary { color: var(--soft); font-size: .87rem; }
.timeline { display: grid; grid-template-columns: minmax(5.5rem, max-content) 1fr; gap: 0 .9rem; margin: .4rem 0; }
.timeline .lanes { list-style: none; margin: 0; padding: 0; }
.timeline .lanes li { height: 52px; padding-top: 16px; line-height: 1.15; max-width: 10rem; overflow: hidden; text-overflow: ellipsis; }
.timeline .lanes b { font-weight: 600; font-size: .9rem; line-height: 24px; }
.timeline .lanes small { display: block; color: var(--soft); font-size: .75rem; margin-top: -3px; }
.timeline .scroll { direction: rtl; }
.timeline svg { display: block; direction: ltr; font: 12px/1 var(--mono); }
.timeline text { fill: var(--text); }
.timeline .axis line, .timeline .ground { stroke: var(--line); }
.timeline .axis text, .timeline .none { fill: var(--soft); font: 11px/1 system-ui, sans-serif; }
.timeline .vague, .timeline-key .vague { stroke: var(--soft); stroke-width: 2; stroke-dasharray: 2 2; }
.timeline .tint0 text, .timeline .tint1 text { fill: var(--card); }
${steps.map((step, index) => `.timeline .tint${index} rect { fill: color-mix(in oklab, var(--link) ${step}%, var(--card)); stroke: color-mix(in oklab, var(--link) ${Math.min(100, step + 20)}%, var(--card)); }`).join('\n')}
.timeline .span:hover rect { stroke: var(--text); }
:is(.timeline, .timeline-key) .sign :is(path, circle) { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
:is(.timeline, .timeline-key) .failed :is(path, circle) { stroke: var(--closed); }
:is(.timeline, .timeline-key) .refused :is(path, circle) { stroke: var(--warn); }
:is(.timeline, .timeline-key) .rollback path { stroke: var(--merged); }
.timeline-key { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .3rem 0; color: var(--soft); font-size: .82rem; }
.timeline-key span { display: inline-flex; align-items: center; gap: .35rem; }
.timeline .again { display: none; text-anchor: end; }
@media (max-width: 40rem) { .timeline .again { display: inline; } }
.timeline .sign text { font: 10px/1 system-ui, sans-serif; fill: var(--soft); }
`;
