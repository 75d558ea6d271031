import { UsageError } from '../../domain/errors.ts';
import { durationText, parseDuration } from '../../domain/time.ts';
import type { Asking, Offer, OfferedLevel } from './source.ts';

type Wrong = Readonly<Partial<Record<keyof Asking, string>>>;

/** As the forge and app.yml write names. */
const name = /^\w[\w.-]{0,254}$/;
const longestReason = 500;

/** What is wrong with what was typed, by field, for whoever typed it. What only forge and gate can tell is not among it. */
export function wrongIn(asking: Asking, { levels, groups }: Pick<Offer, 'levels' | 'groups'>): Wrong {
  const { user, group, breakGlass } = asking;
  const chosen = levels.find(({ level }) => level === asking.level);
  return {
    ...said('level', chosen === undefined ? 'choose one of these' : undefined),
    ...said('duration', wrongDuration(asking, chosen)),
    ...said('user', user === '' || name.test(user) ? undefined : 'write the name as the forge has it: letters, digits, ".", "_" and "-"'),
    ...said('group', group !== '' && user !== '' ? 'a request is for a user or for a group: leave one' : unknownGroup(group, groups)),
    ...said('reason', wrongReason(asking.reason, chosen)),
    ...said('breakGlass', breakGlass ? wrongGlass(asking, chosen) : undefined),
  };
}

const said = (field: keyof Asking, wrong: string | undefined): Wrong => (wrong === undefined ? {} : { [field]: wrong });

const unknownGroup = (group: string, groups: readonly string[]): string | undefined =>
  group === '' || groups.includes(group) ? undefined : 'app.yml has no such group (access.groups)';

function wrongDuration({ duration, breakGlass }: Asking, chosen: OfferedLevel | undefined): string | undefined {
  const ms = durationOf(duration);
  if (ms === undefined) return 'write a duration such as 90m or 2h';
  if (chosen === undefined) return undefined;
  const longest = breakGlass ? Math.min(chosen.longestMs, chosen.breakGlass?.longestMs ?? chosen.longestMs) : chosen.longestMs;
  return ms > longest ? `${durationText(longest)} is the most for ${chosen.level}${breakGlass ? ' without an approval' : ''}` : undefined;
}

/** Milliseconds; undefined for what is none. */
export function durationOf(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function wrongReason(reason: string, chosen: OfferedLevel | undefined): string | undefined {
  if (reason === '') return 'say why, in a few words';
  if (reason.length > longestReason) return `at most ${longestReason} characters`;
  if (chosen?.reason === undefined || new RegExp(chosen.reason, 'u').test(reason)) return undefined;
  return `something in it must match ${chosen.reason}, such as the number of a ticket`;
}

function wrongGlass({ group }: Asking, chosen: OfferedLevel | undefined): string | undefined {
  if (group !== '') return 'without an approval a user can be given access, and no group';
  return chosen !== undefined && chosen.breakGlass === undefined ? `app.yml has no breakGlass for ${chosen.level} here` : undefined;
}
