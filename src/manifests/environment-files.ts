import { type Environment, noEnvironmentFile } from '../domain/environment.ts';
import type { Finding } from '../domain/finding.ts';
import type { Warning } from '../domain/reference.ts';
import type { ArchiveItem } from './archive.ts';
import type { Hidden } from './attributes.ts';
import { environmentFile, parseEnvironment } from './environment-file.ts';
import { decodeText } from './text.ts';

/** A repository's files at a commit, or in a folder: manifests, the folders that there are, and what could not be had. See `readManifests`. */
export type RepositoryFiles = AsyncIterable<ArchiveItem>;

/** An environment's repository, its files not yet understood. */
export interface EnvironmentFiles {
  readonly environment: Environment;
  /** undefined without environment.yml: then every file counts. Else the line of each entry of `environment.manifests`. */
  readonly lines: readonly number[] | undefined;
  /** By path, sorted. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly folders: ReadonlySet<string>;
  /** What could not be had, by file. */
  readonly unread: readonly (Warning | Hidden)[];
  /** What is wrong in environment.yml. */
  readonly findings: readonly Finding[];
  /** False when something of environment.yml was left out. */
  readonly complete: boolean;
}

/** Reads them all; throws what the source throws. */
export async function readEnvironmentFiles(source: RepositoryFiles): Promise<EnvironmentFiles> {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>();
  const unread: (Warning | Hidden)[] = [];
  for await (const item of source) {
    if ('folder' in item) folders.add(item.folder);
    else if ('message' in item) unread.push(item);
    else files.set(item.path, item.bytes);
  }
  const sorted = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { files: sorted, folders, unread, ...environmentIn(files, unread) };
}

type Understood = Pick<EnvironmentFiles, 'environment' | 'lines' | 'findings' | 'complete'>;

function environmentIn(files: ReadonlyMap<string, Uint8Array>, unread: readonly Warning[]): Understood {
  const bytes = files.get(environmentFile);
  const lost = unread.find(({ file }) => file === environmentFile)?.message;
  if (lost === undefined && bytes === undefined) return { environment: noEnvironmentFile, lines: undefined, findings: [], complete: true };
  const text = bytes && decodeText(bytes);
  if (text === undefined) return unreadable(lost ?? 'is not UTF-8 text');
  const { environment, lines, warnings, mistakes } = parseEnvironment({ path: environmentFile, text });
  const findings = warnings.map((warning): Finding => {
    const severity = mistakes.includes(warning) ? 'error' : 'warning';
    return { file: warning.file, line: warning.line ?? 1, severity, rule: 'environment', message: warning.message };
  });
  return { environment, lines, findings, complete: mistakes.length === 0 };
}

/** Without it everything would count, and be protected otherwise: nothing of that may be guessed. */
function unreadable(message: string): Understood {
  const finding: Finding = { file: environmentFile, line: 1, severity: 'error', rule: 'environment', message };
  return { environment: noEnvironmentFile, lines: [], findings: [finding], complete: false };
}
