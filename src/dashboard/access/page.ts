import type { Viewer } from '../../domain/site.ts';
import { durationText } from '../../domain/time.ts';
import { some } from '../../domain/wording.ts';
import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { figures } from '../parts/figures.ts';
import { form } from '../parts/form.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { environmentUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { until } from '../parts/until.ts';
import { placeForm } from './place-form.ts';
import type { AccessAlarm, AccessNow, LostGrants, ShownGrant, WaitingRequest } from './source.ts';

export interface AccessPage {
  /** What the viewer sees. */
  readonly seen: AccessNow;
  readonly revocable: ReadonlySet<string>;
  /** Why nobody knows what may be revoked. */
  readonly problem?: string;
  /** What was done just now. */
  readonly notice?: Html;
  readonly viewer: Viewer;
  readonly now: Date;
}

/** Who has what until when, who waits for whom, and where to ask. */
export function accessPage({ seen, revocable, problem, notice, viewer, now }: AccessPage): string {
  const { open, waiting, ended, alarms, lost, places, isOn } = seen;
  const body = html`<h1>Access</h1>
<p class="lead">Nobody has more than the usual for longer than was asked for and approved. Approving happens in the merge request.</p>
${notice}
<section data-live="access" id="access-now" aria-label="Access now">
${alarms.length === 0 ? undefined : alarmed(alarms, now)}
${lost.map((one) => lostWarning(one))}
${figures([
  { name: 'Open now', value: open.length, ...(open.length > 0 && { href: '#open' }) },
  { name: 'Waiting', value: waiting.length, ...(waiting.length > 0 && { tone: 'warn' as const, href: '#waiting' }) },
  { name: 'Alarms this week', value: alarms.length, tone: alarms.length > 0 ? 'bad' : 'calm' },
])}
${problem === undefined ? undefined : html`<p class="banner">What you may end is not known at the moment: ${problem}</p>`}
${open.length + waiting.length + ended.length === 0 ? nothing(isOn) : html`${openGrants(open, revocable, viewer, now)}${waitingList(waiting, now)}`}
</section>
<h2 id="ask">Ask for access</h2>
${isOn ? placeForm(places) : empty('Access is off: nobody may approve it.', html`Name approvers under <code>access.approvers</code> in app.yml.`)}
<section data-live="access" id="access-ended" aria-label="Ended lately">
${endedGrants(ended, now)}
</section>`;
  return layout('Access', [{ text: 'access', href: '/access' }], body, { viewer, here: 'Access' });
}

const nothing = (isOn: boolean): Html =>
  empty(
    'Nobody has more access than usual, and nobody waits for some.',
    html`${isOn ? 'Ask below when you need it; it ends by itself. ' : ''}Everything that ever was is in the <a href="/journal?kind=revocation">journal</a>.`,
  );

const alarmed = (alarms: readonly AccessAlarm[], now: Date): Html =>
  html`<div class="alarm" role="alert"><h2><span aria-hidden="true">✖</span> ${alarms.length === 1 ? 'An alarm' : `${alarms.length} alarms`} in the last week</h2><ul>${alarms.map(
    ({ number, at, environment, what, links }) =>
      html`<li>${what} <span class="meta">${environment === undefined ? undefined : html`${environment} · `}${ago(at, now)} · <a href="/journal?before=${number + 1}#${number}">entry ${number}</a>${links.map((link) => html` · ${externalLink(link, 'where')}`)}</span></li>`,
  )}</ul></div>`;

const lostWarning = ({ environment, count, until: end }: LostGrants): Html =>
  html`<p class="banner"><span aria-hidden="true">!</span> Nobody looks after ${count === 1 ? '1 grant' : `${count} grants`} of ${environment}: app.yml names no cluster for it any more. Name it again until <time datetime="${end}">${end}</time>, when the timers in the cluster have ended the last of them.</p>`;

