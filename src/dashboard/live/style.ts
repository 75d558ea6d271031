/** The line that says that a page does not follow any more. */
export const liveStyle = `.live-state { position: fixed; right: 1rem; bottom: 1rem; max-width: calc(100vw - 2rem); margin: 0; z-index: 2; font-size: .87rem; }
.live-state:not(:empty) { padding: .4rem .8rem; border: 1px solid; border-radius: 8px; background: var(--warn-back); color: var(--warn); }`;
