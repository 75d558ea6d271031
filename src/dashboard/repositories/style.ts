export const style = `.request { margin-bottom: 1.4rem; }
.request .meta { margin-top: .4rem; }
.standing { display: grid; gap: .9rem; padding-block: 1rem; }
.standing > [data-live=can] { display: contents; }
.standing p { margin: 0; }
.checks { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
.checks li { display: grid; grid-template-columns: 7rem 1fr; gap: .75rem; align-items: baseline; }
.checks .badge { justify-self: start; }
.standing button { padding: .25rem .9rem; }
.standing .merge { border-top: 1px solid var(--line); padding-top: .9rem; }
.merge form { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; }
.hint { color: var(--soft); }
.hint.warn { color: var(--warn); font-weight: 550; flex-basis: 100%; }
.judge > summary, .propose > summary, .done > summary { cursor: pointer; font-weight: 550; }
.done { margin-top: .6rem; }
.done > summary { color: var(--soft); font-weight: 400; font-size: .87rem; }
.propose { margin-top: .8rem; }
.propose form, .write form { display: grid; gap: .6rem; justify-items: start; margin-top: .6rem; }
.propose .wide, .propose .wide input, .propose .wide textarea, .write textarea { width: 100%; }
.propose label { display: grid; gap: .15rem; font-size: .87rem; color: var(--soft); }
.write { margin-bottom: 1.2rem; }
.write label { font-weight: 550; }
.activity { list-style: none; margin: 0; padding: 0 0 0 1.1rem; border-left: 2px solid var(--line); }
.activity > li { position: relative; margin: 0 0 .9rem; }
.activity > li::before { content: ""; position: absolute; left: calc(-1.1rem - 5px); top: .5rem; width: 8px; height: 8px; border-radius: 50%; background: var(--soft); box-shadow: 0 0 0 3px var(--page); }
.activity > .said::before { top: 1.05rem; background: var(--link); }
.activity > .approved::before { background: var(--open); }
.activity > .merged::before { background: var(--merged); }
.activity > .closed::before { background: var(--closed); }
.activity .card { margin: 0; }
@media (max-width: 40rem) {
  .checks li { grid-template-columns: 1fr; gap: .1rem; }
}`;
