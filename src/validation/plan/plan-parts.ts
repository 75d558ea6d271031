import { type ObjectId, objectName } from '../../domain/finding.ts';
import { details, summaryText } from '../../markdown/details.ts';
import type { Part } from '../../markdown/fit.ts';
import { codeSpan } from '../../markdown/harmless.ts';
import { codeBlock } from '../../markdown/markdown.ts';
import { harmlessText } from '../../markdown/plain.ts';
import { objectTitle } from '../report/where.ts';
import { type Plan, tally } from './plan.ts';

/** Of each kind of change: nobody reads more, and `plan --json` has them all. */
const mostObjects = 100;

/** What a merge request would do to the cluster, for its comment; harmless Markdown. What is pruned stands first, and is not folded away. */
export function planParts(plan: Plan): readonly Part[] {
  const { create, change, prune, kept, notes } = plan;
  const blocks = [
    `### What changes in the cluster\n\n${tally(plan)}`,
    ...notes.map((note) => `> ${harmlessText(note)}`),
    listOf(prune, ({ object, lost }) => `**prune** ${named(object)}: loses ${harmlessText(lost)}`),
    ...change.slice(0, mostObjects).map(({ object, diff, summary }) => {
      const title = `${objectTitle(object)}${summary === '' ? '' : `: ${summary}`}`;
      return details(summaryText(title), codeBlock(diff, 'diff'));
    }),
    ...(change.length > mostObjects ? [`And ${change.length - mostObjects} more changed objects.`] : []),
    folded(`${create.length} created`, listOf(create, named)),
    folded(
      `${kept.length} kept though no longer wanted`,
      listOf(kept, ({ object, reason }) => `${named(object)}: ${harmlessText(reason)}`),
    ),
  ];
  return [
    {
      text: blocks.filter((block) => block !== '').join('\n\n'),
      rest: 'The rest of the plan is cut here; `lockkeeper plan` prints all of it.',
    },
  ];
}

const named = (object: ObjectId): string => codeSpan(objectName(object));

const folded = (title: string, body: string): string => (body === '' ? '' : details(title, body));

function listOf<T>(items: readonly T[], text: (item: T) => string): string {
  const lines = items.slice(0, mostObjects).map((item) => `- ${text(item)}`);
  return [...lines, ...(items.length > mostObjects ? [`- and ${items.length - mostObjects} more`] : [])].join('\n');
}
