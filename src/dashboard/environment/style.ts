export const style = `.brief { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: .7rem 2rem; margin: .8rem 0 1.2rem; }
.brief dt { color: var(--soft); font-size: .82rem; }
.brief dd { margin: 0; }
.brief .line + .line, #runs .line + .line { margin-top: .15rem; }
:is(#deployed, #drift, #runs, #locks) .list { min-width: 36rem; overflow-wrap: normal; }
:is(#deployed, #runs) .list time, #deployed :is(th .path, td:last-child), :is(#runs code, #runs td:last-child) { white-space: nowrap; }
:is(#deployed, #drift) .list :is(th, td) { overflow-wrap: anywhere; min-width: 6rem; }
#deployed .list th { overflow-wrap: normal; }
#deployed .line + .line { margin-top: .4rem; }
#deployed .path { display: block; margin: 0; }
#deployed .meta { margin: .15rem 0 0; max-width: 28rem; }
#run .list { min-width: 34rem; overflow-wrap: normal; }
.failures { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--closed); border-radius: 10px; }
.failures li { padding: .6rem 1rem; }
.failures li + li { border-top: 1px solid var(--line); }
.objects details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .9rem; margin: 0 0 .5rem; }
.objects summary { cursor: pointer; }
.objects ul { margin: .4rem 0; padding-left: 1.2rem; font: .85rem/1.6 var(--mono); }
.log { list-style: none; margin: 0; padding: .6rem .9rem; background: var(--sunk); border-radius: 8px; font: .85rem/1.6 var(--mono); }
.log time { color: var(--soft); margin-right: .6rem; }
@media (max-width: 40rem) {
  #deployed.cards .list { min-width: 0; }
  #deployed.cards tbody :is(th, td) { min-width: 0; }
  #deployed.cards tbody td:is(:nth-child(2), :nth-child(4)) { flex-basis: 100%; }
}
`;
