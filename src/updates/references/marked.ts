import { isImageName } from '../../domain/image.ts';
import type { DatasourceName, Package } from '../../domain/reference.ts';
import { parseTemplate } from './bundle-url.ts';
import { chartPackage } from './chart.ts';
import { appName, appOf, type Draft, hasVariable } from './draft.ts';
import { parseGitUrl } from './git-url.ts';
import { findVersionOnLine } from './marked-line.ts';

/** What is wrong with a mark. */
export interface BadMark {
  readonly at: number;
  readonly message: string;
}

interface Mark {
  readonly at: number;
  readonly package: Package;
  readonly app: string;
}

interface Line {
  readonly start: number;
  /** Of its line end. */
  readonly end: number;
  readonly text: string;
}

const sign = 'lockkeeper:';
const opening = /#[ \t]*lockkeeper:(?=[ \t]|$)/;
const longestLine = 8192;
const example = '"# lockkeeper: datasource=oci package=registry.example.com/org/app"';
const bundleExample = 'package=https://nexus.example.com/repository/manifests/app/app-{version}.tar.gz';

/**
 * Lines with `# lockkeeper: datasource=… package=… [app=…]`; a mark alone on its line is for the line below. Works line by line in any
 * text, also in what is no YAML. In a comment behind other words it is no mark.
 */
export function findMarked(text: string): readonly (Draft | BadMark)[] {
  const found: (Draft | BadMark)[] = [];
  for (let at = text.indexOf(sign); at >= 0; ) {
    const line = lineFrom(text, text.lastIndexOf('\n', at) + 1);
    found.push(...markOn(line, () => lineFrom(text, line.end + 1)));
    at = text.indexOf(sign, line.end);
  }
  return found;
}

function markOn(line: Line, below: () => Line): readonly (Draft | BadMark)[] {
  const found = line.text.length <= longestLine ? opening.exec(line.text) : null;
  if (found === null) return [];
  const before = line.text.slice(0, found.index);
  if (before.trimStart().startsWith('#')) return [];
  const mark = parseMark(line.text.slice(found.index + found[0].length), line.start + found.index);
  if ('message' in mark) return [mark];
  return [markedDraft(mark, before.trim() === '' ? below() : { ...line, text: before })];
}

/** Empty behind the end of the text. */
function lineFrom(text: string, start: number): Line {
  const found = text.indexOf('\n', start);
  const end = found < 0 ? text.length : found;
  return { start, end, text: text.slice(start, end).replace(/\r$/, '') };
}

function parseMark(text: string, at: number): Mark | BadMark {
  const [own = ''] = text.split(/[ \t]#/, 1);
  const words = own.split(/[ \t]+/).filter((word) => word !== '');
  const values = new Map(words.map((word) => [word.split('=', 1)[0], word.slice(word.indexOf('=') + 1).replaceAll(/^["']|["']$/g, '')]));
  const unknown = words.find((word) => !/^(?:datasource|package|app)=./.test(word));
  if (unknown !== undefined) return { at, message: `"${unknown.slice(0, 60)}" is unknown in a mark: write it like ${example}` };
  const datasource = values.get('datasource');
  const name = values.get('package') ?? '';
  const app = values.get('app');
  if (!isMarked(datasource)) return { at, message: `a mark needs datasource=${Object.keys(kinds).join(', ')}: write it like ${example}` };
  const { packageOf, wanted } = kinds[datasource];
  const of = packageOf(name);
  if (of === undefined) return { at, message: `a mark with datasource=${datasource} needs ${wanted}` };
  return { at, package: of.package, app: app === undefined ? of.app : appName(app) };
}

type Marked = Pick<Mark, 'package' | 'app'>;

interface Kind {
  readonly packageOf: (text: string) => Marked | undefined;
  /** What `package=` is there, for people. */
  readonly wanted: string;
}

/** Datasources that a mark may name. */
const kinds = {
  oci: { packageOf: ociPackage, wanted: 'the name of an image without tag, like package=registry.example.com/org/app' },
  'nexus-raw': { packageOf: bundlePackage, wanted: `a URL, like ${bundleExample}` },
  helm: {
    packageOf: chartPackageOf,
    wanted: 'repository and chart, like package=https://charts.example.com/billing or package=oci://registry.example.com/charts/billing',
  },
  'git-tags': { packageOf: gitPackage, wanted: 'what git clones, like package=https://github.com/org/app' },
} as const satisfies Partial<Record<DatasourceName, Kind>>;

const isMarked = (text: string | undefined): text is keyof typeof kinds => text !== undefined && Object.hasOwn(kinds, text);

/** The chart's name is the last segment. */
function chartPackageOf(text: string): Marked | undefined {
  const slash = text.lastIndexOf('/');
  const { package: of, skip } = chartPackage(text.slice(0, Math.max(0, slash)), text.slice(slash + 1));
  return skip !== undefined || of.chart === '' ? undefined : { package: of, app: appOf(of.name) };
}

function gitPackage(text: string): Marked | undefined {
  const { package: of, skip } = parseGitUrl(text);
  return skip === undefined ? { package: of, app: appOf(of.name) } : undefined;
}

function ociPackage(name: string): Marked | undefined {
  return isImageName(name) ? { package: { datasource: 'oci', name }, app: appOf(name) } : undefined;
}

function bundlePackage(url: string): Marked | undefined {
  const fits = /^https?:\/\/[^/?#@]+\/[^?#]*$/.test(url) && url.includes('{version}') && !hasVariable(url.replaceAll('{version}', ''));
  return fits ? parseTemplate(url) : undefined;
}

function markedDraft(mark: Mark, line: Line): Draft | BadMark {
  const { app, package: of } = mark;
  if (/^\s*(?:#|$)/.test(line.text)) return { at: mark.at, message: 'this mark has no line: it stands alone, and below it is no text' };
  const found = findVersionOnLine(line.text, of);
  if (found === undefined) return { at: mark.at, message: 'no single version can be told on the marked line' };
  const spots = found.spots.map((spot) => ({ ...spot, start: spot.start + line.start, end: spot.end + line.start }));
  const at = spots[0]?.start ?? line.start + line.text.search(/\S/);
  const skip = found.skip === undefined ? {} : { skip: found.skip };
  return { app, package: of, version: found.version, ...(found.digest && { digest: found.digest }), at, spots, ...skip };
}
