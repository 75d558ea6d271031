import MarkdownIt from 'markdown-it';
import type { RequestComment } from './request-forge.ts';

/** What somebody asks for in a comment. `words` is what follows `/lockkeeper`. */
export type Command =
  | { readonly kind: 'validate' | 'unlock' | 'help' }
  | { readonly kind: 'access'; readonly words: readonly string[] }
  /** For this commit, named by its full id. */
  | { readonly kind: 'approve'; readonly commit: string }
  | { readonly kind: 'unknown'; readonly words: readonly string[] };

/** Characters; who writes more than that wrote something else than a command. */
const longest = 65_536;

const start = /^\/lockkeeper(?=[ \t]|$)/;

/** Whether reading the comment is worth it; cheap, and true for many that hold none. */
export const mayHoldCommand = (text: string): boolean => text.length <= longest && /^\/lockkeeper(?:[ \t\r]|$)/m.test(text);

/**
 * The commands of a comment, in their order: lines that begin with `/lockkeeper` and that a reader sees as such, so none in a quote, in code,
 * in an HTML comment or after the beginning of any other raw HTML. None of an edited comment or of a bot's. In doubt a line is no command.
 */
export function commandsIn({ text, author, edited }: Pick<RequestComment, 'text' | 'author' | 'edited'>): readonly Command[] {
  if (edited || author.bot || !mayHoldCommand(text)) return [];
  return shownLines(text).flatMap((line) => {
    // What does not show, or turns the line around, may make it read as something else.
    if (!start.test(line) || /[^\P{C}\t]|[^\P{Z} ]/u.test(line)) return [];
    return toCommand(
      line
        .replace(start, '')
        .split(/[ \t]+/)
        .filter((word) => word !== ''),
    );
  });
}

function toCommand(words: readonly string[]): Command {
  const [name = 'help', ...rest] = words;
  const [first = ''] = rest;
  if ((name === 'validate' || name === 'unlock' || name === 'help') && rest.length === 0) return { kind: name };
  if (name === 'access' && rest.length > 0) return { kind: 'access', words: rest };
  if (name === 'approve' && rest.length === 1 && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(first)) return { kind: 'approve', commit: first };
  return { kind: 'unknown', words };
}

const markdown = new MarkdownIt('commonmark', { html: true });

type Token = ReturnType<typeof markdown.parse>[number];

/** The lines of the text's paragraphs, as they were written. */
function shownLines(text: string): readonly string[] {
  // GitLab shows what lies between such lines as code or as a quote: https://docs.gitlab.com/user/markdown/#front-matter, #multiline-blockquote
  if (/^\s*(?:---|\+\+\+|;;;)/.test(text) || /^[ \t]*>{3,}[ \t\r]*$/m.test(text)) return [];
  const written = text.replaceAll(/\r\n?/g, '\n').split('\n');
  const shown: string[] = [];
  let quotes = 0;
  for (const token of markdown.parse(text, {})) {
    if (token.type === 'blockquote_open') quotes += 1;
    if (token.type === 'blockquote_close') quotes -= 1;
    if (isOpenHtml(token)) break;
    if (token.type === 'inline' && quotes === 0) shown.push(...linesOf(token, written));
  }
  return shown;
}

/** Those that begin as text; none where something goes over the end of a line: code, a comment, a link's title. */
function linesOf({ children, map }: Token, written: readonly string[]): readonly string[] {
  const lines = written.slice(...(map ?? [0, 0]));
  const firsts: (Token | undefined)[] = [children?.[0]];
  for (const [at, { type }] of (children ?? []).entries())
    if (type === 'softbreak' || type === 'hardbreak') firsts.push(children?.[at + 1]);
  return firsts.length === lines.length ? lines.filter((_, at) => firsts[at]?.type === 'text') : [];
}

/** What follows may lie inside of it: `<pre>`, `<details>`. */
const isOpenHtml = ({ type, content, children }: Token): boolean =>
  (type.startsWith('html_') && !/^\s*<!--(?!-?>)(?:(?!-->).)*-->\s*$/s.test(content)) || (children ?? []).some(isOpenHtml);
