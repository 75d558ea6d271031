import type { ForgeTraits } from '../../domain/forge.ts';
import type { ListedRequest } from '../../domain/request-forge.ts';
import { some } from '../../domain/wording.ts';
import { codeSpan } from '../../markdown/harmless.ts';
import { safeHref } from '../../markdown/links.ts';
import { harmlessText } from '../../markdown/plain.ts';
import type { HeldFirst } from './holds.ts';

/** A deployment run that has the lock of an environment. What it says of itself is text from outside. */
export interface RunInProgress {
  readonly environment: string;
  readonly holder: string;
  /** When it began, RFC 3339; '' where it does not say. */
  readonly since: string;
}

/** Who else is at what a merge request touches. */
export interface Others {
  readonly first: readonly HeldFirst[];
  /** Open ones of the repository. */
  readonly open: readonly Pick<ListedRequest, 'id' | 'title' | 'url'>[];
  readonly run?: RunInProgress | undefined;
}

const mostRequests = 5;
const mostObjects = 5;
const longestName = 64;
/** Characters that all of it takes at the most. */
export const longestOthers = 12_000;

/** For the comment of validation, in Markdown; empty where nobody is. */
export function othersText({ first, open, run }: Others, traits: Pick<ForgeTraits, 'type'>): string {
  const byId = new Map(open.map((request) => [request.id, request]));
  const lines = first.slice(0, mostRequests).map((held) => requestLine(held, byId.get(held.by), traits));
  const rest = first.length - lines.length;
  const told = [
    ...lines,
    ...(rest > 0 ? [`And by ${rest} more.`] : []),
    ...(lines.length === 0
      ? []
      : ['Whoever is merged second has to be validated again. `/lockkeeper unlock` in a comment there releases what it holds.']),
    ...(run === undefined ? [] : [runLine(run)]),
  ];
  return told.map((line) => `> ${line}`).join('\n>\n');
}

function requestLine(
  { by, since, objects }: HeldFirst,
  request: Others['open'][number] | undefined,
  { type }: Pick<ForgeTraits, 'type'>,
): string {
  const name = `${type === 'github' ? '#' : '!'}${by}`;
  const href = safeHref(request?.url ?? '');
  const title = harmlessText(short(request?.title ?? '')).trim();
  const who = [href === undefined ? codeSpan(name) : `[${name}](${href})`, ...(title === '' ? [] : [`*${title}*`])].join(' ');
  return `**Also touched by** ${who} (since ${moment(since)}): ${some(objects.map(shownObject), mostObjects)}.`;
}

/** `Deployment billing/api` of `apps/Deployment/billing/api`. */
export function shownObject(identity: string): string {
  const [name = '', namespace = '', kind = ''] = identity.split('/').reverse();
  return codeSpan(`${short(kind)} ${namespace === '' ? '' : `${short(namespace)}/`}${short(name)}`);
}

const runLine = ({ environment, holder, since }: RunInProgress): string =>
  `**A deployment run of ${codeSpan(short(environment))} is in progress**${since === '' ? '' : ` since ${moment(since)}`} (${codeSpan(short(holder))}): what it changes, this plan may not know yet.`;

const short = (text: string): string => (text.length > longestName ? `${text.slice(0, longestName - 1)}…` : text);

/** `2026-11-21 14:02 UTC` */
export function moment(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? codeSpan(short(time)) : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The comment, with that below its first line. */
export function withOthers(comment: string, others: string): string {
  if (others === '') return comment;
  const [heading = '', ...rest] = comment.split('\n\n');
  return [heading, others, ...rest].join('\n\n');
}
