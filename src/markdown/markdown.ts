import { clean, gap } from './clean.ts';
import { type Context, harmlessInline, harmlessLine, longestRun, neutralCode, neutralMentions } from './harmless.ts';
import { htmlAt } from './html.ts';
import type { Origin } from './links.ts';

const maxCharacters = 20_000;
const maxLines = 400;
const maxDepth = 4;
/** Forges draw these instead of showing them. */
const drawn = /^(?:mermaid|plantuml|kroki|math|suggestion|geojson|topojson|stl|json:table)/i;

interface State {
  readonly context: Context;
  readonly out: string[];
  /** Indents of the lists that are open. */
  lists: number[];
}

/**
 * Release notes from outside as Markdown that is safe to stand in a description: read block by block and written anew,
 * so that nothing in it can reach beyond it (open fences, tags, tables, comments). Lists, headings, quotes, tables, code, emphasis and links stay.
 */
export function harmlessMarkdown(text: string, origin?: Origin): string {
  const all = clean(text.slice(0, maxCharacters)).replaceAll('\t', '    ').split('\n');
  const lines = all.slice(0, maxLines);
  const state: State = { context: { origin, definitions: definitionsOf(lines) }, out: [], lists: [] };
  for (let at = 0; at < lines.length; at += 1) at = block(state, lines, at);
  if (all.length > maxLines || text.length > maxCharacters) state.out.push('', '…');
  return state.out
    .filter((line, index) => line !== '' || (index > 0 && state.out[index - 1] !== ''))
    .join('\n')
    .trim();
}

/** Code from outside as a block that nothing inside can end. */
export const codeBlock = (code: string, language: string): string => fence(neutralCode(clean(code)), language);

function fence(text: string, language: string): string {
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${marks}${language}\n${text.replace(/(?<!\n)\n+$/, '')}\n${marks}`;
}

const definition = /^ {0,3}\[([^[\]]{1,100})\]:\s*<?(https?:\/\/[^\s<>]{1,1000})>?(?:\s|$)/;

function definitionsOf(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, label, address] = definition.exec(line) ?? [];
      return label === undefined || address === undefined ? [] : [[label.toLowerCase(), address] as const];
    }),
  );
}

/** Writes the block that starts at the line; gives its last line. */
function block(state: State, lines: readonly string[], at: number): number {
  const line = lines[at] ?? '';
  if (line.trimStart().startsWith('<!--')) return commentEnd(lines, at);
  const opening = /^[\s>]*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(`{3,}(?=[^`]*$)|~{3,})\s*([\w+#:.-]{0,20})/.exec(line);
  if (opening !== null) return fenced(state, lines, at, opening[1] ?? '```', opening[2] ?? '');
  if (isTable(lines, at)) return table(state, lines, at);
  if (!definition.test(line)) state.out.push(...ordinary(state, line, lines[at + 1] ?? ''));
  return at;
}

/** Comments may span lines: GitHub's generated notes start with one. One that is never closed reaches to the end, as in a browser. */
function commentEnd(lines: readonly string[], at: number): number {
  let end = at;
  while (end < lines.length && !(lines[end] ?? '').includes('-->')) end += 1;
  return end;
}

function fenced({ out, lists }: State, lines: readonly string[], at: number, marks: string, language: string): number {
  const indent = (lines[at] ?? '').search(/[^\s>]/);
  const closing = new RegExp(`^[\\s>]*${marks.charAt(0)}{${marks.length},}\\s*$`);
  let end = at + 1;
  while (end < lines.length && !closing.test(lines[end] ?? '')) end += 1;
  const code = lines.slice(at + 1, end).map((line) => line.slice(Math.min(indent, Math.max(0, line.search(/[^\s>]/)))));
  out.push('', fence(neutralMentions(neutralCode(code.join('\n'))), drawn.test(language) ? 'text' : language.replaceAll(':', '')), '');
  lists.length = 0;
  return end;
}

const rule = /^ {0,3}\|?(?=[^|]*[-:])(?=.*\|)[\s|:-]+$/;
const isTable = (lines: readonly string[], at: number): boolean => (lines[at] ?? '').includes('|') && rule.test(lines[at + 1] ?? '');

function table({ out, context, lists }: State, lines: readonly string[], at: number): number {
  const inRow = { ...context, table: true };
  lists.length = 0;
  out.push('', harmlessLine(lines[at] ?? '', inRow), (lines[at + 1] ?? '').trim());
  let end = at + 1;
  while ((lines[end + 1] ?? '').includes('|')) {
    end += 1;
    out.push(harmlessLine(lines[end] ?? '', inRow));
  }
  out.push('');
  return end;
}

/** A heading, list item, quote or line of a paragraph. */
function ordinary(state: State, line: string, next: string): string[] {
  const { context } = state;
  if (line.trim() === '') return [''];
  if (/^\s*(?:[-*_]\s*){3,}$|^\s*=+\s*$/.test(line) || onlyHtml(line)) return [''];
  const heading =
    /^ {0,3}#{1,6}\s+(.*)$/s.exec(line)?.[1]?.replace(/(?<![\s#])[\s#]+$/, '') ??
    (/^ {0,3}(?:=+|-{2,})\s*$/.test(next) && !/^\s*(?:[-*+>]|\d+[.)])\s/.test(line) ? line : undefined);
  if (heading !== undefined) {
    state.lists = [];
    return ['', `#### ${harmlessInline(heading, context)}`, ''];
  }
  const quoted = /^\s*>[\s>]*(.*)$/s.exec(line)?.[1];
  if (quoted !== undefined) return [`> ${harmlessLine(quoted, context)}`];
  const [, indent = '', marker = '', item] = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/s.exec(line) ?? [];
  if (item !== undefined) return [listItem(state, indent.length, marker, item)];
  return [continued(state, line)];
}

/** Three spaces a level lie inside what the level above takes as its own, for bullets and for numbers. */
function listItem(state: State, indent: number, marker: string, item: string): string {
  state.lists = [...state.lists.filter((open) => open < indent), indent].slice(0, maxDepth);
  const text = harmlessLine(item, state.context);
  return `${'   '.repeat(state.lists.length - 1)}${/^\d/.test(marker) ? '1.' : '-'} ${text}`;
}

function continued(state: State, line: string): string {
  const indent = line.search(/\S/);
  if (indent === 0 && state.out.at(-1) === '') state.lists = [];
  const own = state.lists.filter((open) => open < indent).length;
  return `${'   '.repeat(own)}${harmlessLine(line, state.context)}`;
}

/** A line of tags and nothing else would leave an empty line of invisible characters. */
function onlyHtml(line: string): boolean {
  const text = line.trim();
  let at = 0;
  while (at < text.length) {
    const length = htmlAt(text, at);
    if (length === 0 && /\S/.test(text.charAt(at))) return false;
    at += Math.max(1, length);
  }
  return true;
}

/** True when something would be seen. */
export const isVisible = (markdown: string): boolean => markdown.replaceAll(gap, '').trim() !== '';
