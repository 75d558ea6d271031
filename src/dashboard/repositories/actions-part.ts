import { button, form } from '../parts/form.ts';
import { type Html, html } from '../parts/html.ts';
import { requestUrl } from './parts.ts';
import type { Shown } from './shown.ts';
import { mergeable } from './standing.ts';

/** What the viewer can do with it now; nothing where they may do nothing. */
export function actionsOf(shown: Shown): Html | undefined {
  const { of, viewer, person, judging } = shown;
  const { path, environment, mergeRequest } = of;
  const { id, state } = mergeRequest;
  if (!viewer.acts(environment)) return undefined;
  const act = (name: string): string => `${requestUrl(path, id)}/${name}`;
  const again = environment !== undefined && state === 'open' && !judging ? button(viewer, act('validate'), 'Validate again') : undefined;
  if ('why' in person) return html`<p class="meta">${person.why}</p><div class="actions">${again}</div>`;
  if (state === 'merged') return undefined;
  if (state === 'closed') return html`<div class="actions">${button(viewer, act('reopen'), 'Open again')}</div>`;
  return html`${mergePart(shown, act('merge'))}<div class="actions">${approvePart(shown, person.name, act)}${of.draft ? button(viewer, act('ready'), 'Mark as ready') : button(viewer, act('draft'), 'Make it a draft')}${again}${button(viewer, act('close'), 'Close')}</div>
${of.author === person.name ? html`<p class="meta">You opened it: somebody else has to approve it.</p>` : undefined}`;
}

function approvePart({ of, viewer }: Shown, me: string, act: (name: string) => string): Html | undefined {
  const { approvals, author, mergeRequest } = of;
  const mine = approvals.filter(({ user }) => user === me);
  const isNewest = mine.some(({ commit }) => commit === mergeRequest.commit);
  const approve = isNewest || author === me ? undefined : button(viewer, act('approve'), 'Approve', { head: mergeRequest.commit });
  return html`${approve}${mine.length === 0 ? undefined : button(viewer, act('withdraw'), 'Take my approval back')}`;
}

function mergePart({ of, viewer }: Shown, action: string): Html {
  const may = mergeable(of);
  if (may.kind === 'never') return html`<p class="hint">${may.why}</p>`;
  const sure =
    may.kind === 'sure'
      ? html`<p class="hint warn">${may.why}</p><label><input type="checkbox" name="anyway" value="yes" required> Merge it all the same</label> `
      : undefined;
  const head = html`<input type="hidden" name="head" value="${of.mergeRequest.commit}">`;
  return html`<div class="merge">${form(viewer, action, html`${head}${sure}<button class="main">Merge</button>`)}</div>`;
}

/** Characters; encoded, they have to fit into a form. */
const longestComment = 5_000;

export function commentForm({ of: { path, environment, mergeRequest }, viewer, person }: Shown): Html | undefined {
  if (!viewer.acts(environment) || 'why' in person) return undefined;
  const field = html`<label for="comment">Write a comment as ${person.name}</label>
<textarea id="comment" name="text" rows="3" maxlength="${longestComment}" required></textarea>
<p class="meta">Markdown. A line such as <code>/lockkeeper help</code> is a command.</p><button class="main">Comment</button>`;
  return html`<div class="write">${form(viewer, `${requestUrl(path, mergeRequest.id)}/comment`, field)}</div>`;
}
