import type { StatusState } from '../../domain/forge.ts';
import type { MergeRequestDetails } from '../../domain/pages.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { commitLink } from './parts.ts';
import type { Shown } from './shown.ts';
import { access, validate, verdictOf } from './standing.ts';

/** What each judge says of the newest commit, who approved it, and what stands in the way. It moves by itself. */
export function checks({ of, judging, now }: Shown): Html {
  const { statuses, asksForAccess, mergeRequest } = of;
  const isOpen = mergeRequest.state === 'open';
  const judged = verdictOf(statuses, validate);
  const gate = verdictOf(statuses, access);
  const others = statuses.filter((one) => one !== judged && one !== gate);
  const conflict = row(
    badge('bad', 'conflicts'),
    html`This branch conflicts with ${mergeRequest.target}. A scan rebuilds a branch of Lockkeeper’s.`,
  );
  return html`<ul class="checks" data-live="checks" id="checks">
${judging ? row(badge('wait', 'running'), 'Validation is being asked for a verdict.') : validation()}
${gate !== undefined ? row(verdict(gate.state), html`<b>Access gate</b> ${gate.description}`) : undefined}${isOpen && asksForAccess && gate === undefined ? row(badge('wait', 'not judged'), html`<b>Access gate</b> has not looked at it yet.`) : undefined}
${others.map(({ name, state, description }) => row(verdict(state), html`<b>${name}</b> ${description}`))}${approvalsOf(of, now)}${isOpen && mergeRequest.conflicts ? conflict : undefined}</ul>`;

  function validation(): Html | undefined {
    if (judged !== undefined) return row(verdict(judged.state), html`<b>Validation</b> ${judged.description}`);
    return isOpen ? row(badge('calm', 'not judged'), html`<b>Validation</b> has said nothing of the newest commit.`) : undefined;
  }
}

const row = (sign: Html, text: Html | string): Html => html`<li>${sign}<span>${text}</span></li>
`;

const words: Readonly<Record<StatusState, readonly [Tone, string]>> = {
  pending: ['wait', 'waiting'],
  running: ['wait', 'running'],
  success: ['good', 'passed'],
  failure: ['bad', 'failed'],
  error: ['bad', 'no verdict'],
};

export const verdict = (state: StatusState): Html => badge(...words[state]);

function approvalsOf({ path, approvals, mergeRequest: { commit, state } }: MergeRequestDetails, now: Date): readonly Html[] {
  if (approvals.length === 0) return state === 'open' ? [row(badge('calm', 'no approval'), 'Nobody has approved it.')] : [];
  return approvals.map(({ user, commit: of, at }) =>
    of === commit
      ? row(badge('good', 'approved'), html`<b>${user}</b> approved ${commitLink(path, of)}, the newest commit, ${ago(at, now)}`)
      : row(
          badge('warn', 'outdated'),
          html`<b>${user}</b> approved ${commitLink(path, of)} ${ago(at, now)}, which is not the newest commit any more`,
        ),
  );
}