function openGrants(open: readonly ShownGrant[], revocable: ReadonlySet<string>, viewer: Viewer, now: Date): Html | undefined {
  if (open.length === 0) return undefined;
  const end = html`<span class="visually-hidden">End it</span>`;
  const columns = ['Who', 'Ends in', 'What', 'Why', 'Approved by', end].map((name) => ({ name }));
  const of = [...Map.groupBy(open, ({ environment }) => environment)];
  return html`<h2 id="open">Open now</h2>
${of.map(
  ([environment, grants]) =>
    html`<h3><a href="${environmentUrl(environment)}">${environment}</a></h3>${table(
      `Open grants of ${environment}`,
      columns,
      grants.map((grant) => [
        who(grant),
        endsIn(grant, now),
        what(grant),
        why(grant),
        grant.breakGlass ? badge('bad', 'break-glass', 'Nobody had to approve it.') : some(grant.approvedBy, 5),
        revocable.has(grant.id) && grant.state !== 'ending' ? revokeForm(viewer, grant) : undefined,
      ]),
    )}`,
)}`;
}

const who = ({ subject, subjectKind }: Pick<ShownGrant, 'subject' | 'subjectKind'>): HtmlPart =>
  subjectKind === 'group' ? html`${subject} <span class="meta">group</span>` : subject;

const what = ({ level, namespace }: ShownGrant): Html => html`${level} of <code>${namespace}</code>`;

const why = ({ reason, mergeRequest }: ShownGrant): Html =>
  html`<div class="reason">${reason} <span class="meta">${externalLink(mergeRequest, 'merge request')}</span></div>`;

function endsIn({ until: end, state }: ShownGrant, now: Date): Html {
  if (state === 'ending') return badge('wait', 'being ended');
  const isOverdue = Date.parse(end) <= now.getTime();
  const left = isOverdue
    ? badge('bad', `overdue by ${durationText(now.getTime() - Date.parse(end))}`)
    : html`<b class="left">${until(end, now)}</b>`;
  return html`${left}${state === 'granting' ? html` ${badge('wait', 'being given')}` : undefined}`;
}

/** The reason is for the journal and for whoever had it. */
const revokeForm = (viewer: Viewer, { id, subject }: ShownGrant): Html =>
  html`<details class="revoke"><summary>Revoke…</summary>${form(
    viewer,
    `/access/grants/${encodeURIComponent(id)}/revoke`,
    html`<label>Why <input name="reason" maxlength="500" autocomplete="off" aria-label="Why the access of ${subject} ends now"></label> <button class="danger">End it now</button>`,
  )}</details>`;

const waitingList = (waiting: readonly WaitingRequest[], now: Date): Html | undefined =>
  waiting.length === 0
    ? undefined
    : html`<h2 id="waiting">Waiting for an approval</h2>
<ul class="waiting">${waiting.map((one) => waitingItem(one, now))}</ul>`;

function waitingItem(
  { environment, id, url, title, since, expiresAt, asks, approvedBy, missing, judged }: WaitingRequest,
  now: Date,
): Html {
  const asked =
    asks === undefined
      ? undefined
      : html`<p class="why">${asks.reason}${asks.breakGlass ? html` ${badge('bad', 'break-glass')}` : undefined}</p>`;
  const approved = approvedBy.length === 0 ? undefined : html`<p class="meta">${badge('good', 'approved')} by ${some(approvedBy, 5)}</p>`;
  return html`<li id="request-${encodeURIComponent(environment)}-${id}"><p class="title">${externalLink(url, title)}</p>
<p class="meta">${environment} · asked ${ago(since, now)} · closed by itself in ${until(expiresAt, now)}</p>
${asked}${approved}${judged ? stillMissing(missing) : html`<p>${badge('wait', 'the gate is looking at it')}</p>`}</li>`;
}

const stillMissing = (missing: readonly string[]): Html =>
  missing.length === 0
    ? html`<p>${badge('good', 'nothing is missing')}</p>`
    : html`<ul class="missing">${missing.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;

function endedGrants(ended: readonly ShownGrant[], now: Date): Html | undefined {
  if (ended.length === 0) return undefined;
  const columns = ['Who', 'Environment', 'What', 'Ended', 'How', 'Why it was given'].map((name) => ({ name }));
  const rows = ended.map((grant) => [
    who(grant),
    grant.environment,
    what(grant),
    ago(grant.endedAt ?? grant.until, now),
    html`<div class="how">${grant.because ?? 'it ended'}${grant.by === undefined || grant.by === 'lockkeeper' ? undefined : html` <span class="meta">by ${grant.by}</span>`}</div>`,
    why(grant),
  ]);
  return html`<h2 id="ended">Ended lately</h2>
${table('Grants that ended lately', columns, rows)}<p class="meta">Older ones are in the <a href="/journal?kind=revocation">journal</a>.</p>`;
}
