import type { AccessRequest, Grant } from '../../domain/access.ts';
import { durationText } from '../../domain/time.ts';
import { type AccessRules, type AccessSettings, fits, isProtected } from '../settings.ts';

export interface Policy {
  readonly settings: AccessSettings;
  readonly environment: string;
  readonly rules: AccessRules;
  /** Grants that are known, whoever holds them; what this very request gave is not among them. */
  readonly held: readonly Grant[];
  readonly now: Date;
}

/**
 * Why a request is outside of what app.yml allows, as whole sentences; empty means that it is within. Who is behind a name (may this user be given
 * access, ask for it, break the glass) is the gate's to find out: here names are not looked up.
 */
export function forbidden(request: AccessRequest, of: Policy): readonly string[] {
  return [...wherever(request, of), ...whoever(request, of), ...howLong(request, of), ...why(request, of)];
}

/** Why nothing can be asked for in a namespace, whoever asks. */
export function wherever({ namespace }: Pick<AccessRequest, 'namespace'>, { settings }: Pick<Policy, 'settings'>): readonly string[] {
  if (isProtected(settings, namespace)) return [`Nobody is given access to ${namespace}: it is protected.`];
  const { namespaces } = settings;
  if (namespaces === undefined || namespaces.some((pattern) => fits(pattern, namespace))) return [];
  return [`Access cannot be asked for in ${namespace}: app.yml has ${listed(namespaces)} (access.namespaces).`];
}

function whoever({ subject }: AccessRequest, { settings }: Policy): readonly string[] {
  if (subject.kind === 'user' || Object.hasOwn(settings.groups, subject.name)) return [];
  return [`The group ${subject.name} may not be given access: app.yml has ${listed(Object.keys(settings.groups))} (access.groups).`];
}

function howLong(request: AccessRequest, { rules, environment, held, now }: Policy): readonly string[] {
  const { durationMs, breakGlass, subject, namespace } = request;
  if (breakGlass && rules.breakGlass === undefined)
    return [`Without an approval nothing is granted in ${namespace}: app.yml has no breakGlass there.`];
  if (breakGlass && subject.kind === 'group') return ['Without an approval a user can be given access, and no group.'];
  const longest = Math.min(rules.maxDurationMs, (breakGlass && rules.breakGlass?.maxDurationMs) || Number.POSITIVE_INFINITY);
  if (durationMs > longest)
    return [
      `It asks for ${durationText(durationMs)}, and ${breakGlass ? 'without an approval ' : ''}${durationText(longest)} is the most.`,
    ];
  const already = heldBy(request, environment, held, now);
  if (already + durationMs <= rules.maxTotalMs) return [];
  return [
    `${subject.name} holds ${durationText(already)} in ${namespace} already; with these ${durationText(durationMs)} it were more than ${durationText(rules.maxTotalMs)}, the most at once.`,
  ];
}

/** The whole durations, in milliseconds, of what a subject holds that is not over: what has passed of them is not given back before their end. */
const heldBy = ({ subject, namespace }: AccessRequest, environment: string, held: readonly Grant[], now: Date): number =>
  held
    .filter((one) => one.environment === environment && one.namespace === namespace && isSame(one.subject, subject))
    .filter(({ until }) => Date.parse(until) > now.getTime())
    .reduce((sum, { from, until }) => sum + Date.parse(until) - Date.parse(from), 0);

/** Forges tell no capitals apart. */
const isSame = (one: AccessRequest['subject'], other: AccessRequest['subject']): boolean =>
  one.kind === other.kind && one.name.toLowerCase() === other.name.toLowerCase();

const why = ({ reason, namespace }: AccessRequest, { rules }: Policy): readonly string[] =>
  rules.reason === undefined || rules.reason.test(reason)
    ? []
    : [`The reason must have something that matches ${rules.reason.source} in ${namespace}, such as the number of a ticket.`];

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
