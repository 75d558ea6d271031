import type { AccessRequest } from '../../domain/access.ts';
import { type ForgeTraits, type NewStatus, requestWord } from '../../domain/forge.ts';
import { durationText, instant } from '../../domain/time.ts';
import { count, some } from '../../domain/wording.ts';
import { fitParts } from '../../markdown/fit.ts';
import { codeSpan } from '../../markdown/harmless.ts';
import { harmlessText } from '../../markdown/plain.ts';
import type { Judgement } from './gate.ts';

export const statusName = 'lockkeeper/access';

/** What becomes of it where nothing is missing. */
export type Next =
  /** Lockkeeper merges it now. */
  | { readonly kind: 'merge' }
  /** It has merged it. */
  | { readonly kind: 'merged' }
  /** A person has to; with the forge's words, where it did not let Lockkeeper. */
  | { readonly kind: 'person'; readonly refusal?: string }
  /** It is a draft. */
  | { readonly kind: 'draft' }
  /** The environment has no cluster in which it could be granted: that the gate is open gives nothing to anybody. */
  | { readonly kind: 'nowhere' };

export interface ReportFacts {
  readonly judgement: Judgement;
  readonly traits: Pick<ForgeTraits, 'type' | 'descriptionLimit'>;
  readonly commit: string;
  readonly url: string;
  readonly next: Next;
  /** When it is closed, if it still waits then. */
  readonly expiresAt: Date;
  /** Of one that a person opened, whose description may say anything; each in Markdown. */
  readonly plainly?: { readonly can: string; readonly holders: readonly string[] };
}

/** Of the forge's limit, for the hidden key that the comment is found by. */
const reserve = 200;
const mostListed = 50;

/** What the merge request is told, at its head and below it. */
export interface Report {
  readonly status: NewStatus;
  /** Absent where there is nothing to say. */
  readonly comment?: string;
}

export function reportOf(facts: ReportFacts): Report {
  const { judgement, url } = facts;
  if (judgement.kind === 'removal') return { status: { name: statusName, state: 'success', description: 'only takes access away', url } };
  const green = judgement.reasons.length === 0;
  const description = green ? granted(judgement) : shortly(judgement);
  return { status: { name: statusName, state: green ? 'success' : 'failure', description, url }, comment: commentText(facts) };
}

/** It asked for access once, and does no more. */
export const asksNoMore = (url: string): Report => ({
  status: { name: statusName, state: 'success', description: 'changes nothing under access/ any more', url },
  comment: `**${statusName}: nothing to decide** · it asks for no access any more.`,
});

/** In place of a verdict, because something outside failed. */
export const unknown = (why: string, url: string): Report => ({
  status: { name: statusName, state: 'error', description: `no verdict: ${why}`, url },
  comment: `**${statusName}: no verdict** · ${harmlessText(why)}\n\nIt is tried again by itself. Until then nothing is granted.`,
});

export const lateness = (afterMs: number): string => `waited for longer than ${durationText(afterMs)}`;

export function expired({ judgement, url, traits }: ReportFacts, why: string): Report {
  const lacked = judgement.reasons.slice(0, mostListed).map(item);
  const again = `To ask again, open a new ${requestWord(traits.type)}: this one is not looked at any more.`;
  const comment = [`**${statusName}: closed** · ${what(judgement)} · it ${why}.`, 'What was missing:', lacked.join('\n'), again].join(
    '\n\n',
  );
  return { status: { name: statusName, state: 'failure', description: `closed: ${why}`, url }, comment };
}

function granted({ request, approvedBy }: Judgement): string {
  const names = some(
    approvedBy.map(({ name }) => name),
    5,
  );
  const by = request?.breakGlass === true ? 'break-glass, approved by nobody' : `approved by ${names}`;
  return request === undefined ? by : `${plainly(request)}: ${by}`;
}

function shortly({ reasons: [first = '', ...more] }: Judgement): string {
  return more.length === 0 ? first : `${first.replace(/\.$/, '')}; and ${more.length} more`;
}

