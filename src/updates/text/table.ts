import type { ReleaseDetails } from '../../domain/release.ts';
import type { Update } from '../../domain/update.ts';
import type { ImageChange } from '../../manifests/object-diff.ts';
import { codeSpan, harmlessInline } from '../changelog/harmless.ts';
import { safeHref } from '../changelog/links.ts';
import { age, some } from './age.ts';

/** What moves, for the table: updates that move the same package in the same way are one row. */
export interface Move {
  readonly updates: readonly [Update, ...Update[]];
  readonly to?: ReleaseDetails | undefined;
  readonly from?: ReleaseDetails | undefined;
  /** Images inside the bundle that change with it. */
  readonly images: readonly ImageChange[];
}

const maxFiles = 3;
const maxImages = 10;

/** `| | from | to | published | where |` with a row for each move and each image that it brings. */
export function moveTable(moves: readonly Move[], now: Date): string {
  return ['| | from | to | published | where |', '| --- | --- | --- | --- | --- |', ...moves.flatMap((move) => rows(move, now))].join('\n');
}

function rows({ updates, from, to, images }: Move, now: Date): string[] {
  const [first] = updates;
  const { reference, to: release, type } = first;
  const bundle = reference.package.datasource === 'nexus-raw';
  const href = release.url === undefined ? undefined : safeHref(release.url);
  const name = cell(codeSpan(reference.package.name));
  const what = `${bundle ? 'bundle' : 'image'} ${href === undefined ? name : `[${name}](${href})`}`;
  const digests = type === 'digest';
  const [old, now_] = digests
    ? [digestOf(reference.digest ?? from?.digest), digestOf(release.digest ?? release.sha256)]
    : [version(reference.version), version(release.version)];
  const published = age(release.publishedAt ?? to?.publishedAt, now) || 'unknown';
  const places = [...new Set(updates.map(({ reference: { file, line } }) => cell(codeSpan(`${file}:${line}`))))];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row([
      digests && reference.version !== '' ? `${what} ${version(reference.version)}` : what,
      old,
      `**${now_}**`,
      published,
      some(places, maxFiles),
    ]),
    ...images
      .slice(0, maxImages)
      .map((change) =>
        row([
          `image ${cell(codeSpan(change.image))}, in the bundle`,
          version(change.from ?? '–'),
          `**${version(change.to ?? 'removed')}**`,
          '',
          '',
        ]),
      ),
    ...(images.length > maxImages ? [row([`${images.length - maxImages} more images in the bundle`, '', '', '', ''])] : []),
  ];
}

const version = (text: string): string => cell(harmlessInline(text));
const digestOf = (digest: string | undefined): string =>
  digest === undefined ? 'not pinned' : codeSpan(digest.replace(/^sha256:/, '').slice(0, 12));

/** A bar would end the cell even in code. */
const cell = (markdown: string): string => markdown.replaceAll(/(?<!\\)\|/g, '\\|');
