import { checklistRules } from '../../domain/checklist.ts';
import { type Finding, objectName, type Severity } from '../../domain/finding.ts';
import { count } from '../../domain/wording.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html, trusted } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { appUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { until } from '../parts/until.ts';
import type { AppObject, Because } from './belonging.ts';
import type { AppView, SeenPlace } from './view.ts';

/** What the checklist finds in each environment; where that is not known, a button that looks. */
export function checklistSection(view: AppView): Html {
  const findings = view.places.filter(({ wanted }) => (wanted?.findings.length ?? 0) > 0);
  return html`${table(
    'The checklist in each environment',
    [{ name: 'Environment' }, { name: 'Stands' }, { name: 'Looked at' }, { name: '' }],
    view.places.map((place) => [place.environment, standing(place), lookedAt(place), look(view, place)]),
  )}
${findings.map(
  ({ environment, wanted, looked }) =>
    html`<details class="fold"${looked === true ? trusted(' open') : undefined}><summary>${environment} <span class="soft">${count(wanted?.findings.length ?? 0, 'finding')}</span></summary>${findingTable(environment, wanted?.findings ?? [])}</details>`,
)}`;
}

function standing({ wanted, lookProblem, environment }: SeenPlace): Html {
  if (lookProblem !== undefined) return html`${badge('bad', 'not read')} ${lookProblem}`;
  if (wanted === undefined) return html`${badge('calm', 'not looked at yet')}`;
  const partly = wanted.complete ? undefined : html` ${badge('warn', 'not all of it could be read')}`;
  if (wanted.objects.length === 0) return html`${badge('calm', 'no object')} None in ${environment} is known to be the app's.${partly}`;
  const counts = order.flatMap((severity) => {
    const { length } = wanted.findings.filter((one) => one.severity === severity);
    return length === 0 ? [] : [html`${badge(tones[severity], severity === 'waived' ? `${length} waived` : count(length, severity))} `];
  });
  const isReady = wanted.findings.every(({ severity }) => severity === 'waived');
  return html`${isReady ? html`${badge('good', 'ready')} ` : undefined}${counts}<span class="soft">${count(wanted.objects.length, 'object')}</span>${partly}`;
}

const lookedAt = ({ wanted }: SeenPlace): HtmlPart =>
  wanted === undefined
    ? ''
    : html`<code>${wanted.commit.slice(0, 12)}</code>${wanted.isCurrent ? undefined : html` <span class="soft">the environment has moved since</span>`}`;

/** A link would do; a button says that it takes a while. */
const look = ({ app, rangeName }: AppView, { environment, wanted }: SeenPlace): HtmlPart =>
  wanted?.isCurrent === true
    ? ''
    : html`<form method="get" action="${appUrl(app)}#checklist"><input type="hidden" name="range" value="${rangeName}"><input type="hidden" name="checklist" value="${environment}"><button aria-label="Look now at ${environment}">Look now</button></form>`;

const tones: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'warn', waived: 'calm' };

const findingTable = (environment: string, findings: readonly Finding[]): Html =>
  table(
    `Findings in ${environment}`,
    [{ name: 'Rule' }, { name: 'How bad' }, { name: 'Object' }, { name: 'What' }],
    findings
      .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
      .map((finding) => [rule(finding), badge(tones[finding.severity], finding.severity), objectCell(finding), what(finding)]),
  );

const order: readonly Severity[] = ['error', 'warning', 'waived'];

const rule = ({ rule: name }: Finding): HtmlPart =>
  Object.hasOwn(checklistRules, name) ? html`<a href="/checklist/${name}">${name}</a>` : name;

const objectCell = ({ object, file, line }: Finding): Html =>
  html`${object === undefined ? undefined : html`<code>${objectName(object)}</code><br>`}<small class="soft">${placeText(file, line)}</small>`;

const what = ({ message, help, reason }: Finding): Html =>
  html`${message}${help === undefined ? undefined : html`<br><span class="soft">${help}</span>`}${reason === undefined ? undefined : html`<br>Waived: ${reason}`}`;

/** Of a file in a bundle without the server that it comes from. */
function placeText(file: string, line: number): Html {
  const bundle = file.lastIndexOf('!/');
  const short = bundle < 0 ? file : file.slice(file.lastIndexOf('/', bundle - 1) + 1);
  return html`<span title="${file}:${line}">${short}:${line}</span>`;
}

const becauseTexts: Readonly<Record<Because, string>> = {
  reference: 'names its version',
  bundle: 'from its bundle',
  label: 'by its label',
  namespace: 'by its namespace',
  file: 'by its file',
};

/** Environment by environment, folded: they are many. */
export function objectsSection({ app, places }: AppView): Html {
  const known = places.flatMap(({ environment, wanted }) => (wanted === undefined ? [] : [{ environment, objects: wanted.objects }]));
  if (known.length === 0)
    return empty('Nobody has looked yet at what its environments want.', html`<a href="#checklist">The checklist</a> looks.`);
  return html`${known.map(
    ({ environment, objects }) =>
      html`<details class="fold"><summary>${environment} <span class="soft">${count(objects.length, 'object')}</span></summary>${objectTable(environment, objects)}</details>`,
  )}
<p class="meta">An object counts as the app's where it names one of its versions, comes from its bundle, carries a label that names it, stands in the namespace that environment.yml gives it (<code>apps.${app}.namespace</code>), or stands in a file that names versions of this app only. What none of this says is not shown.</p>`;
}

const objectTable = (environment: string, all: readonly AppObject[]): Html =>
  all.length === 0
    ? empty(`No object in ${environment} is known to be the app's.`, html`Name its namespace under <code>apps</code> in environment.yml.`)
    : table(
        `Objects in ${environment}`,
        [{ name: 'Name' }, { name: 'Kind' }, { name: 'Namespace' }, { name: 'Where' }, { name: 'Why it is its' }],
        all.map((one) => [
          one.name,
          one.kind,
          one.namespace,
          html`<code>${placeText(one.file, one.line)}</code>`,
          becauseTexts[one.because],
        ]),
      );

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
      { name: 'Ends' },
      { name: 'Reason' },
    ],
    all.map(({ environment, grant: { subject, namespace, level, from, until: end, reason, url } }) => [
      subject,
      environment,
      namespace,
      level,
      ago(from, now),
      html`in ${until(end, now)}`,
      externalLink(url, reason),
    ]),
  )}${note}`;
}
