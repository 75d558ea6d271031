import { type Html, html } from '../parts/html.ts';
import { past } from './style.ts';
import { ticksIn } from './ticks.ts';
import type { Lane, Mark, Range, Span, Timeline } from './timeline.ts';

/** In pixels; the picture is not scaled, so that its text stays readable on a phone, where it scrolls. */
const width = 776;
const laneHeight = 52;
const axisHeight = 28;
const barTop = 16;
const barHeight = 24;
/** Of a letter in a bar. */
const letter = 6.9;

/** The names of the lanes beside the picture, so that they stay where the picture scrolls. */
export function picture({ lanes }: Timeline, range: Range): Html {
  const height = lanes.length * laneHeight + axisHeight;
  const tint = tintOf(lanes);
  const draw = { range, tint };
  return html`<div class="timeline"><ol class="lanes" aria-hidden="true">${lanes.map(laneName)}</ol><div class="scroll" tabindex="0" role="region" aria-label="Versions over time, as a picture"><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${summary(lanes)}">
${axis(range, lanes.length * laneHeight)}
${lanes.map((lane, index) => html`<g transform="translate(0 ${index * laneHeight})">${laneOf(lane, draw)}</g>\n`)}</svg></div></div>`;
}

const laneName = ({ environment, of }: Lane): Html =>
  html`<li><b>${environment}</b>${of === '' ? undefined : html` <small>${of.slice(of.lastIndexOf('/') + 1)}</small>`}</li>`;

const summary = (lanes: readonly Lane[]): string =>
  lanes
    .map(({ environment, spans }) => `${environment}: ${spans.map(({ version }) => shown(version)).join(', then ') || 'nothing'}`)
    .join('. ');

/** A digest is as long as a line. */
const shown = (version: string): string => version.replace(/^(sha\d+:[0-9a-f]{8})[0-9a-f]+$/, '$1…');

interface Drawing {
  readonly range: Range;
  readonly tint: ReadonlyMap<string, number>;
}

/** The same version has the same tint in every lane. What runs now stands out, the newest most; what ran once is pale. */
function tintOf(lanes: readonly Lane[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { version, from } of lanes.flatMap(({ spans }) => spans))
    first.set(version, Math.min(first.get(version) ?? Number.POSITIVE_INFINITY, Date.parse(from)));
  const now = new Set(lanes.flatMap(({ spans }) => spans.filter(({ until }) => until === undefined).map(({ version }) => version)));
  const newestFirst = [...first].filter(([version]) => now.has(version)).sort(([, one], [, other]) => other - one);
  return new Map(newestFirst.map(([version], index) => [version, Math.min(index, past - 1)]));
}

function laneOf({ spans, marks }: Lane, { range, tint }: Drawing): Html {
  const none = spans.length === 0 ? html`<text class="none" x="8" y="${barTop + 16}">nothing in this time</text>` : undefined;
  return html`<line class="ground" x1="0" x2="${width}" y1="${barTop + barHeight + 8}" y2="${barTop + barHeight + 8}"/>${none}${spans.map((span) => bar(span, range, tint.get(span.version) ?? past))}${gathered(marks, range).map(sign)}`;
}

/** Where a time lies in the picture, at its edge where it is beyond. */
function xOf(at: string | number, { from, until }: Range): number {
  const share = ((typeof at === 'number' ? at : Date.parse(at)) - from.getTime()) / (until.getTime() - from.getTime());
  return Math.round(Math.min(Math.max(share, 0), 1) * width * 10) / 10;
}

function bar(span: Span, range: Range, tint: number): Html {
  const { version, from, until, beginning } = span;
  const [x, end] = [xOf(from, range), until === undefined ? width : xOf(until, range)];
  const long = Math.max(Math.round((end - x) * 10) / 10 - 1, 1.5);
  const vague =
    beginning === 'merged' || Date.parse(from) < range.from.getTime()
      ? undefined
      : html`<line class="vague" x1="${x}" x2="${x}" y1="${barTop - 3}" y2="${barTop + barHeight + 3}"/>`;
  return html`<g class="span tint${tint}"><title>${told(span)}</title><rect x="${x}" y="${barTop}" width="${long}" height="${barHeight}" rx="${Math.min(4, long / 2)}"/>${vague}${label(shown(version), x, long)}${until === undefined ? labelAgain(shown(version), long) : undefined}</g>`;
}

/** Whole, or cut, or not at all: the title has it. */
function label(text: string, x: number, long: number): Html | undefined {
  const room = Math.floor((long - 12) / letter);
  if (room < 3 || (room < text.length && room < 5)) return undefined;
  const fit = room < text.length ? `${text.slice(0, room - 1)}…` : text;
  return html`<text x="${x + 7}" y="${barTop + 16}">${fit}</text>`;
}

