import type { AccessRequest, Grant } from '../../domain/access.ts';
import { type ForgeTraits, requestWord } from '../../domain/forge.ts';
import { durationText } from '../../domain/time.ts';
import { fitParts } from '../../markdown/fit.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { safeHref } from '../../markdown/links.ts';
import { harmlessText } from '../../markdown/plain.ts';
import type { AccessRules } from '../settings.ts';

/** What the text of a request says beside what its file does. */
export interface RequestFacts {
  readonly environment: string;
  readonly rules: AccessRules;
  readonly expireAfterMs: number;
  /** Name of who asks. */
  readonly by: string;
  /** Page where they asked. */
  readonly askedAt?: string;
  /** Grants of the environment that are not over. */
  readonly held: readonly Grant[];
  readonly file: string;
  readonly traits: ForgeTraits;
  readonly now: Date;
}

/** The description of the merge request, for whoever shall approve it: plain words, of which none acts; it holds to the forge's limit. */
export function describeRequest(request: AccessRequest, facts: RequestFacts): string {
  const parts = [
    { text: opening(request, facts) },
    { text: request.breakGlass ? glass : '' },
    { text: given(request, facts) },
    { text: details(request, facts), rest: 'More is in the file.' },
    { text: footer(request, facts) },
  ];
  return fitParts(parts, facts.traits.descriptionLimit);
}

const subject = ({ subject: { kind, name } }: Pick<AccessRequest, 'subject'>): string =>
  kind === 'group' ? `the group ${codeSpan(name)}` : codeSpan(name);

const opening = (request: AccessRequest, { environment }: RequestFacts): string =>
  `**${request.level} of ${codeSpan(request.namespace)} for ${subject(request)}** · ${harmlessInline(environment)} · ${durationText(request.durationMs)}`;

const glass = '> ⚠ **Break-glass: nobody has to approve this.** It is granted once it is merged, and everybody is alarmed.';

function given(request: AccessRequest, { environment, now }: RequestFacts): string {
  const { level, namespace, durationMs } = request;
  const until = minute(new Date(now.getTime() + durationMs));
  const what = `${subject(request)} the level ${level} in the namespace ${codeSpan(namespace)} of ${harmlessInline(environment)}`;
  return `Merging this gives ${what} for **${durationText(durationMs)} from the merge**: merged the minute it was asked for, until ${until}; merged later, as much later. Then it ends by itself.`;
}

/** `2026-11-22 14:00 UTC` */
const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function details(request: AccessRequest, facts: RequestFacts): string {
  const { by, askedAt, rules } = facts;
  const href = askedAt === undefined ? undefined : safeHref(askedAt);
  const lines = [
    ['Why', harmlessText(request.reason)],
    ['Asked for by', `${codeSpan(by)}${href === undefined ? '' : `, [here](${href})`}`],
    ['What it can do', abilitiesOf(rules.role)],
    ['May approve', approvers(request, rules)],
    ['Has access there now', holdersOf(request, facts).join('; ')],
  ];
  return lines.map(([what, text]) => `- **${what}:** ${text}`).join('\n');
}

/** Of Kubernetes: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles; the last is ours. */
const known: Readonly<Record<string, string>> = {
  view: 'look at everything in the namespace but its Secrets; change nothing',
  edit: 'change what runs in the namespace, read its Secrets, and run pods as its service accounts; no roles, no role bindings',
  'lockkeeper-admin':
    'change everything in the namespace, read its Secrets, and run pods as its service accounts; but give rights to nobody, and make no tokens',
};

/** What a level lets its holder do; Markdown. */
export function abilitiesOf(role: string): string {
  const words = plainAbilities(role);
  return words === undefined ? `what the ClusterRole ${codeSpan(role)} allows` : `${words} (ClusterRole ${codeSpan(role)})`;
}

/** Undefined for a role that is nobody's but the company's. */
export const plainAbilities = (role: string): string | undefined => (Object.hasOwn(known, role) ? known[role] : undefined);

const mostNames = 20;

function approvers({ breakGlass }: AccessRequest, { approvers: names, approvals, breakGlass: glassOf }: AccessRules): string {
  if (breakGlass) return `nobody has to: ${listed(glassOf?.users ?? [])} may open access for themselves`;
  if (names.length === 0) return '**nobody**: app.yml names no approver for this';
  const most = approvals === 1 ? 'one' : String(approvals);
  return `${most} of ${listed(names)}; not who asks, gets it, or has a commit here`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => codeSpan(name.replace(/#\d+$/, '')));
  return [...shown, ...(names.length > mostNames ? [`${names.length - mostNames} more`] : [])].join(', ');
}

/** Who has access to the namespace now, each in Markdown. */
export function holdersOf(
  { namespace }: Pick<AccessRequest, 'namespace'>,
  { held, environment, now }: Pick<RequestFacts, 'held' | 'environment' | 'now'>,
): readonly string[] {
  const there = held
    .filter((one) => one.environment === environment && one.namespace === namespace && Date.parse(one.until) > now.getTime())
    .sort((one, other) => Date.parse(one.until) - Date.parse(other.until));
  if (there.length === 0) return ['nobody for a while, beside the standing rights of the namespace'];
  const lines = there.slice(0, mostNames).map((one) => {
    const href = safeHref(one.url);
    const until = `until ${minute(new Date(one.until))}`;
    return `${subject(one)}: ${one.level} ${href === undefined ? until : `[${until}](${href})`}`;
  });
  return [...lines, ...(there.length > mostNames ? [`${there.length - mostNames} more`] : [])];
}

function footer({ breakGlass }: AccessRequest, { traits: { type }, expireAfterMs, file }: RequestFacts): string {
  const request = requestWord(type);
  const waits = breakGlass ? '' : ` Without its approvals it is closed after ${durationText(expireAfterMs)}.`;
  return [
    '---',
    `**To say no:** close this ${request}.${waits}`,
    `**To ask for something else:** change ${codeSpan(file)} here, and nothing beside it; an approval counts only for the newest commit.`,
    `**To end it before its hour:** \`lockkeeper access revoke\`, or take the file away again.`,
  ].join('\n\n');
}
