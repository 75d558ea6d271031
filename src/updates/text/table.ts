import type { DatasourceName } from '../../domain/reference.ts';
import type { ReleaseDetails } from '../../domain/release.ts';
import type { Update } from '../../domain/update.ts';
import { some } from '../../domain/wording.ts';
import type { ImageChange } from '../../manifests/object-diff.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { safeHref } from '../../markdown/links.ts';
import { cell, markdownTable } from '../../markdown/table.ts';
import { age } from './age.ts';

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

/** A table with a row for each move and each image that it brings; when nothing was published at a known time, without that column. */
export function moveTable(moves: readonly Move[], now: Date): string {
  const dated = moves.some((move) => publishedAt(move, now) !== '');
  const shown = (cells: readonly string[]): readonly string[] => (dated ? cells : cells.toSpliced(3, 1));
  const rows = moves.flatMap((move) => rowsOf(move, now));
  return markdownTable(shown(['', 'from', 'to', 'published', 'where']), rows.map(shown));
}

const publishedAt = ({ updates: [{ to }], to: known }: Move, now: Date): string => age(to.publishedAt ?? known?.publishedAt, now);

function rowsOf(move: Move, now: Date): string[][] {
  const { updates, images } = move;
  const places = [...new Set(updates.map(({ reference: { file, line } }) => cell(codeSpan(`${file}:${line}`))))];
  const rest = images.length - maxImages;
  return [
    [...whatMoves(move), publishedAt(move, now) || 'unknown', some(places, maxFiles)],
    ...images.slice(0, maxImages).map((change) => imageCells(change)),
    ...(rest > 0 ? [[`${rest} more images in the bundle`, '', '', '', '']] : []),
  ];
}

function imageCells({ image, from, to }: ImageChange): string[] {
  return [`image ${cell(codeSpan(image))}, in the bundle`, version(from ?? '–'), `**${version(to ?? 'removed')}**`, '', ''];
}

const noun: Readonly<Record<DatasourceName, string>> = {
  oci: 'image',
  'nexus-raw': 'bundle',
  helm: 'chart',
  'git-tags': 'repository',
  'gitlab-releases': 'release of',
  'gitlab-packages': 'package',
  'github-releases': 'release of',
};

function whatMoves({ updates: [{ reference, to, type }], from }: Move): string[] {
  const name = cell(codeSpan(reference.package.name));
  const href = to.url === undefined ? undefined : safeHref(to.url);
  const what = `${noun[reference.package.datasource]} ${href === undefined ? name : `[${name}](${href})`}`;
  if (type !== 'digest') return [what, version(reference.version), `**${version(to.version)}**`];
  const tag = reference.version === '' ? '' : ` ${version(reference.version)}`;
  return [`${what}${tag}`, digestOf(reference.digest ?? from?.digest), `**${digestOf(to.digest ?? to.sha256)}**`];
}

const version = (text: string): string => cell(harmlessInline(text));
const digestOf = (digest: string | undefined): string =>
  digest === undefined ? 'not pinned' : codeSpan(digest.replace(/^sha256:/, '').slice(0, 12));
