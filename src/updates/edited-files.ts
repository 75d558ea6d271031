import { ConflictError } from '../domain/errors.ts';
import { packageKey, type Reference } from '../domain/reference.ts';
import type { Proposal, Update } from '../domain/update.ts';
import { applyUpdates } from './edit.ts';
import type { RepositoryAt } from './read-environment.ts';

/**
 * The files that a proposal changes, whole, as they shall stand on top of the commit that was read.
 * That may be another commit than the one that the proposal was made from, so each reference is looked for again by all that it says but its
 * place; several alike are taken in their order. Throws ConflictError when one is no longer there.
 */
export function editedFiles({ updates, environment }: Proposal, at: RepositoryAt): { path: string; content: Uint8Array }[] {
  const alike = Map.groupBy(updates, ({ reference }) => saidBy(reference));
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
  const standing = at.references.filter((one) => first !== undefined && saidBy(one) === saidBy(first.reference));
  standing.sort((a, b) => a.line - b.line);
  return inOrder.map((update, index) => {
    const reference = standing[index];
    if (reference !== undefined) return { ...update, reference };
    const { file, package: of, version } = update.reference;
    throw new ConflictError(environment, `${file} has no ${of.name} ${version} any more; the next scan looks again`);
  });
}

/** One that is not to be edited, or that a mark gives to another app, may stand among them with the same package and version. */
const saidBy = ({ app, file, package: of, version, digest, spots }: Reference): string =>
  JSON.stringify([app, file, packageKey(of), version, digest, spots.map(({ holds }) => holds)]);
