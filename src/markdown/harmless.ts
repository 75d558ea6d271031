import { clean, gap } from './clean.ts';
import { decodeEntity, htmlAt } from './html.ts';
import { type Origin, referenceUrl, safeHref, shortName } from './links.ts';

/** What one line of text is read with. */
export interface Context {
  /** Where the text comes from; without it nothing is linked. */
  readonly origin?: Origin | undefined;
  /** Targets of `[label]: https://…` lines, by lower-case label. */
  readonly definitions?: ReadonlyMap<string, string>;
  /** In a row of a table `|` stays what it is. */
  readonly table?: boolean;
}

interface Line extends Context {
  readonly text: string;
  /** A closing keyword before an issue would close it when the merge request is merged. */
  readonly closes: boolean;
  readonly inLink: boolean;
  /** Opening bracket → its closing one. */
  readonly brackets: ReadonlyMap<number, number>;
  /** Where a run of backticks starts → where the run that closes it starts. */
  readonly codeEnds: ReadonlyMap<number, number>;
}

const lineLimit = 2000;
const shownUrlLimit = 80;

/**
 * One line of text from outside as Markdown that is safe on GitLab and GitHub: no mention, reference, HTML, image or closing keyword acts;
 * emphasis, code and links stay; references become full links of the project they come from.
 * https://docs.gitlab.com/user/markdown/#gitlab-specific-references, https://docs.github.com/get-started/writing-on-github
 */
export function harmlessInline(text: string, context: Context = {}): string {
  const line = clean(text)
    .replaceAll(/[\n\t]/g, ' ')
    .slice(0, lineLimit);
  // What was dropped or linked may have brought a `!` before a bracket.
  return inline(line.trim(), context, false).replaceAll('![', `!${gap}[`);
}

/** The same for text that starts a line or a list item: no heading, list, quote, table or quick action (`/merge`) begins with it. */
export function harmlessLine(text: string, context: Context = {}): string {
  return protectStart(harmlessInline(text, context));
}

/** https://docs.gitlab.com/user/project/quick_actions/ */
function protectStart(line: string): string {
  return line.trimStart().replace(blockStart, (_, digits: string | undefined) => `${digits ?? ''}\\`);
}

