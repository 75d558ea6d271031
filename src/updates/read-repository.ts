import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { noEnvironmentFile } from '../domain/environment.ts';
import { OutsideError } from '../domain/errors.ts';
import type { TextFile, Warning } from '../domain/reference.ts';
import { readArchive } from '../manifests/archive.ts';
import { environmentFile, parseEnvironment } from '../manifests/environment-file.ts';
import { decodeText } from '../manifests/text.ts';
import type { RepositoryAt } from './read-environment.ts';
import { findReferences } from './references/find.ts';
import type { HelmRepository } from './references/flux.ts';
import { joinHelmRepositories, type OpenReference } from './references/helm-repositories.ts';

/** A cluster runs some thousand containers. */
const mostReferences = 20_000;

/** Everything that updates need of a repository, file by file as the archive arrives; only texts with references are kept. */
export async function readRepository(archive: Readable, scope: string): Promise<RepositoryAt> {
  const references: OpenReference[] = [];
  const helmRepositories: HelmRepository[] = [];
  const warnings: Warning[] = [];
  const files = new Map<string, TextFile>();
  let { apps } = noEnvironmentFile;
  for await (const item of readArchive(archive, scope)) {
    if ('message' in item) {
      warnings.push(item);
      continue;
    }
    const text = decodeText(item.bytes);
    if (text === undefined) {
      warnings.push({ file: item.path, message: 'is not UTF-8 text; not read' });
      continue;
    }
    const file: TextFile = { path: item.path, text };
    const found = findReferences(file, item.altered);
    for (const reference of found.references) references.push(reference);
    if (references.length > mostReferences)
      throw new OutsideError(scope, `the repository has more than ${mostReferences} references: split it into several environments`);
    for (const repository of found.helmRepositories) helmRepositories.push(repository);
    for (const warning of found.warnings) warnings.push(warning);
    if (found.references.length > 0) files.set(item.path, file);
    if (item.path === environmentFile) {
      const parsed = parseEnvironment(file);
      apps = parsed.environment.apps;
      for (const warning of parsed.warnings) warnings.push(warning);
    }
    await setImmediate(); // parsing is a long step: others that wait for a reply get their turn
  }
  return { references: joinHelmRepositories(references, helmRepositories), warnings: unique(warnings), apps, files };
}

/** environment.yml is read twice, for its bundles and for itself; what is wrong with it is said once. */
const unique = (warnings: readonly Warning[]): Warning[] => [
  ...new Map(warnings.map((one) => [`${one.file}:${one.line ?? ''} ${one.message}`, one])).values(),
];
