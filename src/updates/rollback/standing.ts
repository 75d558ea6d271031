import type { SourceCommit } from '../../domain/forge.ts';
import { type Package, packageKey, type Reference, type Spot } from '../../domain/reference.ts';
import type { Release } from '../../domain/release.ts';
import type { Edit } from '../edit.ts';
import type { RepositoryAt } from '../read-environment.ts';
import { findReferences } from '../references/find.ts';
import type { OpenReference } from '../references/helm-repositories.ts';

/** An app as it stood on the default branch from a commit on: each of its references as it is now, with what it held then. */
export interface Standing {
  readonly commit: SourceCommit;
  readonly stood: readonly Edit[];
}

/** One of an app's references, in which file it is looked for, and by what it is known there: where its package is may stand in another file. */
export interface Own {
  readonly reference: Reference;
  readonly file: string;
  readonly name: string;
}

/** An app's references that can be edited. */
export function ownReferences(at: RepositoryAt, app: string): readonly Own[] {
  const files = new Set(at.references.filter((one) => one.app === app).map(({ file }) => file));
  return [...files].flatMap((path) => {
    const file = at.files.get(path);
    if (file === undefined) return [];
    const open = findReferences(file).references;
    return at.references
      .filter((one) => one.file === path)
      .flatMap((reference, index) => {
        const same = open[index];
        return reference.app === app && reference.spots.length > 0 && same !== undefined
          ? [{ reference, file: path, name: nameOf(same) }]
          : [];
      });
  });
}

/** The same references where they stood at an earlier commit: those whose file began later. */
export function inEarlierFiles(own: readonly Own[], earlier: readonly Own[]): readonly Own[] {
  const before = Map.groupBy(earlier, packageOf);
  return [...Map.groupBy(own, packageOf)].flatMap(([key, alike]) => {
    const found = before.get(key) ?? [];
    return alike.flatMap(({ reference }, index) => {
      const one = found.length === alike.length ? found[index] : found[0];
      return one === undefined ? [] : [{ ...one, reference }];
    });
  });
}

const packageOf = ({ reference: { app, package: of } }: Own): string => JSON.stringify([app, packageKey(of)]);

const nameOf = ({ app, package: of, source }: OpenReference): string => JSON.stringify([app, packageKey(of as Package), source]);

/** What stood in the place of each reference in an earlier text of its file. What did not stand there then, or cannot be told apart, is left out. */
export function stoodThen(own: readonly Own[], path: string, text: string | undefined): readonly Edit[] {
  const found = text === undefined ? [] : findReferences({ path, text }).references.filter(({ spots }) => spots.length > 0);
  const earlier = Map.groupBy(found, nameOf);
  const here = own.filter(({ file }) => file === path);
  return [...Map.groupBy(here, ({ name }) => name)].flatMap(([name, alike]) => {
    const before = earlier.get(name) ?? [];
    const same = new Set(before.map((one) => JSON.stringify(releaseOf(one)))).size === 1;
    return alike.flatMap(({ reference }, index): Edit[] => {
      const one = before.length === alike.length ? before[index] : same ? before[0] : undefined;
      return one === undefined ? [] : [{ reference, to: releaseOf(one) }];
    });
  });
}

/** A version with what stood beside it. */
export function releaseOf({ version, digest, spots }: Reference): Release {
  const written = (holds: Spot['holds']): string | undefined => spots.find((spot) => spot.holds === holds)?.text;
  const known = { digest: digest ?? written('digest'), sha256: written('sha256'), commit: written('commit') };
  return { version, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) };
}

/** Whether it would change anything; a pin that was not there then is no difference. */
export const isMove = ({ reference, to }: Edit): boolean =>
  reference.version !== to.version ||
  reference.spots.some(({ holds, text }) => holds !== 'version' && to[holds] !== undefined && to[holds] !== text);
