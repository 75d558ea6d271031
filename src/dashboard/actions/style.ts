export const actionStyle = `.forms { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1rem; margin: .6rem 0 1.5rem; }
.forms form { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1.1rem 1.1rem; display: flex; flex-direction: column; gap: .6rem; align-items: flex-start; }
.forms h3 { margin: 0; font-size: 1rem; }
.forms .meta { margin: 0; }
.forms label { display: grid; gap: .2rem; width: 100%; font-size: .87rem; color: var(--soft); }
.forms select, .forms input { width: 100%; }
.forms button { margin-top: auto; padding: .3rem 1rem; }
.notices ul { list-style: none; margin: 0 0 1.2rem; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.notices li { display: flex; gap: .75rem; align-items: baseline; padding: .55rem 1rem; }
.notices li + li { border-top: 1px solid var(--line); }
.notices li > div { min-width: 0; }
.notices p { margin: 0; }
`;
