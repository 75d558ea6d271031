import { durationText, parseDuration } from '../domain/time.ts';
import { isMapping, valueAt } from './key.ts';
import type { Mistake } from './problem.ts';

/** Where rules of access stand: for all, and in each policy, which says only what is otherwise. */
export function accessContradictions(document: unknown): Mistake[] {
  const access = valueAt(document, '/access');
  if (!isMapping(access)) return [];
  const policies: readonly unknown[] = Array.isArray(access['policies']) ? access['policies'] : [];
  return [
    ...contradictionsIn({ at: '/access', own: access, all: access }),
    ...policies.flatMap((own, index) => (isMapping(own) ? contradictionsIn({ at: `/access/policies/${index}`, own, all: access }) : [])),
  ];
}

interface Scope {
  readonly at: string;
  readonly own: Readonly<Record<string, unknown>>;
  readonly all: Readonly<Record<string, unknown>>;
}

const contradictionsIn = (scope: Scope): Mistake[] => [...tooFewNames(scope), ...tooLong(scope)];

/** The key that a contradiction is about: the one that this scope says itself, of those that matter. */
function keyOf({ at, own }: Scope, ...keys: readonly string[]): string | undefined {
  const key = keys.find((name) => name in own);
  return key === undefined ? undefined : `${at}/${key}`;
}

const effective = ({ own, all }: Scope, key: string): unknown => own[key] ?? all[key];

/** More approvals than there are people who could give them; how many a group has, nobody knows. */
function tooFewNames(scope: Scope): Mistake[] {
  const [approvers, approvals] = [effective(scope, 'approvers'), effective(scope, 'approvals')];
  const at = keyOf(scope, 'approvals', 'approvers');
  if (at === undefined || !Array.isArray(approvers) || approvers.length === 0 || typeof approvals !== 'number') return [];
  const names = approvers.filter((name): name is string => typeof name === 'string');
  const users = new Set(names.map((name) => name.replace(/#\d+$/, '').toLowerCase()));
  if (names.some((name) => name.startsWith('@')) || users.size >= approvals) return [];
  return [{ at, message: `needs ${approvals} approvals, and only ${users.size} may approve: name more approvers, or ask for fewer` }];
}

/** A limit above the one that it is meant to be below. */
function tooLong(scope: Scope): Mistake[] {
  const longest = lasting(effective(scope, 'maxDuration') ?? '8h');
  const glass = effective(scope, 'breakGlass');
  const broken = isMapping(glass) ? lasting(glass['maxDuration'] ?? '1h') : undefined;
  const total = lasting(effective(scope, 'maxTotal'));
  const [atGlass, atTotal] = [keyOf(scope, 'breakGlass', 'maxDuration'), keyOf(scope, 'maxTotal', 'maxDuration')];
  if (longest === undefined) return [];
  return [
    ...(broken !== undefined && broken >= longest && atGlass !== undefined
      ? [
          {
            at: atGlass,
            message: `breakGlass.maxDuration (${durationText(broken)}) must be shorter than maxDuration (${durationText(longest)})`,
          },
        ]
      : []),
    ...(total !== undefined && total < longest && atTotal !== undefined
      ? [{ at: atTotal, message: `maxTotal (${durationText(total)}) must not be less than maxDuration (${durationText(longest)})` }]
      : []),
  ];
}

/** Milliseconds; undefined for what is no duration, which is said elsewhere. */
function lasting(text: unknown): number | undefined {
  try {
    return typeof text === 'string' ? parseDuration(text) : undefined;
  } catch {
    return undefined;
  }
}
