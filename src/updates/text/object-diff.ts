import { some } from '../../domain/wording.ts';
import type { ObjectDiff } from '../../manifests/object-diff.ts';
import { yamlOf } from '../../manifests/object-diff.ts';
import type { ManifestObject } from '../../manifests/objects.ts';
import { hideSecretsOf } from '../../manifests/secrets.ts';
import { details, summaryText } from '../../markdown/details.ts';
import type { Part } from '../../markdown/fit.ts';
import { codeSpan, harmlessLine } from '../../markdown/harmless.ts';
import { codeBlock } from '../../markdown/markdown.ts';

const maxObjects = 100;
const maxNewLines = 120;

const nothingRead: ObjectDiff = { added: [], removed: [], changed: [], images: [] };

/** The section "What changes in the cluster" of a bundle; `problems` are those of reading the two bundles, which without a diff could not be compared. */
export function objectDiffPart(diff: ObjectDiff | undefined, problems: readonly string[], of: string): Part {
  const { added, removed, changed } = diff ?? nothingRead;
  const blocks = [
    ...added.map((object) => details(`${nameOf(object)} (new)`, codeBlock(newYaml(object), 'yaml'))),
    ...changed.map(({ object, diff: lines, summary }) =>
      details(`${nameOf(object)}${summary === '' ? '' : `: ${summaryText(summary)}`}`, codeBlock(lines, 'diff')),
    ),
    ...removed.map((object) =>
      details(`${nameOf(object)} (no longer in the bundle)`, `It came from ${codeSpan(object.file)} of the old bundle.`),
    ),
  ];
  const rest = blocks.length - maxObjects;
  const parts = [
    `### What changes in the cluster${of === '' ? '' : `: ${of}`}`,
    diff === undefined ? 'The two bundles could not be compared.' : tally(diff, problems.length === 0),
    ...problems.map((problem) => `> ${harmlessLine(problem)}`),
    ...blocks.slice(0, maxObjects),
    ...(rest > 0 ? [`And ${rest} more objects.`] : []),
  ];
  return { text: parts.join('\n\n'), rest: 'The rest of the object diff is cut here; the two bundles are linked above.' };
}

function tally({ added, removed, changed }: ObjectDiff, whole: boolean): string {
  const counts = [
    [added.length, 'created'],
    [changed.length, 'changed'],
    [removed.length, '**pruned**'],
  ] as const;
  const told = counts.filter(([number]) => number > 0);
  const all = told.map(([number, what], index) => `${number}${index === 0 ? ` ${number === 1 ? 'object' : 'objects'}` : ''} ${what}`);
  if (all.length > 0) return some(all, all.length);
  return whole ? 'No object differs between the two bundles.' : 'No object differs in what could be read of the two bundles.';
}

const nameOf = ({ kind, namespace, name }: ManifestObject): string =>
  summaryText(`${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`);

function newYaml(object: ManifestObject): string {
  const lines = yamlOf(hideSecretsOf(object.value)).split('\n');
  return [...lines.slice(0, maxNewLines), ...(lines.length > maxNewLines ? [`# ${lines.length - maxNewLines} more lines`] : [])].join('\n');
}
