import { CommitParser } from 'conventional-commits-parser';
import { clean } from '../../markdown/clean.ts';

/** A commit's message, or a merge request's title, read as https://www.conventionalcommits.org/en/v1.0.0/ says. */
export interface Message {
  /** The first line. */
  readonly header: string;
  /** Lower case; undefined when it does not follow the convention. */
  readonly type?: string;
  readonly scope?: string;
  /** The header without type and scope. */
  readonly subject: string;
  /** `!`, or a footer that says so. */
  readonly breaking: boolean;
  /** What the footer says about it. */
  readonly breakingText?: string;
  /** Full or short id of the commit that it takes back. */
  readonly reverts?: string;
  /** Header of the commit that it takes back. */
  readonly revertedHeader?: string;
}

/** Long enough for every footer a person writes; the parser is not linear in the number of lines. */
const messageLimit = 8000;

const parser = new CommitParser({
  headerPattern: /^(\w{1,40})(?:\(([^()]{0,100})\))?(!?): +(.*)$/,
  headerCorrespondence: ['type', 'scope', 'mark', 'subject'],
  // Footers that only look like a field must not overwrite the result's own keys.
  fieldPattern: /(?!)/,
});

export function readMessage(text: string): Message {
  const message = clean(text).slice(0, messageLimit).trim();
  if (message === '') return { header: '', subject: '', breaking: false };
  const { header, notes, revert, ...fields } = parser.parse(message);
  const first = header ?? '';
  const type = field(fields['type']);
  const scope = field(fields['scope']);
  const note = notes.map(({ text: said }) => said.trim()).find((said) => said !== '');
  const [, byHand] = /^This reverts commit ([0-9a-f]{7,40})/m.exec(message) ?? [];
  const reverts = field(revert?.['hash']) ?? byHand;
  const reverted = /^(?:revert:? +)?"?(?:Revert "(.+)"|revert(?:\([^()]*\))?: +(.+))$/i.exec(first);
  const revertedHeader = reverted?.[1] ?? reverted?.[2];
  return {
    header: first,
    subject: field(fields['subject']) ?? first,
    breaking: fields['mark'] === '!' || notes.length > 0,
    ...(type === undefined ? {} : { type: type.toLowerCase() }),
    ...(scope === undefined ? {} : { scope }),
    ...(note === undefined ? {} : { breakingText: note }),
    ...(reverts === undefined ? {} : { reverts }),
    ...(revertedHeader === undefined ? {} : { revertedHeader }),
  };
}

const field = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
