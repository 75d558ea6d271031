/** The one stylesheet. Colours are said once, for light and for dark. */
export const style = `:root {
  color-scheme: light dark;
  --page: light-dark(#f6f8f9, #101619);
  --card: light-dark(#ffffff, #182126);
  --sunk: light-dark(#eef2f4, #131b1f);
  --line: light-dark(#dbe2e6, #2b373d);
  --text: light-dark(#1b2529, #dfe7ea);
  --soft: light-dark(#5b6b73, #93a4ac);
  --link: light-dark(#0b5c75, #6fc5dc);
  --open: light-dark(#0b6a4a, #35b58a);
  --merged: light-dark(#6b4fbb, #a48df0);
  --closed: light-dark(#b3423a, #e5766d);
  --warn: light-dark(#8a5a00, #e0b050);
  --warn-back: light-dark(#fff3d6, #372b10);
  --plus-back: light-dark(#e3f6ec, #123026);
  --plus-mark: light-dark(#a5e3c0, #1f6b4c);
  --minus-back: light-dark(#fdeceb, #391d1c);
  --minus-mark: light-dark(#f9bdb8, #863c37);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
main :is(p, li, td, .banner, .prose) a:not([class]) { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
code, pre { font-family: var(--mono); font-size: .87em; }
.top { background: var(--card); border-bottom: 1px solid var(--line); }
.top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; padding: 0 max(0px, (100% - 62rem) / 2); }
.top nav { padding: .6rem 1rem; display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; }
.top .places { flex-basis: 100%; gap: .25rem 1.25rem; padding-top: 0; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 2; padding: .5rem .9rem; color: var(--card); background: var(--link); border-radius: 0 0 6px 6px; }
.skip:focus { top: 0; }
.top ol { display: contents; list-style: none; }
.top li::before { content: "/"; color: var(--soft); margin-right: .5rem; }
.brand { display: inline-flex; align-items: center; gap: .5rem; font-weight: 650; color: var(--text); }
.lead, .meta, .path, .number { color: var(--soft); }
.lead { margin: 0 0 1rem; }
.meta { font-size: .87rem; margin: .15rem 0; }
.path { font-size: .8rem; font-weight: 400; margin-left: .35rem; }
.number { font-weight: 400; }
.tag { display: inline-block; padding: 0 .5em; border: 1px solid var(--line); border-radius: 1em; font-size: .78rem; background: var(--sunk); }
.tag.verdict.success { color: var(--open); }
.tag.verdict.failure, .tag.verdict.error { color: var(--closed); }
.tag.warn, .banner { background: var(--warn-back); color: var(--warn); border-color: currentColor; }
.banner { padding: .6rem .9rem; border: 1px solid; border-radius: 8px; }
.empty { color: var(--soft); margin: .5rem 0; }
.requests, .commits { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.requests li, .commits li { display: flex; gap: .75rem; padding: .7rem 1rem; }
.requests li + li, .commits li + li { border-top: 1px solid var(--line); }
.requests .title { font-weight: 600; color: var(--text); }
.commits .subject { margin: 0; }
.sha { font-family: var(--mono); font-size: .85rem; }
.dot { flex: none; width: .7rem; height: .7rem; margin-top: .45rem; border-radius: 50%; background: var(--soft); }
.dot.open { background: var(--open); }
.dot.merged { background: var(--merged); }
.dot.closed { background: var(--closed); }
.environment > details { margin-top: .6rem; }
.environment > details > summary { color: var(--soft); font-size: .87rem; cursor: pointer; padding: .2rem 0; }
.state { display: inline-block; padding: .1em .7em; border-radius: 1em; font-weight: 600; color: var(--card); background: var(--soft); text-transform: capitalize; }
.state.open { background: var(--open); }
.state.merged { background: var(--merged); }
.state.closed { background: var(--closed); }
.jobs { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.jobs th { text-align: left; font-weight: 600; font-size: .85rem; color: var(--soft); }
.jobs th, .jobs td { padding: .5rem .9rem; vertical-align: top; }
.jobs tr + tr td, .jobs tbody td { border-top: 1px solid var(--line); }
.jobs td, .jobs th { overflow-wrap: normal; white-space: nowrap; }
.jobs .what { width: 100%; min-width: 12rem; overflow-wrap: anywhere; white-space: normal; }
.jobs .why { color: var(--closed); }
button { font: inherit; color: var(--link); background: var(--sunk); border: 1px solid var(--line); border-radius: 6px; padding: .1rem .8rem; cursor: pointer; white-space: nowrap; }
.badge { display: inline-flex; align-items: baseline; gap: .3em; padding: .05em .6em; border-radius: 1em; font-size: .8rem; font-weight: 550; white-space: nowrap; background: var(--sunk); color: var(--soft); }
.badge.good { color: var(--open); background: color-mix(in srgb, var(--open) 12%, transparent); }
.badge.wait { color: var(--link); background: color-mix(in srgb, var(--link) 12%, transparent); }
.badge.warn { color: var(--warn); background: var(--warn-back); }
.badge.bad { color: var(--closed); background: color-mix(in srgb, var(--closed) 12%, transparent); }
.figures { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 1rem 0 1.5rem; }
.figures dt { color: var(--soft); font-size: .82rem; }
.figures dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.figures .bad dd, .figures .bad a { color: var(--closed); }
.figures .warn dd, .figures .warn a { color: var(--warn); }
.figures .good dd { color: var(--open); }
.list { width: 100%; overflow-wrap: break-word; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 10px; font-size: .93rem; }
.list th, .list td { padding: .5rem .9rem; text-align: left; vertical-align: top; font-weight: 400; border-top: 1px solid var(--line); }
.list thead th { font-size: .82rem; color: var(--soft); border-top: 0; white-space: nowrap; }
.list tbody th { font-weight: 550; }
.list time { white-space: nowrap; }
.list .right { text-align: right; font-variant-numeric: tabular-nums; }
.nothing { padding: 2rem 1rem; text-align: center; color: var(--soft); background: var(--card); border: 1px dashed var(--line); border-radius: 10px; }
.nothing p { margin: .2rem 0; }
.filters { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin: 0 0 1rem; }
.filters label { display: grid; gap: .15rem; font-size: .82rem; color: var(--soft); }
.filters input, .filters select { height: 2.2rem; }
input, select, textarea { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; max-width: 100%; }
button.main { color: var(--card); background: var(--link); border-color: transparent; }
button.danger { color: var(--closed); }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.page-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .5rem 1rem; }
.page-head .lead { margin: 0; }
main.wide { max-width: none; }
.places a[aria-current] { color: var(--text); font-weight: 600; }
.viewer { margin: 0; padding: .6rem 1rem; color: var(--soft); font-size: .87rem; }
div.viewer { display: flex; align-items: center; gap: .75rem; }
details.viewer { position: relative; }
details.viewer > summary { cursor: pointer; }
details.viewer > summary > span { margin-left: .5rem; color: var(--link); }
details.viewer > form { position: absolute; right: 1rem; z-index: 1; width: max-content; max-width: calc(100vw - 2rem); padding: .6rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.login { max-width: 26rem; margin: 3rem auto; text-align: center; }
.login ul { list-style: none; padding: 0; display: grid; gap: .6rem; }
a.button { display: block; padding: .5rem 1rem; color: var(--card); background: var(--link); border-radius: 6px; font-weight: 550; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.tabs { display: flex; gap: 1.25rem; margin: 1rem 0; border-bottom: 1px solid var(--line); overflow-x: auto; white-space: nowrap; }
.tabs a { padding: .45rem 0; color: var(--soft); }
.tabs a:hover { color: var(--text); text-decoration: none; box-shadow: inset 0 -2px var(--link); }
.tabs b { font-weight: 500; font-size: .8rem; padding: 0 .5em; border-radius: 1em; background: var(--sunk); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .75rem 1.1rem; margin: 0 0 .8rem; }
.message { white-space: pre-wrap; }
.prose > :first-child { margin-top: .25rem; }
.prose > :last-child { margin-bottom: .25rem; }
.prose h1, .prose h2, .prose h3, .prose h4 { font-size: 1.08rem; margin: 1.4rem 0 .5rem; }
.prose h2 { font-size: 1.2rem; }
.prose h1 { font-size: 1.3rem; }
.prose p, .prose ul, .prose ol { margin: .5rem 0; }
.prose ul, .prose ol { padding-left: 1.5rem; }
.prose li > p { margin: 0; }
.prose code { background: var(--sunk); padding: .1em .35em; border-radius: 4px; }
.prose pre { background: var(--sunk); padding: .7rem .9rem; border-radius: 8px; overflow-x: auto; overflow-wrap: normal; line-height: 1.45; }
.prose pre code { background: none; padding: 0; }
.prose .diff span { display: block; }
.prose .diff .plus { background: var(--plus-back); color: inherit; }
.prose .diff .minus { background: var(--minus-back); }
.prose .diff .hunk { color: var(--soft); }
.prose table { display: block; max-width: 100%; overflow-x: auto; border-collapse: collapse; margin: .8rem 0; font-size: .93em; overflow-wrap: normal; }
.prose th, .prose td { padding: .4rem .8rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
.prose th { background: var(--sunk); font-weight: 600; }
.prose th:empty { padding-block: .1rem; }
.prose .right { text-align: right; }
.prose .center { text-align: center; }
.prose blockquote { margin: .6rem 0; padding: .1rem 1rem; border-left: 3px solid var(--line); color: var(--soft); }
.prose hr { border: 0; border-top: 1px solid var(--line); margin: 1.2rem 0; }
.prose details { border: 1px solid var(--line); border-radius: 8px; padding: .45rem .9rem; margin: .6rem 0; }
.prose summary { cursor: pointer; font-weight: 550; }
.prose details[open] > summary { margin-bottom: .4rem; }
.file { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin-bottom: 1rem; overflow: hidden; }
.file > header { display: flex; justify-content: space-between; gap: 1rem; padding: .5rem .9rem; background: var(--sunk); border-bottom: 1px solid var(--line); }
.file .empty { padding: 0 .9rem; }
.counts { white-space: nowrap; font: .85rem var(--mono); }
b.plus { color: var(--open); }
b.minus { color: var(--closed); }
.scroll { overflow-x: auto; position: relative; }
.file table { border-collapse: collapse; min-width: 100%; font: .82rem/1.5 var(--mono); overflow-wrap: normal; tab-size: 4; }
.file td { padding: 0 .6rem; white-space: pre; vertical-align: top; }
.file td[data-n] { width: 1%; min-width: 2.6rem; text-align: right; color: var(--soft); padding: 0 .5rem; user-select: none; }
.file td[data-n]::before { content: attr(data-n); }
.file td[data-s]::before { content: attr(data-s); display: inline-block; width: 1.2em; color: var(--soft); user-select: none; }
.file tr.plus td { background: var(--plus-back); }
.file tr.minus td { background: var(--minus-back); }
.file tr.plus mark { background: var(--plus-mark); }
.file tr.minus mark { background: var(--minus-mark); }
.file mark { color: inherit; border-radius: 3px; }
.file tr.hunk td { background: var(--sunk); color: var(--soft); padding-block: .15rem; }
.file tr.note td { color: var(--soft); }
.plain { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .7rem .9rem; overflow-x: auto; overflow-wrap: normal; }
.problem { text-align: center; padding: 3rem 0; }
.problem .status { font-size: 3.5rem; line-height: 1; margin: 0; color: var(--soft); font-weight: 200; }
@media (max-width: 40rem) {
  body { font-size: 16px; }
  main { padding: 1rem .75rem 3rem; }
  h1 { font-size: 1.35rem; }
  .card { padding: .6rem .8rem; }
  .prose th, .prose td { padding: .35rem .55rem; }
  .file td[data-n=""] { padding: 0; min-width: 0; }
  .path { display: block; margin: 0; }
  .cards .scroll .list { display: block; min-width: 0; }
  .cards .list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards .list tbody { display: block; }
  .cards .list tbody tr { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; padding: .7rem .9rem; border-top: 1px solid var(--line); }
  .cards .list tbody tr:first-child { border-top: 0; }
  .cards .list tbody :is(th, td) { width: auto; min-width: 0; padding: 0; border: 0; }
  .cards .list tbody th { flex-basis: 100%; }
  .cards .list td:empty { display: none; }
}
@media print { .tabs, .top { display: none; } }
`;