const plainly = ({ subject, level, namespace, durationMs }: AccessRequest): string =>
  `${subject.name}, ${level} of ${namespace} for ${durationText(durationMs)}`;

function commentText({ judgement, commit, traits, next, expiresAt, plainly: told }: ReportFacts): string {
  const { reasons, passedOver } = judgement;
  const parts = [
    { text: `**${statusName}: ${verdict(judgement)}** · ${what(judgement)}` },
    { text: told === undefined ? '' : `It can: ${told.can}.\n\nHas access there now: ${told.holders.join('; ')}.` },
    { text: reasons.slice(0, mostListed).map(item).join('\n'), rest: 'More is cut here.' },
    {
      text: passedOver.length === 0 ? '' : `What does not count:\n\n${passedOver.slice(0, mostListed).map(item).join('\n')}`,
      rest: 'More is cut here.',
    },
    { text: toWrite(judgement, commit) },
    { text: follows(judgement, next, requestWord(traits.type), expiresAt) },
    { text: `About: ${codeSpan(commit.slice(0, 12))}. An approval counts for this commit alone.` },
  ];
  return fitParts(parts, traits.descriptionLimit - reserve);
}

/** Not read as text from outside: it is there to be copied. */
function toWrite({ unproven }: Judgement, commit: string): string {
  if (unproven.length === 0 || !/^[0-9a-f]+$/.test(commit)) return '';
  const names = some(
    unproven.map((name) => codeSpan(name)),
    mostListed,
  );
  return `For their approval to count, ${names} can write this line below:\n\n\`\`\`text\n/lockkeeper approve ${commit}\n\`\`\``;
}

const item = (sentence: string): string => `- ${harmlessText(sentence)}`;

function verdict({ reasons, waitsFor, request }: Judgement): string {
  if (waitsFor !== undefined) return `waits for ${waitsFor === 1 ? 'an approval' : `${waitsFor} approvals`}`;
  if (reasons.length > 0) return count(reasons.length, 'problem');
  return request?.breakGlass === true ? 'open, approved by nobody' : 'open';
}

function what({ request, approvedBy }: Judgement): string {
  if (request === undefined) return 'a request for access';
  const { subject, level, namespace, durationMs, reason } = request;
  const whom = subject.kind === 'group' ? `the group ${codeSpan(subject.name)}` : codeSpan(subject.name);
  const by =
    approvedBy.length === 0
      ? ''
      : ` · approved by ${some(
          approvedBy.map(({ name }) => codeSpan(name)),
          mostListed,
        )}`;
  return `${whom}, **${level}** of ${codeSpan(namespace)} for ${durationText(durationMs)}: ${harmlessText(reason)}${by}`;
}

/** What happens next, and who does it. */
function follows({ reasons, request, waitsFor }: Judgement, next: Next, word: string, expiresAt: Date): string {
  if (request === undefined) return 'Nothing is granted as it is.';
  const begins = `The access begins with the merge and ends ${durationText(request.durationMs)} later by itself`;
  const end = `Without it, this ${word} is closed at ${instant(expiresAt)}.`;
  if (next.kind === 'nowhere')
    return `Nothing is granted here, and Lockkeeper does not merge it: app.yml names no \`cluster\` for this environment. ${end}`;
  if (waitsFor !== undefined)
    return `${next.kind === 'person' ? 'Then a person merges it.' : 'Then Lockkeeper merges it.'} ${begins}. ${end}`;
  if (reasons.length > 0)
    return `Nothing is granted as it is. It is looked at again with every change; at ${instant(expiresAt)} it is closed.`;
  if (next.kind === 'merged')
    return `Lockkeeper has merged it: the access begins, and ends ${durationText(request.durationMs)} after the merge by itself.`;
  if (next.kind === 'merge') return `Lockkeeper merges it. ${begins}.`;
  if (next.kind === 'draft') return `It is a draft: mark it as ready, and Lockkeeper merges it. ${begins}.`;
  const refusal = next.refusal === undefined ? '' : `The forge does not let Lockkeeper merge it: ${harmlessText(next.refusal)}. `;
  return `${refusal}A person merges it, as it is at this commit. ${begins}.`;
}
