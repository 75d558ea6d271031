import { isDeepStrictEqual } from 'node:util';
import { type Environment, noEnvironmentFile } from '../../domain/environment.ts';
import { RefusedError } from '../../domain/errors.ts';
import type { ChangedFile } from '../../domain/forge.ts';
import type { ArchiveItem } from '../../manifests/archive.ts';
import { isOwn } from '../../manifests/desired-state.ts';
import { environmentFile, parseEnvironment } from '../../manifests/environment-file.ts';
import { decodeText } from '../../manifests/text.ts';
import { parseYaml } from '../../manifests/yaml-nodes.ts';
import type { Changes } from '../carry-out.ts';

/** An environment's manifests at a commit. */
export interface Tree {
  /** By path: those alone that count. */
  readonly manifests: ReadonlyMap<string, Uint8Array>;
  /** Text of environment.yml; undefined where there is none. */
  readonly text: string | undefined;
  readonly environment: Environment;
}

/** Throws RefusedError when something that counts cannot be had as it was committed: half of it must not be taken for all. */
export async function readTree(source: AsyncIterable<ArchiveItem>, scope: string): Promise<Tree> {
  const files = new Map<string, Uint8Array>();
  const unsafe = new Map<string, string>();
  for await (const item of source) {
    if ('folder' in item) continue;
    if ('message' in item) unsafe.set(item.file, item.message);
    else files.set(item.path, item.bytes);
    if ('altered' in item && item.altered !== undefined) unsafe.set(item.path, item.altered);
  }
  const bytes = files.get(environmentFile);
  const text = bytes && decodeText(bytes);
  const parsed = text === undefined ? undefined : parseEnvironment({ path: environmentFile, text });
  const problem = bytes === undefined ? undefined : text === undefined ? 'is not UTF-8 text' : parsed?.mistakes[0]?.message;
  if (problem !== undefined) throw new RefusedError(scope, `${scope}: ${environmentFile} ${problem}: go back by hand`);
  const environment = parsed?.environment ?? noEnvironmentFile;
  const counts = countsIn(environment, text !== undefined);
  const [lost] = [...unsafe].filter(([path]) => path === '.' || path === environmentFile || counts(path));
  if (lost !== undefined) throw new RefusedError(scope, `${scope}: ${lost[0]} ${lost[1]}: go back by hand`);
  return { manifests: new Map([...files].filter(([path]) => counts(path))), text, environment };
}

/** What is asked for under `access/`, other tools' files and environment.yml are no versions, whatever environment.yml names. */
function countsIn({ manifests }: Environment, named: boolean): (path: string) => boolean {
  const paths = manifests.flatMap((one) => ('path' in one ? [one.path] : []));
  const isNamed = (path: string): boolean => paths.some((one) => one === '.' || path === one || path.startsWith(`${one}/`));
  return (path) => !isOwn(path) && (!named || isNamed(path));
}

/**
 * What makes the manifests of now those of then. Of environment.yml the list `manifests` alone goes back: its name, apps and prune rules are
 * no versions, and may have been made stricter since.
 */
export function changesTo(then: Tree, now: Tree, scope: string): Changes {
  if ((then.text === undefined) !== (now.text === undefined))
    throw new RefusedError(scope, `${scope}: ${environmentFile} is not in both commits: go back by hand`);
  if (then.manifests.size === 0 && then.environment.manifests.length === 0)
    throw new RefusedError(scope, `${scope}: nothing was wanted at that commit: it is nothing to go back to`);
  const changed = [...then.manifests].flatMap(([path, content]): ChangedFile[] => {
    const before = now.manifests.get(path);
    if (before === undefined) return [{ path, content, isNew: true }];
    return Buffer.compare(before, content) === 0 ? [] : [{ path, content }];
  });
  const environment = now.text === undefined || then.text === undefined ? undefined : withManifestsOf(then, now.text, scope);
  const own = environment === undefined || environment === now.text ? [] : [{ path: environmentFile, content: Buffer.from(environment) }];
  return { files: [...own, ...changed], removed: [...now.manifests.keys()].filter((path) => !then.manifests.has(path)) };
}

function withManifestsOf(then: Tree, text: string, scope: string): string {
  const [from, to] = [sectionOf(then.text ?? ''), sectionOf(text)];
  const refused = new RefusedError(
    scope,
    `${scope}: the list manifests of ${environmentFile} cannot be put back by itself: go back by hand`,
  );
  if (from === undefined || to === undefined) throw refused;
  const section = (then.text ?? '').slice(from.start, from.end);
  const result = `${text.slice(0, to.start)}${to.end < text.length && !section.endsWith('\n') ? `${section}\n` : section}${text.slice(to.end)}`;
  const { environment, mistakes } = parseEnvironment({ path: environmentFile, text: result });
  const { environment: before } = parseEnvironment({ path: environmentFile, text });
  if (mistakes.length > 0 || !isDeepStrictEqual(environment, { ...before, manifests: then.environment.manifests })) throw refused;
  return result;
}

/** From the key `manifests` at a line's start to the next key, or the end. */
function sectionOf(text: string): { readonly start: number; readonly end: number } | undefined {
  const { documents, problems } = parseYaml(text);
  const [root] = documents;
  if (documents.length !== 1 || problems.length > 0 || root?.kind !== 'mapping') return undefined;
  const starts = root.pairs.map(({ key }) => (key.kind === 'scalar' ? key.start - (key.plain ? 0 : 1) : -1));
  const at = root.pairs.findIndex(({ key }) => key.kind === 'scalar' && key.value === 'manifests');
  const start = starts[at];
  if (start === undefined || starts.some((one) => one < 0 || (one > 0 && text[one - 1] !== '\n' && text[one - 1] !== '\uFEFF')))
    return undefined;
  return { start, end: starts[at + 1] ?? text.length };
}
