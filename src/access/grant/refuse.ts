import type { TreeEntry } from '../../domain/access-forge.ts';
import { durationText, instant } from '../../domain/time.ts';
import { type AccessBook, fileKey } from './book.ts';
import type { Landed } from './give.ts';
import type { Pass } from './ports.ts';
import type { Denial } from './verify.ts';

/** Milliseconds that a forge may need to write down what it merged. */
const patience = 30_000;
/** Milliseconds for which it may fail to say what is asked of it. */
const silence = 600_000;

/** Who brought it: the commit, and its page. */
export interface Bringer {
  readonly commit: string;
  readonly url?: string;
}

/** A file that has no right to be where it is gives nothing, and what it gave ends. Said once for each commit that brings it. */
export function refuse(pass: Pass, file: TreeEntry, denial: Denial, by?: Bringer): Promise<Landed> {
  return refuseAfter(pass, file, denial, by, patience);
}

/** One that the forge does not tell enough of. */
export function refuseUnread(pass: Pass, file: TreeEntry, problem: string, by?: Bringer): Promise<Landed> {
  const reason = `what gives it a right to be there could not be found out for ${durationText(silence)}: ${problem}`;
  return refuseAfter(pass, file, { reason, maybeYet: true }, by, silence);
}

async function refuseAfter(
  pass: Pass,
  file: TreeEntry,
  { reason, maybeYet }: Denial,
  by: Bringer | undefined,
  waitMs: number,
): Promise<Landed> {
  const { ports, defaultBranch } = pass;
  const key = fileKey(file.path, file.id);
  const now = ports.now();
  if (maybeYet) {
    const { unexplained } = await ports.change((book) => noticed(book, key, now));
    const waited = now.getTime() - Date.parse(unexplained[key] ?? '');
    // A clock that was set back has not waited.
    if (waited >= 0 && waited < waitMs) return 'waits';
  }
  const todo = 'Merge the merge request that takes it away, and find out who brought it';
  const text = `${file.path} on ${defaultBranch} grants nothing: ${reason}. ${todo}.`;
  await ports.news.alarm({ key: fileAlarm(file, by), text, ...(by?.url !== undefined && { url: by.url }) });
  await ports.change((book) => refusing(book, file, reason, now));
  return 'settled';
}

/** The key of the alarm about it. */
export const fileAlarm = ({ path, id }: TreeEntry, by?: Bringer): string => `file ${fileKey(path, id)} ${by?.commit ?? ''}`;

const noticed = (book: AccessBook, key: string, now: Date): AccessBook =>
  book.unexplained[key] === undefined ? { ...book, unexplained: { ...book.unexplained, [key]: now.toISOString() } } : book;

function refusing(book: AccessBook, { path, id }: TreeEntry, reason: string, now: Date): AccessBook {
  const key = fileKey(path, id);
  const { [key]: _, ...unexplained } = book.unexplained;
  const grants = book.grants.map((one) =>
    one.grant.file === path && one.grant.blob === id && (one.state === 'granting' || one.state === 'active')
      ? { ...one, state: 'ending' as const, because: `its file has no right to be there: ${reason}`, by: 'lockkeeper' }
      : one,
  );
  return { ...book, grants, unexplained, refused: { ...book.refused, [key]: { reason, at: instant(now) } } };
}
