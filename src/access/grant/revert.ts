import { createHash } from 'node:crypto';
import type { TreeEntry } from '../../domain/access-forge.ts';
import { requestWord } from '../../domain/forge.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { accessLabel } from '../branches.ts';
import type { Pass } from './ports.ts';

const revertBranch = ({ path, id }: Pick<TreeEntry, 'path' | 'id'>): string =>
  `lockkeeper-access/revert-${createHash('sha256')
    .update(JSON.stringify([id, path]))
    .digest('hex')
    .slice(0, 12)}`;

/** The merge request that takes the file away, for a person to merge; the one that is there, however often it is asked for. Gives its number. */
export async function proposeRevert(pass: Pass, file: TreeEntry, reason: string): Promise<number> {
  const { ports, place, defaultBranch, commit } = pass;
  const { forge } = ports;
  const branch = revertBranch(file);
  const title = `access: take ${file.path} away, which grants nothing`;
  if ((await forge.branchHead(place.path, branch)) === undefined)
    await forge.commit(place.path, { branch, base: commit, expected: undefined, files: [], removed: [file.path], message: title });
  const description = describe(pass, file, reason);
  const labels = [accessLabel];
  const request = await forge.open(place.path, { branch, target: defaultBranch, title, description, labels });
  if (request.unfinished === true) await forge.finish(place.path, request.id, { labels });
  return request.id;
}

function describe({ ports, place, defaultBranch }: Pass, file: TreeEntry, reason: string): string {
  const word = requestWord(ports.forge.traits.type);
  return [
    `${codeSpan(file.path)} is on ${codeSpan(defaultBranch)} of **${harmlessInline(place.environment)}** and grants nothing: ${harmlessInline(reason)}.`,
    `**Merge this** to take it away; no approval is needed for that, and Lockkeeper does not merge it by itself. **To ask for the access**, open a ${word} that changes this file alone, and have it approved before it is merged.`,
    'Find out who brought the file, and how: the journal has an alarm about it.',
  ].join('\n\n');
}

/** Closes it where it is open still: somebody else took the file away. */
export async function closeRevert({ ports: { forge }, place }: Pick<Pass, 'ports' | 'place'>, number: number): Promise<void> {
  const request = await forge.gatedRequest(place.path, number);
  if (request.state !== 'open') return;
  await forge.close(place.path, number, {
    description: 'The file is gone from the default branch: there is nothing left to take away.',
    branch: request.branch,
    commit: request.commit,
  });
}
