import { checklistRules } from '../../domain/checklist.ts';
import type { Finding, Severity } from '../../domain/finding.ts';
import { objectName } from '../../domain/finding.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { table } from '../parts/table.ts';
import type { AppObject, Because } from './belonging.ts';
import { appPath } from './links.ts';
import type { AppView, AppWanted, SeenPlace } from './view.ts';

/** The checklist's findings, and the objects that it looked at, environment by environment. */
export const objectsSection = (view: AppView): Html =>
  html`<section id="checklist"><h2>Go-live checklist</h2>${view.places.map((place) => perPlace(view, place, checklist))}</section>
<section id="objects"><h2>Objects</h2>${view.places.map((place) => perPlace(view, place, objects))}
<p class="meta">An object counts as the app's where it names one of its versions, comes from its bundle, carries a label that names it, stands in the namespace that environment.yml gives it (<code>apps.${view.app}.namespace</code>), or stands in a file that names versions of this app only. What none of this says is not shown.</p></section>`;

type Part = (wanted: AppWanted, place: SeenPlace) => Html;

function perPlace({ app, rangeName }: AppView, place: SeenPlace, part: Part): Html {
  const { environment, wanted, lookProblem } = place;
  const look = html`<form method="get" action="${appPath(app)}#checklist"><input type="hidden" name="range" value="${rangeName}"><input type="hidden" name="checklist" value="${environment}"><button>Look at ${environment}</button></form>`;
  const problem = lookProblem === undefined ? undefined : html`<p class="banner">${lookProblem}</p>`;
  const state =
    wanted === undefined
      ? html`<p class="empty">What ${environment} wants has not been looked at yet.</p>${look}`
      : html`${wanted.isCurrent ? undefined : html`<p class="empty">At commit <code>${short(wanted.commit)}</code>; the environment has moved since.</p>${look}`}${wanted.complete ? undefined : html`<p class="banner">Not all of ${environment} could be read: there may be more.</p>`}${part(wanted, place)}`;
  return html`<h3>${environment}</h3>${problem}${state}`;
}

const short = (commit: string): string => commit.slice(0, 12);

const tones: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'warn', waived: 'calm' };

function checklist({ findings, objects: all }: AppWanted, { environment }: SeenPlace): Html {
  if (all.length === 0) return empty(`No object in ${environment} is known to be the app's.`);
  if (findings.length === 0)
    return html`<p>${badge('good', 'ready')} The checklist finds nothing to say about ${all.length === 1 ? 'its object' : `its ${all.length} objects`}.</p>`;
  const worstFirst = findings.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  return table(
    `Findings in ${environment}`,
    [{ name: 'Rule' }, { name: 'How bad' }, { name: 'Object' }, { name: 'What' }],
    worstFirst.map((finding) => [rule(finding), badge(tones[finding.severity], finding.severity), objectCell(finding), what(finding)]),
  );
}

const order: readonly Severity[] = ['error', 'warning', 'waived'];

const rule = ({ rule: name }: Finding): HtmlPart =>
  Object.hasOwn(checklistRules, name) ? html`<a href="/checklist/${name}">${name}</a>` : name;

const objectCell = ({ object, file, line }: Finding): Html =>
  html`${object === undefined ? undefined : html`<code>${objectName(object)}</code><br>`}<small class="soft">${file}:${line}</small>`;

const what = ({ message, help, reason }: Finding): Html =>
  html`${message}${help === undefined ? undefined : html`<br><span class="soft">${help}</span>`}${reason === undefined ? undefined : html`<br>Waived: ${reason}`}`;

const becauseTexts: Readonly<Record<Because, string>> = {
  reference: 'names its version',
  bundle: 'from its bundle',
  label: 'by its label',
  namespace: 'by its namespace',
  file: 'by its file',
};

function objects({ objects: all }: AppWanted, { environment }: SeenPlace): Html {
  if (all.length === 0)
    return empty(
      `No object in ${environment} is known to be the app's.`,
      html`Name its namespace under <code>apps</code> in environment.yml.`,
    );
  return table(
    `Objects in ${environment}`,
    [{ name: 'Name' }, { name: 'Kind' }, { name: 'Namespace' }, { name: 'Where' }, { name: 'Why it is its' }],
    all.map((one: AppObject) => [one.name, one.kind, one.namespace, html`<code>${one.file}:${one.line}</code>`, becauseTexts[one.because]]),
  );
}

/** Who has more access than usual in the app's namespaces. */
export function grantsSection({ places, app }: AppView, now: Date): Html {
  const all = places.flatMap(({ environment, grants }) => grants.map((grant) => ({ environment, grant })));
  const unknown = places.filter(({ namespaces }) => namespaces.length === 0).map(({ environment }) => environment);
  const note =
    unknown.length === 0
      ? undefined
      : html`<p class="meta">Which namespace is the app's in ${unknown.join(', ')} is not known: <code>apps.${app}.namespace</code> in environment.yml names it, or looking at its objects tells.</p>`;
  if (all.length === 0)
    return html`${empty('Nobody has temporary access to its namespaces.', html`<a href="/access">Ask for access</a>`)}${note}`;
  return html`${table(
    'Temporary access to its namespaces',
    [
      { name: 'Who' },
      { name: 'Environment' },
      { name: 'Namespace' },
      { name: 'Level' },
      { name: 'Given' },
      { name: 'Until' },
      { name: 'Reason' },
    ],
    all.map(({ environment, grant: { subject, namespace, level, from, until, reason, url } }) => [
      subject,
      environment,
      namespace,
      level,
      ago(from, now),
      html`<time datetime="${until}" data-until title="${until}">${until}</time>`,
      externalLink(url, reason),
    ]),
  )}${note}`;
}
