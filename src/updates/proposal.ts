import { createHash } from 'node:crypto';
import { branchOf } from '../domain/identifiers.ts';
import { packageKey } from '../domain/reference.ts';
import type { Proposal, Update } from '../domain/update.ts';
import { clean, gap } from '../markdown/clean.ts';

/** Forges refuse longer titles (GitLab: 255 characters, GitHub: 256). */
export const titleLimit = 255;

/** One proposal per app, in the order of the apps' names; an app without an update has none. */
export function makeProposals(environment: string, updates: readonly Update[]): Proposal[] {
  const byApp = Map.groupBy(updates, (update) => update.reference.app);
  return [...byApp]
    .sort(([a], [b]) => order(a, b))
    .map(([app, own]) => ({
      environment,
      app,
      branch: branchOf(app),
      title: titleOf(app, own),
      content: contentOf(own),
      updates: [...own].sort(byPlace),
    }));
}

/** `billing 1.4.2 → 1.6.0`; for a tag that moved `billing 1.4: new digest 0123456789ab`. Several moves: the one of the app's primary package. */
export function titleOf(app: string, updates: readonly Update[]): string {
  const update = primaryUpdate(app, updates);
  const move =
    update === undefined ? '' : update.type === 'digest' ? digestMove(update) : ` ${update.reference.version} → ${update.to.version}`;
  const title = clean(`${app}${move}`).replaceAll(/\s+/g, ' ').trim();
  // Forges look for mentions and references in titles too.
  return title.replaceAll(/[@#!%~$^&](?=\S)/g, `$&${gap}`).slice(0, titleLimit);
}

/** Whether a title reads like one of ours: what is left to tell by when a person wrote the description anew, marker and all. */
export const isTitleOf = (app: string, title: string): boolean =>
  title.startsWith(`${clean(app)} `) && (/ → \S+$/.test(title) || /: new digest [0-9a-f]{12}$/.test(title));

function digestMove({ reference, to }: Update): string {
  const digest = to.digest ?? to.sha256 ?? '';
  return `${reference.version === '' ? '' : ` ${reference.version}`}: new digest ${digest.replace(/^sha256:/, '').slice(0, 12)}`;
}

/** The update that gives the proposal its name: of the package that is called like the app, else the first by file and line. */
export function primaryUpdate(app: string, updates: readonly Update[]): Update | undefined {
  const sorted = [...updates].sort(byPlace);
  const named = sorted.filter(({ reference }) => reference.package.name.split('/').at(-1) === app);
  return named.find(({ type }) => type !== 'digest') ?? named[0] ?? sorted[0];
}

/** What is proposed, as 16 hex digits: packages, versions and, where they are pinned, digests; not the files, nor where it comes from. */
export function contentOf(updates: readonly Update[]): string {
  const moves = updates.map(({ reference, to }) =>
    JSON.stringify([
      packageKey(reference.package),
      to.version,
      ...reference.spots.flatMap(({ holds }) => (holds === 'version' ? [] : (to[holds] ?? ''))),
    ]),
  );
  return hashOf([...new Set(moves)]);
}

/** Where it is written, as 16 hex digits: how often each file gets which version of which package. Lines do not count, they shift. */
export const placesOf = (updates: readonly Update[]): string =>
  hashOf(updates.map(({ reference, to }) => JSON.stringify([reference.file, packageKey(reference.package), to.version])));

const hashOf = (lines: readonly string[]): string => createHash('sha256').update(lines.toSorted().join('\n')).digest('hex').slice(0, 16);

function byPlace({ reference: a }: Update, { reference: b }: Update): number {
  return order(a.file, b.file) || a.line - b.line;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
