import type { AccessLevel, AccessSubject, Grant } from '../domain/access.ts';
import { durationText } from '../domain/time.ts';
import { some } from '../domain/wording.ts';
import { escaped, linked } from './mrkdwn.ts';
import { announce, type ThreadPorts } from './thread.ts';

/** What every message about access says: who, where, and below which merge request. */
interface About {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  /** Number of the merge request, and its page. */
  readonly request: number;
  readonly url: string;
}

/** A merge request that asks for access, as it stands. */
export interface AccessRequestNews extends About {
  readonly state: 'open' | 'merged' | 'closed';
  readonly title: string;
  /** What it asks for; absent where its file cannot be read. */
  readonly asks?: {
    readonly subject: AccessSubject;
    readonly level: AccessLevel;
    readonly namespace: string;
    readonly durationMs: number;
    readonly reason: string;
  };
  /** Sentences, as the gate has them; none: nothing is missing any more. */
  readonly missing: readonly string[];
  /** Names of those who may approve. */
  readonly mayApprove: readonly string[];
  /** Why it was closed. */
  readonly because?: string;
}

/** How a grant came to its end. */
export interface AccessEnd {
  readonly grant: Grant;
  /** A clause: `its time is up`. */
  readonly because: string;
  /** Who ended it, where that was a person. */
  readonly by?: string;
  /** RFC 3339: when it was seen to be gone. */
  readonly goneAt: string;
  /** Why a person has to take the file away, and where. */
  readonly left?: { readonly because: string; readonly url: string };
}

/** Something that must not be, and that somebody has to look at now. */
export interface AlarmNews {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  /** What it is told apart by: the same key is the same alarm. */
  readonly key: string;
  readonly text: string;
  /** Page of what it is about. */
  readonly url?: string;
}

const mostMissing = 10;

/** In the order in which a thread goes through them: what belongs to an earlier one is not said any more. */
const stage = { asked: 1, granted: 2, ending: 3, ended: 4 } as const;

interface Saying {
  readonly stage: keyof typeof stage;
  readonly summary: string;
  readonly details?: readonly string[];
  readonly event: string;
  /** Worth a first message. */
  readonly isNew: boolean;
}

/** One thread per merge request, from the question to the end of the grant; who may approve is told here, and approves in the forge. */
export function announceRequest(ports: ThreadPorts, news: AccessRequestNews, trace: string): Promise<void> {
  const { state, missing, mayApprove, because, url, title } = news;
  const what = `${question(news)} · ${linked(url, title)}`;
  if (state !== 'open') {
    const end = `${state}${because === undefined ? '' : `: ${escaped(because)}`}`;
    return say(ports, news, { stage: 'asked', summary: `${what} · ${end}`, event: capitalized(end), isNew: false }, trace);
  }
  const waits = missing.length > 0;
  const approvers = waits && mayApprove.length > 0 ? ` · may approve, in the forge: ${escaped(some(mayApprove, mostMissing))}` : '';
  const event = waits ? `Missing: ${escaped(some(missing, mostMissing))}` : 'Nothing is missing any more';
  const summary = `${what} · ${waits ? `waits${approvers}` : 'nothing is missing'}`;
  return say(ports, news, { stage: 'asked', summary, details: missing, event, isNew: true }, trace);
}

export function announceGranted(ports: ThreadPorts, grant: Grant, trace: string): Promise<void> {
  const event = `Granted until ${clock(grant.until)}, ${approval(grant)}`;
  const summary = `${holds(grant)} until ${clock(grant.until)} · ${approval(grant)}`;
  return say(ports, grant, { stage: 'granted', summary, details: [grant.reason], event, isNew: true }, trace);
}

/** That it ends soon; `leftMs` is how long it lasts from now on. */
export function announceReminder(ports: ThreadPorts, grant: Grant, leftMs: number, trace: string): Promise<void> {
  const summary = `${holds(grant)} until ${clock(grant.until)}, which is soon · ${approval(grant)}`;
  const event = `Ends in ${durationText(leftMs)}, at ${clock(grant.until)}. Whoever needs it for longer asks again`;
  return say(ports, grant, { stage: 'ending', summary, details: [grant.reason], event, isNew: true }, trace);
}

export function announceEnded(ports: ThreadPorts, { grant, because, by, goneAt, left }: AccessEnd, trace: string): Promise<void> {
  const held = durationText(Math.max(0, Date.parse(goneAt) - Date.parse(grant.from)));
  const end = `${escaped(because)}${by === undefined ? '' : ` (by ${escaped(by)})`}`;
  const file = left === undefined ? '' : `; a person has to take ${linked(left.url, 'its file')} away: ${escaped(left.because)}`;
  const summary = `${name(grant.subject)} is no longer ${grant.level} of ${escaped(grant.namespace)} · held ${held} · ended at ${clock(goneAt)}: ${end}${file}`;
  const event = left === undefined ? `Ended at ${clock(goneAt)}, after ${held}: ${end}` : capitalized(file.slice(2));
  return say(ports, grant, { stage: 'ended', summary, event, isNew: true }, trace);
}

/** Each key is a thread of its own; the same alarm is told once. */
export function alarm(ports: ThreadPorts, { environment, repository, key, text, url = '' }: AlarmNews, trace: string): Promise<void> {
  const about = url === '' ? '' : ` · ${linked(url, url)}`;
  const said = `:rotating_light: P1 *${escaped(environment)}*: ${escaped(text)}${about}`;
  const news = { environment, text: said, shows: 0, event: escaped(text), isNew: true };
  return announce(ports, `alarm ${repository} ${key}`, news, trace);
}

function say(ports: ThreadPorts, of: About, { stage: at, summary, details = [], event, isNew }: Saying, trace: string): Promise<void> {
  const rest = details.length - mostMissing;
  const lines = details.slice(0, mostMissing).map((one) => `• ${escaped(one)}`);
  const text = [`*${escaped(of.environment)}*: ${summary}`, ...lines, ...(rest > 0 ? [`• and ${rest} more`] : [])].join('\n');
  const thread = { environment: of.environment, text, shows: stage[at], event, isNew };
  return announce(ports, `access ${of.repository}!${of.request}`, thread, trace);
}

const name = ({ kind, name: of }: AccessSubject): string => (kind === 'group' ? `the group ${escaped(of)}` : escaped(of));

const holds = ({ subject, level, namespace }: Pick<Grant, 'subject' | 'level' | 'namespace'>): string =>
  `${name(subject)} is ${level} of ${escaped(namespace)}`;

function question({ asks }: AccessRequestNews): string {
  if (asks === undefined) return 'somebody asks for access';
  const { subject, level, namespace, durationMs, reason } = asks;
  return `${name(subject)} asks to be ${level} of ${escaped(namespace)} for ${durationText(durationMs)} (${escaped(reason)})`;
}

const approval = ({ approvedBy, breakGlass, url, request }: Grant): string =>
  `${breakGlass ? '*break-glass, approved by nobody*' : `approved by ${escaped(some(approvedBy, 5))}`} in ${linked(url, `merge request ${request}`)}`;

/** `14:02 UTC on 21 November`, to the minute. */
function clock(at: string): string {
  const time = new Date(at);
  const day = time.toLocaleDateString('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long' });
  return `${time.toISOString().slice(11, 16)} UTC on ${day}`;
}

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
