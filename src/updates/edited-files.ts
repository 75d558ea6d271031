import { ConflictError } from '../domain/errors.ts';
import type { Proposal, Update } from '../domain/update.ts';
import { applyUpdates } from './edit.ts';
import type { RepositoryAt } from './read-environment.ts';

/**
 * The files that a proposal changes, whole, as they shall stand on top of the commit that was read.
 * That may be another commit than the one that the proposal was made from, so each reference is looked for again by its file, package and
 * version; several alike are taken in their order. Throws ConflictError when one is no longer there.
 */
export function editedFiles({ updates, environment }: Proposal, at: RepositoryAt): { path: string; content: Uint8Array }[] {
  const alike = Map.groupBy(updates, ({ reference: { file, package: of, version } }) => `${file}\n${of.name}\n${version}`);
  const here = [...alike.values()].flatMap((group) => foundAgain(group, environment, at));
  return [...Map.groupBy(here, ({ reference }) => reference.file)].map(([path, changes]) => {
    const file = at.files.get(path);
    if (file === undefined) throw new ConflictError(environment, `${path} is gone; the next scan looks again`);
    return { path, content: Buffer.from(applyUpdates(file, changes), 'utf8') };
  });
}

function foundAgain(alike: readonly Update[], environment: string, at: RepositoryAt): Update[] {
  const inOrder = alike.toSorted((a, b) => a.reference.line - b.reference.line);
  const [first] = inOrder;
  const standing = at.references.filter((one) => first !== undefined && isSame(one, first.reference)).sort((a, b) => a.line - b.line);
  return inOrder.map((update, index) => {
    const reference = standing[index];
    if (reference !== undefined) return { ...update, reference };
    const { file, package: of, version } = update.reference;
    throw new ConflictError(environment, `${file} has no ${of.name} ${version} any more; the next scan looks again`);
  });
}

const isSame = (a: Update['reference'], b: Update['reference']): boolean =>
  a.file === b.file && a.package.name === b.package.name && a.version === b.version;
