import type { FieldPath } from '../../manifests/desired-object.ts';
import type { Field } from '../set/field.ts';

interface Sleep {
  readonly seconds: number;
  readonly path: FieldPath;
}

/** How long a preStop surely sleeps, as an action, a command or in a shell; undefined when it does not, or nobody can tell. */
export function preStopSleep(preStop: Field): Sleep | undefined {
  const [action, command] = [preStop.at('sleep', 'seconds'), preStop.at('exec', 'command')];
  if (typeof action.value === 'number' && action.value > 0) return { seconds: action.value, path: action.path };
  const seconds = secondsOf(command.items.map(({ text }) => text));
  return seconds > 0 ? { seconds, path: command.path } : undefined;
}

const shells = ['sh', 'bash', 'ash', 'dash'];

function secondsOf(command: readonly string[]): number {
  const [program = '', ...rest] = command;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'busybox') return secondsOf(rest);
  if (name === 'sleep') return rest.reduce((sum, word) => sum + duration(/^(\d{1,9}(?:\.\d{1,3})?)([smhd]?)$/.exec(word)), 0);
  const flag = shells.includes(name) ? rest.findIndex((word) => /^-[a-z]{0,8}c$/.test(word)) : -1;
  return flag < 0 ? 0 : scriptSeconds(rest[flag + 1] ?? '');
}

/** Sleeps at the start of a command, one after the other; not those in loops and branches, after `||`, or in the background. */
const sleeps =
  /(?:^|[;\n]|&&)[ \t]*(?:exec[ \t]+)?(?:\/(?:usr\/)?bin\/)?sleep[ \t]+(\d{1,9}(?:\.\d{1,3})?)([smhd]?)[ \t]*(?=$|[;\n]|&&|\|\|)/g;

const scriptSeconds = (script: string): number => [...script.matchAll(sleeps)].reduce((sum, found) => sum + duration(found), 0);

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

const duration = (found: RegExpExecArray | null): number => (found === null ? 0 : Number(found[1]) * (units[found[2] ?? ''] ?? 1));