const blockStart = /^(?:(\d{1,9})(?=[.)](?:\s|$))|(?=\/|#{1,6}(?:\s|$)|[-+](?:[\s-]|$)|=|::|[*_](?:\s|[*_]{2}[\s*_]*$|$)))/;

/** Text in a code span that stays one, whatever the text is; for a name, a version, a path. */
export function codeSpan(text: string): string {
  const line = neutralMentions(neutralCode(clean(text).replaceAll(/\s+/g, ' ').trim().slice(0, lineLimit)));
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const edge = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${edge}${line}${edge}${fence}`;
}

export function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

/** What forges read even inside code: closing keywords, quick actions, and our own marker. */
export function neutralCode(text: string): string {
  const inert = text.replaceAll('<!--', `<${gap}!--`).replaceAll(/^([^\S\r\n\u2028\u2029]*)(?=\/[a-z])(?!\/\w*[/.])/gim, `$1${gap}`);
  return breakKeywords(inert);
}

const mentions = /@(?=\S)/g;
export const neutralMentions = (text: string): string => text.replaceAll(mentions, `@${gap}`);

const reference = /[#!]\d|https?:|\b(?:[A-Z][A-Z0-9_]{1,20}-\d)/;
const keyword = /(?<=clos)(?=e[sd]?|ing)|(?<=fi)(?=x(?:e[sd]|ing)?)|(?<=resolv)(?=e[sd]?|ing)|(?<=implemen)(?=t(?:s|ed|ing)?)/gi;

/** https://docs.gitlab.com/user/project/issues/managing_issues/#default-closing-pattern; GitHub knows fewer words. */
const breakKeywords = (text: string): string => (closesSomething(text) ? text.replaceAll(keyword, gap) : text);

function closesSomething(text: string): boolean {
  return (
    reference.test(text) ||
    /(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?):?\s*$/i.test(text.slice(-20))
  );
}

const token =
  /\\[!-/:-@[-`{-~]?|`+|!?\[|\]|https?:\/\/[^\s<>"`]+|(?<![\w./-])((?:[\w.-]+\/)+[\w.-]+)?([#!])(\d{1,10})(?!\w)|(?<!\w)(GH|GL)-(?=\d)|[@#%~^$](?=\S)|[&<>|]|!(?=\d)|\*(?=iteration:)/gi;

function inline(text: string, context: Context, inLink: boolean): string {
  const { brackets, codeEnds } = structure(text);
  const line: Line = { ...context, text, inLink, brackets, codeEnds, closes: closesSomething(text) };
  const out: string[] = [];
  let done = 0;
  const pattern = new RegExp(token);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    out.push(plain(line, text.slice(done, match.index)));
    const [written, end] = write(line, match);
    out.push(written);
    done = end;
    pattern.lastIndex = end;
  }
  out.push(plain(line, text.slice(done)));
  return out.join('');
}

/** Text that lost what stood around it must not become one word with its neighbours. */
const apart = (text: string): string => `${gap}${text}${gap}`;

const plain = ({ closes }: Line, text: string): string => (closes ? text.replaceAll(keyword, gap) : text);

/** What stands for the token in the output, and where to read on. */
function write(line: Line, match: RegExpExecArray): readonly [string, number] {
  const [found, project, sigil, id] = match;
  const end = match.index + found.length;
  if (found.startsWith('`')) return codeAt(line, match.index, found.length);
  if (found === '[' || found === '![') return linkAt(line, match.index, found);
  if (/^https?:/i.test(found)) return addressAt(line, match.index, found);
  if (id !== undefined && sigil !== undefined) return [referenceOf(line, found, sigil, id, project), end];
  if (found.startsWith('\\')) return [escaped(found.slice(1)), end];
  if (found === '&') return entityAt(line, match.index);
  if (found === '<') return tagAt(line, match.index);
  return [single(line, found), end];
}

const singles: Readonly<Record<string, string>> = { '<': '&lt;', '>': `${gap}&gt;`, ']': '\\]', $: `\\$${gap}`, '*': `\\*${gap}` };

function single({ table }: Line, found: string): string {
  if (found === '|') return table === true ? '|' : '\\|';
  return singles[found] ?? `${found}${gap}`;
}

/** A character that the writer wanted literally. */
function escaped(character: string): string {
  if (!/^[!-/:-@[-`{-~]$/.test(character)) return `\\\\${character}`;
  if (character === '<' || character === '>' || character === '&') return singles[character] ?? `&amp;${gap}`;
  return `\\${character}${/[@#!%~$^[]/.test(character) ? gap : ''}`;
}

function entityAt({ text }: Line, start: number): readonly [string, number] {
  const [entity] = /^&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/i.exec(text.slice(start, start + 12)) ?? [];
  const decoded = entity === undefined ? undefined : decodeEntity(entity);
  if (entity === undefined || decoded === undefined) return [/^&\s/.test(text.slice(start, start + 2)) ? '&' : `&amp;${gap}`, start + 1];
  return [/^[\w\s]$/.test(decoded) ? `${gap}${decoded}` : clean(decoded).replace(/^[!-~]$/, escaped), start + entity.length];
}

/** A gap stands for the tag, so that what stood around it does not become one word. */
function tagAt({ text }: Line, start: number): readonly [string, number] {
  const length = htmlAt(text, start);
  return length === 0 ? [`&lt;${gap}`, start + 1] : [gap, start + length];
}

function referenceOf({ origin, inLink, closes }: Line, found: string, sigil: string, id: string, project: string | undefined): string {
  const href = inLink ? undefined : referenceUrl(origin, sigil, id, project);
  if (href !== undefined) return `[${found}](${href})`;
  const name = (project ?? '').replace(/^(G[LH])(?=-\d)/i, `$1${gap}`);
  return `${closes ? name.replaceAll(keyword, gap) : name}${sigil}${gap}${id}`;
}

function codeAt({ text, codeEnds, table }: Line, start: number, length: number): readonly [string, number] {
  const close = codeEnds.get(start);
  if (close === undefined) return ['\\`'.repeat(length), start + length];
  const content = text.slice(start + length, close);
  const end = close + length;
  // A table is cut at `|` even inside code, and then the halves are ordinary text.
  const torn = table === true && content.includes('|');
  return [torn ? apart(inline(content.replaceAll('`', ''), { table: true }, true)) : codeSpan(content) || gap, end];
}

function addressAt(line: Line, start: number, found: string): readonly [string, number] {
  const address = withoutTail(found);
  const end = start + address.length;
  const href = line.inLink ? undefined : safeHref(address);
  const name = shortName(line.origin, address);
  return [href === undefined ? addressText(address) : `[${name ?? addressText(address)}](${href})`, end];
}

/** Punctuation behind an address belongs to the sentence, a bracket only where it was not opened inside. */
function withoutTail(found: string): string {
  let open = found.split('(').length - found.split(')').length;
  let end = found.length;
  for (; /[.,;:!?'*_~)\]}|]/.test(found.charAt(end - 1)); end -= 1) {
    if (found.charAt(end - 1) !== ')') continue;
    if (open >= 0) break;
    open += 1;
  }
  return found.slice(0, end);
}

/** An address as text: without the scheme, since forges link bare addresses by themselves, and without credentials. */
function addressText(address: string): string {
  const bare = address.replace(/^https?:\/\/(?:[^/?#@]*@)?/i, '');
  const shown = bare.length > shownUrlLimit ? `${bare.slice(0, shownUrlLimit - 1)}…` : bare;
  return shown
    .replaceAll(/[#$%&*<>@[\]^_`|~!\\]/g, escaped)
    .replaceAll(keyword, gap)
    .replaceAll(/(?<=\bG[LH])-(?=\d)/gi, `-${gap}`);
}

const target = /\(\s*(?:<([^<>\n]*)>|([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*))(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/y;

function linkAt(line: Line, start: number, found: string): readonly [string, number] {
  const open = start + found.length - 1;
  const close = line.brackets.get(open);
  const literal = `${found === '![' ? `!${gap}` : ''}\\[${gap}`;
  if (close === undefined) return [literal, open + 1];
  const place = destination(line, open, close);
  if (place === undefined || (line.inLink && found === '[')) return [literal, open + 1];
  const content = line.text.slice(open + 1, close);
  const href = found === '![' ? undefined : safeHref(place.address);
  if (href === undefined) return [apart(inline(content, line, true)), place.end];
  const text = inline(content, line, true).trim();
  return [`[${text === '' ? 'link' : text}](${href})`, place.end];
}

/** Where `[text](address)`, `[text][label]` or `[label]` points, and where it ends. */
function destination(
  { text, brackets, definitions }: Line,
  open: number,
  close: number,
): { readonly address: string; readonly end: number } | undefined {
  target.lastIndex = close + 1;
  const direct = target.exec(text);
  if (direct !== null) return { address: direct[1] ?? direct[2] ?? '', end: target.lastIndex };
  const second = text[close + 1] === '[' ? brackets.get(close + 1) : undefined;
  const own = text.slice(open + 1, close);
  const label = second === undefined ? own : text.slice(close + 2, second) || own;
  const address = label.length > 100 ? undefined : definitions?.get(label.toLowerCase());
  return address === undefined ? undefined : { address, end: (second ?? close) + 1 };
}

/** Which brackets and which runs of backticks belong together, in one pass. */
function structure(text: string): Pick<Line, 'brackets' | 'codeEnds'> {
  const codeEnds = codeSpans(text);
  const brackets = new Map<number, number>();
  const opened: number[] = [];
  const pattern = /\\.|`+|\[|\]/g;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [found] = match;
    const end = codeEnds.get(match.index);
    if (end !== undefined) pattern.lastIndex = end + found.length;
    else if (found === '[') opened.push(match.index);
    else if (found === ']') {
      const open = opened.pop();
      if (open !== undefined) brackets.set(open, match.index);
    }
  }
  return { brackets, codeEnds };
}

function codeSpans(text: string): Map<number, number> {
  const next = new Map<number, number>();
  const byLength = new Map<number, number>();
  for (const run of [...text.matchAll(/`+/g)].reverse()) {
    const later = byLength.get(run[0].length);
    if (later !== undefined) next.set(run.index, later);
    byLength.set(run[0].length, run.index);
  }
  return next;
}
