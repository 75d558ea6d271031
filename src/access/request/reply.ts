import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { safeHref } from '../../markdown/links.ts';
import { harmlessText } from '../../markdown/plain.ts';
import type { Answer } from './ask.ts';
import { askForm } from './words.ts';

/** How a comment asks, for whoever did not know; Markdown. */
export const howToAsk = [
  'To ask for access for yourself, write one line in a new comment:',
  `\`${askForm}\``,
  'such as `/lockkeeper access admin billing for 2h because INC-1234`; in need, where app.yml lets you do without an approval, `/lockkeeper access break-glass admin billing for 30m because INC-1234`. A comment that was edited counts for nothing.',
].join('\n\n');

/** What is answered to a line that is not understood. */
export const notUnderstood = (problem: string): string => `Nothing is asked for: ${harmlessText(problem)}.\n\n${howToAsk}`;

export const mayNotAsk = (name: string): string =>
  `Nothing is asked for: ${codeSpan(name)} may not push to this repository, and only who may can ask for access here.`;

/** What is answered to who asked; without a mention, as they know that they did. */
export function reply(answer: Answer): string {
  switch (answer.outcome) {
    case 'refused':
      return ['Nothing is asked for:', answer.reasons.map((reason) => `- ${harmlessText(reason)}`).join('\n')].join('\n\n');
    case 'planned':
      return `${harmlessInline(answer.title)} would be asked for.`;
    case 'opened':
      return `${linked(answer)} asks for it, and says who may approve. It is granted when that is merged.`;
    case 'there':
      return `${linked(answer)} asks for it already.`;
  }
}

function linked({ title, url }: { readonly title: string; readonly url: string }): string {
  const href = safeHref(url);
  return href === undefined ? `**${harmlessInline(title)}**` : `**[${harmlessInline(title)}](${href})**`;
}
