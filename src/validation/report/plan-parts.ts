import type { ObjectId } from '../../domain/finding.ts';
import { some } from '../../domain/wording.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { isBounded } from '../../manifests/leaves.ts';
import { hideSecretsOf } from '../../manifests/secrets.ts';
import { details, summaryText } from '../../markdown/details.ts';
import type { Part } from '../../markdown/fit.ts';
import { codeBlock } from '../../markdown/markdown.ts';
import { harmlessText } from '../../markdown/plain.ts';
import { yamlInOrder } from '../../plan/change.ts';
import type { Plan } from '../../plan/plan.ts';
import { objectTitle } from './where.ts';

const mostObjects = 100;
const mostLines = 120;
/** Characters of one object. */
const mostYaml = 20_000;

/** What merging would do to the cluster, for the comment: counted first, then each object folded away. */
export function planParts(plan: Plan): Part[] {
  const blocks = [
    ...plan.prune.map(({ object, lost }) => details(`${titleOf(object)} (pruned)`, `With it goes ${harmlessText(lost)}.`)),
    ...plan.change.map(({ object, diff, summary }) =>
      details(`${titleOf(object)}${summary === '' ? '' : `: ${summaryText(summary)}`}`, codeBlock(diff, 'diff')),
    ),
    ...plan.create.map((object) => details(`${titleOf(object)} (new)`, codeBlock(newYaml(object), 'yaml'))),
    ...plan.kept.map(({ object, reason }) => details(`${titleOf(object)} (no longer wanted, and stays)`, harmlessText(reason))),
  ];
  const rest = blocks.length - mostObjects;
  const text = [
    '### What changes in the cluster',
    tally(plan),
    ...plan.notes.map((note) => `> ${harmlessText(note)}`),
    ...blocks.slice(0, mostObjects),
    ...(rest > 0 ? [`And ${rest} more objects; \`lockkeeper plan\` shows all.`] : []),
  ].join('\n\n');
  return [{ text, rest: 'The rest of the plan is cut here; `lockkeeper plan` shows all.' }];
}

function tally({ create, change, prune, kept, unchanged }: Plan): string {
  const counts = [
    [create.length, 'created'],
    [change.length, 'changed'],
    [prune.length, '**pruned**'],
    [kept.length, 'no longer wanted but kept'],
  ] as const;
  const told = counts.filter(([number]) => number > 0);
  const all = told.map(([number, what], index) => `${number}${index === 0 ? ` ${number === 1 ? 'object' : 'objects'}` : ''} ${what}`);
  return all.length === 0 ? 'Nothing changes.' : `${some(all, all.length)}; ${unchanged} unchanged`;
}

const titleOf = (object: ObjectId): string => summaryText(objectTitle(object));

function newYaml({ value }: DesiredObject): string {
  const hidden = hideSecretsOf(value);
  if (!isBounded(hidden)) return '# too large to be shown';
  const lines = yamlInOrder(hidden, hidden).slice(0, mostYaml).trimEnd().split('\n');
  return [...lines.slice(0, mostLines), ...(lines.length > mostLines ? [`# ${lines.length - mostLines} more lines`] : [])].join('\n');
}