/** At the end, where a phone begins to show it. */
const labelAgain = (text: string, long: number): Html | undefined =>
  long < width / 3 || text.length * letter > width / 6
    ? undefined
    : html`<text class="again" x="${width - 8}" y="${barTop + 16}">${text}</text>`;

/** `1.5.0, 2026-11-05T10:00:00Z – now, merged by gitlab:ada` */
function told({ version, from, until, beginning, by, deployedAt, backFrom }: Span): string {
  const start = { merged: 'merged', seen: 'first seen by a scan', before: 'there when it was first looked at' }[beginning];
  return [
    `${version}, ${instantText(from)} – ${until === undefined ? 'now' : instantText(until)}`,
    `${start}${by === undefined ? '' : ` by ${by}`}`,
    ...(deployedAt === undefined ? [] : [`in the cluster since ${instantText(deployedAt)}`]),
    ...(backFrom === undefined ? [] : [`back from ${backFrom}`]),
  ].join(', ');
}

/** To the second, UTC. */
export const instantText = (at: string): string => at.replace(/\.\d+Z$/, 'Z');

interface Sign {
  readonly kind: Mark['kind'];
  readonly x: number;
  readonly texts: readonly string[];
}

/** With the number beside it. */
const signWidth = 13;
const numberWidth = 10;

/** What happened at nearly the same time is one sign with a number, of the worse kind; signs stand beside one another. */
function gathered(marks: readonly Mark[], range: Range): readonly Sign[] {
  const signs: { kind: Mark['kind']; x: number; texts: string[] }[] = [];
  for (const { kind, at, text } of marks) {
    const x = Math.min(Math.max(xOf(at, range), signWidth / 2), width - signWidth / 2);
    const said = `${instantText(at)}: ${text}`;
    const last = signs.at(-1);
    const isNear = last !== undefined && x - last.x < signWidth;
    if (isNear && (last.kind === 'rollback') === (kind === 'rollback')) {
      last.texts.push(said);
      if (kind === 'failed') last.kind = kind;
    } else
      signs.push({
        kind,
        x: Math.max(x, last === undefined ? 0 : last.x + signWidth + (last.texts.length > 1 ? numberWidth : 0)),
        texts: [said],
      });
  }
  return pushedIn(signs);
}

/** From the right edge back, where there are too many to stand at their times. */
function pushedIn(signs: readonly Sign[]): readonly Sign[] {
  let edge = width;
  return signs.toReversed().map((one) => {
    const x = Math.min(one.x, edge - signWidth / 2 - (one.texts.length > 1 ? numberWidth : 0));
    edge = x - signWidth / 2;
    return { ...one, x };
  });
}

const most = 12;

function sign({ kind, x, texts }: Sign): Html {
  const rest = texts.length - most;
  const title = [...texts.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
  const many = texts.length > 1 ? html`<text x="${x + 7}" y="10">${texts.length}</text>` : undefined;
  return html`<g class="sign ${kind}"><title>${title}</title>${shapes[kind](x)}${many}</g>`;
}

/** Told apart by shape, not only by colour. */
const shapes: Readonly<Record<Mark['kind'], (x: number) => Html>> = {
  failed: (x) => html`<path d="M${x - 4} 2.5l8 8m0-8l-8 8"/>`,
  refused: (x) => html`<circle cx="${x}" cy="6.5" r="4.2"/><path d="M${x - 3} 9.5l6-6"/>`,
  rollback: (x) => html`<path d="M${x + 4} 11v-2.5a3 3 0 0 0-3-3h-5m3-3l-3 3l3 3"/>`,
};

/** What the signs and edges mean; a picture of its own for each. */
export const key: Html = html`<p class="timeline-key">${(
  [
    ['failed', 'a run failed'],
    ['refused', 'a run was refused'],
    ['rollback', 'back to an older version'],
  ] as const
).map(
  ([kind, text]) =>
    html`<span><svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true"><g class="sign ${kind}">${shapes[kind](6.5)}</g></svg> ${text}</span>`,
)}<span><svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true"><line class="vague" x1="6.5" x2="6.5" y1="0" y2="13"/></svg> a scan saw it first: it came at some time before</span><span>Times are UTC</span></p>`;

function axis(range: Range, bottom: number): Html {
  return html`<g class="axis">${ticksIn(range).map(({ at, text }) => {
    const x = xOf(at, range);
    const written = x > width - 44 ? undefined : html`<text x="${x + 4}" y="${bottom + 18}">${text}</text>`;
    return html`<line x1="${x}" x2="${x}" y1="0" y2="${bottom + 22}"/>${written}`;
  })}</g>`;
}
