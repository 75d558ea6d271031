import { structuredPatch } from 'diff';
import { dump } from 'js-yaml';
import { parseImage } from '../domain/image.ts';
import { identityOf } from './identity.ts';
import { changedLeaves, isBounded, leavesOf, summarize } from './leaves.ts';
import { type ManifestObject, record } from './objects.ts';
import { hideSecrets } from './secrets.ts';

export interface ObjectChange {
  readonly object: ManifestObject;
  /** Unified diff of the objects as YAML with sorted keys, without a header; secrets' values are hidden. May be cut: its last line says so. */
  readonly diff: string;
  /** One line: `image, 2 environment variables, memory 256Mi → 512Mi`. */
  readonly summary: string;
}

/** An image of the bundle, without its version, and the versions (tag or digest) on both sides; undefined on one side when it came or went. */
export interface ImageChange {
  readonly image: string;
  readonly from?: string;
  readonly to?: string;
}

export interface ObjectDiff {
  readonly added: readonly ManifestObject[];
  readonly removed: readonly ManifestObject[];
  readonly changed: readonly ObjectChange[];
  /** Only those that changed. */
  readonly images: readonly ImageChange[];
}

const maxDiffLines = 300;
const maxYaml = 200_000;
const tooLarge = '(too large to be shown)';

/** What differs between the objects of two bundles. Objects are the same when group, kind, namespace and name are; their order is of no account. */
export function diffObjects(from: readonly ManifestObject[], to: readonly ManifestObject[]): ObjectDiff {
  const [before, after] = [byIdentity(from), byIdentity(to)];
  const changed = [...after].flatMap(([identity, object]) => {
    const old = before.get(identity);
    return old === undefined ? [] : changeOf(old, object);
  });
  return {
    added: [...after].filter(([identity]) => !before.has(identity)).map(([, object]) => object),
    removed: [...before].filter(([identity]) => !after.has(identity)).map(([, object]) => object),
    changed,
    images: imageChanges(from, to),
  };
}

function byIdentity(objects: readonly ManifestObject[]): Map<string, ManifestObject> {
  return new Map(objects.map((object) => [identityOf(object), object] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function changeOf(from: ManifestObject, to: ManifestObject): ObjectChange[] {
  const [before, after] = hideSecrets(from.value, to.value);
  if (!isBounded(before) || !isBounded(after)) {
    // With its aliases kept, even such an object is written in as many steps as its file has.
    const same = dump(before, { sortKeys: true }) === dump(after, { sortKeys: true });
    return same ? [] : [{ object: to, diff: tooLarge, summary: 'too large to be compared' }];
  }
  const changes = changedLeaves(leavesOf(before), leavesOf(after));
  const [old, now] = [yamlOf(before), yamlOf(after)];
  return old === now && changes.length === 0 ? [] : [{ object: to, diff: unifiedDiff(old, now), summary: summarize(changes) }];
}

/** The object as YAML with sorted keys, for a reader to compare. */
export function yamlOf(value: unknown): string {
  if (!isBounded(value)) return `${tooLarge}\n`;
  return dump(value, { sortKeys: true, noRefs: true, lineWidth: -1 }).slice(0, maxYaml);
}

/** Both texts line by line, three lines of context, without a header; what is long is cut, and says so. Empty where they are the same. */
export function unifiedDiff(from: string, to: string): string {
  const patch = structuredPatch('', '', from, to, '', '', { context: 3, maxEditLength: 1000 });
  if (patch === undefined) return '(too different to be shown line by line)';
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: own }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...own,
  ]);
  const shown = lines.slice(0, maxDiffLines).map((line) => (line.length > 300 ? `${line.slice(0, 299)}…` : line));
  return [...shown, ...(lines.length > maxDiffLines ? [`(${lines.length - maxDiffLines} more lines)`] : [])].join('\n');
}

function imageChanges(from: readonly ManifestObject[], to: readonly ManifestObject[]): ImageChange[] {
  const [before, after] = [imagesIn(from), imagesIn(to)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((image) => {
    const [old, now] = [before.get(image), after.get(image)];
    if (old === now) return [];
    return [{ image, ...(old === undefined ? {} : { from: old }), ...(now === undefined ? {} : { to: now }) }];
  });
}

/** Image without version → its versions. */
function imagesIn(objects: readonly ManifestObject[]): Map<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { value } of objects) {
    for (const [path, text] of leavesOf(record(value['spec']))) {
      if (!/ontainers\[[^\][]*\]\.image$/.test(path)) continue;
      const { name = text, tag, digest } = parseImage(text) ?? {};
      const versions = found.get(name) ?? new Set();
      found.set(name, versions.add([tag?.text, digest?.text.slice(0, 19)].filter(Boolean).join('@') || 'latest'));
    }
  }
  return new Map([...found].map(([image, versions]) => [image, [...versions].sort().join(', ')]));
}
