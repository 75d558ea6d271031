import { UsageError } from '../../domain/errors.ts';
import { packageKey } from '../../domain/reference.ts';
import type { RolledBack } from '../../domain/rollback.ts';
import { instant } from '../../domain/time.ts';
import type { Update } from '../../domain/update.ts';
import { parseVersion } from '../../domain/version.ts';
import { comparable, compareVersions, typeOfUpdate } from '../../domain/version-order.ts';
import type { Edit } from '../edit.ts';
import { primaryUpdate } from '../proposal.ts';
import { isMove, type Standing } from './standing.ts';

/** What is gone back to. */
export interface Chosen {
  readonly since: Standing['commit'];
  /** What moves, and nothing that stays. */
  readonly updates: readonly Update[];
}

export interface Wanted {
  readonly environment: string;
  readonly app: string;
  /** Without one, what ran before the current version. */
  readonly to: string | undefined;
  /** What rollbacks hold back: not gone back to without being named. */
  readonly rolledBack: readonly RolledBack[];
}

/** The newest that fits; `standings` are newest first, and read only as far as needed. Throws UsageError when none fits, naming those that ran there. */
export async function choose(wanted: Wanted, standings: AsyncIterable<Standing>): Promise<Chosen> {
  const { app, environment, to, rolledBack } = wanted;
  const ran = new Map<string, string>();
  for await (const { commit, stood } of standings) {
    if (stood.length === 0) continue;
    const updates = stood.filter(isMove).map(updateOf);
    const version = versionOf(app, stood);
    ran.set(version, instant(new Date(commit.date)));
    if (to === undefined) {
      if (updates.length > 0 && updates.every((update) => heldBy(update, rolledBack) === undefined)) return { since: commit, updates };
    } else if (version === to || updates.some((one) => one.to.version === to)) {
      if (updates.length > 0) return { since: commit, updates };
      throw new UsageError(`--to ${to}: ${app} is at ${to} in ${environment} already; ${told(ran)}`);
    }
  }
  throw new UsageError(
    to === undefined
      ? `${app}: nothing ran in ${environment} before what runs there now that it could go back to; ${told(ran)}`
      : `--to ${to}: ${app} did not run at ${to} in ${environment}; ${told(ran)}`,
  );
}

const most = 20;

function told(ran: ReadonlyMap<string, string>): string {
  const all = [...ran].map(([version, since]) => `${version} (from ${since})`);
  const more = all.length > most ? ` and ${all.length - most} more` : '';
  return all.length === 0 ? 'its history tells of no version' : `what ran there: ${all.slice(0, most).join(', ')}${more}`;
}

export function updateOf({ reference, to }: Edit): Update {
  return { reference, to, type: typeOf(reference.version, to.version), held: [] };
}

function typeOf(from: string, to: string): Update['type'] {
  if (from === to) return 'digest';
  const [one, other] = [parseVersion(from), parseVersion(to)];
  return one.kind === 'version' && other.kind === 'version' ? typeOfUpdate(one, other) : 'major';
}

/** What the app is called by: the version of its primary package, or the digest where there is none. */
function versionOf(app: string, stood: readonly Edit[]): string {
  const { to } = primaryUpdate(app, stood.map(updateOf)) ?? {};
  return to?.version === '' ? (to.digest ?? '') : (to?.version ?? '');
}

/** The rollback that left what this would go forward to, or something above that. */
export const heldBy = ({ reference, to }: Update, rolledBack: readonly RolledBack[]): RolledBack | undefined =>
  rolledBack.find(
    (one) =>
      one.app === reference.app &&
      one.package === packageKey(reference.package) &&
      (to.version === one.version
        ? to.version !== reference.version || to.digest === one.digest
        : isBetween(reference.version, to.version, one.version)),
  );

function isBetween(low: string, version: string, high: string): boolean {
  const [a, b, c] = [parseVersion(low), parseVersion(version), parseVersion(high)];
  if (a.kind !== 'version' || b.kind !== 'version' || c.kind !== 'version') return false;
  return comparable(a, b) && comparable(b, c) && compareVersions(b, a) > 0 && compareVersions(b, c) <= 0;
}
