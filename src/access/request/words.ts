import { type AccessRequest, accessLevels } from '../../domain/access.ts';
import { UsageError } from '../../domain/errors.ts';
import { parseDuration } from '../../domain/time.ts';
import { isNamespace } from './path.ts';

/** What a comment asks for; for whom, its author says. */
export type AskedInWords = Omit<AccessRequest, 'subject'>;

/** `problem` says which word is wrong, and which was expected there. */
export type Words = { readonly asked: AskedInWords } | { readonly problem: string };

const breakGlassWord = 'break-glass';

/** How to write it. */
export const askForm = '/lockkeeper access LEVEL NAMESPACE for DURATION because REASON';

/** What follows `/lockkeeper access` in a comment: `admin billing for 2h because INC-1234`, or the same after `break-glass`. */
export function readWords(words: readonly string[]): Words {
  const breakGlass = words[0] === breakGlassWord;
  const [level = '', namespace = '', preposition = '', duration = '', conjunction = '', ...reason] = breakGlass ? words.slice(1) : words;
  const found = accessLevels.find((one) => one === level);
  if (found === undefined) return expected(`a level (${accessLevels.join(', ')})`, level);
  if (!isNamespace(namespace)) return expected('a namespace', namespace);
  if (preposition !== 'for') return expected('the word for', preposition);
  const durationMs = lasting(duration);
  if (durationMs === undefined) return expected('a duration such as 90m or 2h', duration);
  if (conjunction !== 'because') return expected('the word because', conjunction);
  if (reason.length === 0) return expected('a reason', '');
  return { asked: { namespace, level: found, reason: reason.join(' '), durationMs, breakGlass } };
}

const longestShown = 40;

const expected = (what: string, found: string): Words => ({
  problem: `expected ${what}, found ${found === '' ? 'nothing' : `"${found.slice(0, longestShown)}"`}`,
});

function lasting(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return undefined;
  }
}
