import markdownIt, { type StateBlock, type StateInline } from 'markdown-it';
import { type Html, html, trusted } from './html.ts';

/**
 * Markdown as forges render it, without raw HTML, except bare `<details>`, `<summary>` and `<br>`; comments are left out.
 * Pictures become links: nothing is loaded from elsewhere. `anchors`: headings can be linked to, as on forges; for texts of ours.
 */
export function renderMarkdown(text: string, options: { readonly anchors?: boolean } = {}): Html {
  renderer.set({ linkify: text.split(/\s+/).every((word) => word.length <= longestWord) });
  return trusted(renderer.render(text, { ...options }));
}

/** Looking for addresses in a longer one takes seconds. */
const longestWord = 2000;

const renderer = markdownIt({ html: false, linkify: true }).disable('image');
renderer.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
const interrupts = { alt: ['paragraph', 'reference', 'blockquote', 'list'] };
renderer.block.ruler.before('fence', 'comment', comment, interrupts);
renderer.block.ruler.before('fence', 'details', details, interrupts);
renderer.block.ruler.before('fence', 'summary', summary, interrupts);
renderer.inline.ruler.before('html_inline', 'break', lineBreak);
renderer.inline.ruler.before('html_inline', 'anchor', anchor);

// The Content-Security-Policy forbids style attributes, by which markdown-it aligns cells.
for (const rule of ['th_open', 'td_open']) {
  renderer.renderer.rules[rule] = (tokens, index, options, _, self) => {
    const token = tokens[index];
    const align = /^text-align:(left|center|right)$/.exec(token?.attrGet('style') ?? '')?.[1];
    if (token) token.attrs = align === undefined ? null : [['class', align]];
    return self.renderToken(tokens, index, options);
  };
}
renderer.renderer.rules['link_open'] = (tokens, index, options, _, self) => {
  tokens[index]?.attrSet('rel', 'noreferrer nofollow');
  return self.renderToken(tokens, index, options);
};

renderer.renderer.rules['heading_open'] = (tokens, index, options, env: { readonly anchors?: boolean }, self) => {
  if (env.anchors === true) tokens[index]?.attrSet('id', anchorOf(tokens[index + 1]?.content ?? ''));
  return self.renderToken(tokens, index, options);
};

/** `Why it matters` → `why-it-matters` */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s/g, '-');

const fence = renderer.renderer.rules['fence'];
renderer.renderer.rules['fence'] = (tokens, index, options, env, self) => {
  const token = tokens[index];
  if (token?.info.trim() !== 'diff') return fence?.(tokens, index, options, env, self) ?? '';
  const lines = token.content.split('\n').map((line) => html`<span class="${lineKinds[line[0] ?? ''] ?? 'same'}">${line}\n</span>`);
  return html`<pre class="diff"><code>${lines.slice(0, -1)}</code></pre>\n`.text;
};

const lineKinds: Readonly<Record<string, string>> = { '+': 'plus', '-': 'minus', '@': 'hunk' };

/** The line without indentation; undefined where it is indented as code. */
function lineAt(state: StateBlock, line: number): string | undefined {
  if ((state.sCount[line] ?? 0) - state.blkIndent >= 4) return undefined;
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trimEnd();
}

/** `<!-- … -->` from a line's start, over any number of lines: nothing. */
function comment(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  const found = state.env as { noMoreComments?: boolean };
  if (found.noMoreComments === true || lineAt(state, start)?.startsWith('<!--') !== true) return false;
  const closing = state.src.indexOf('-->', state.bMarks[start]);
  found.noMoreComments = closing < 0;
  if (closing < 0) return false;
  let last = start;
  while (last < end && (state.eMarks[last] ?? 0) < closing) last += 1;
  if (last >= end || lineAt(state, last)?.endsWith('-->') !== true) return false;
  if (!silent) state.line = last + 1;
  return true;
}

/** `<details>` up to its `</details>`, or, without one, to the end of what it stands in: never unbalanced. */
function details(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  const opening = /^<details>(.*)$/.exec(lineAt(state, start) ?? '');
  if (opening === null) return false;
  if (silent) return true;
  const [, rest = ''] = opening;
  const closing = rest.endsWith('</details>') ? start : closingLine(state, start + 1, end);
  state.push('details_open', 'details', 1).block = true;
  pushSummary(state, rest.replace(/<\/details>$/, ''), start);
  if (closing > start) nested(state, start + 1, closing);
  state.push('details_close', 'details', -1).block = true;
  state.line = Math.min(closing + 1, end);
  return true;
}

/** `<summary>…</summary>` on a line of its own. */
function summary(state: StateBlock, start: number, _: number, silent: boolean): boolean {
  const line = lineAt(state, start) ?? '';
  if (!line.startsWith('<summary>') || !line.endsWith('</summary>')) return false;
  if (!silent) {
    pushSummary(state, line, start);
    state.line = start + 1;
  }
  return true;
}

/** `<br>` in a line. */
function lineBreak(state: StateInline, silent: boolean): boolean {
  const [found = ''] = /^<br ?\/?>/.exec(state.src.slice(state.pos, state.pos + '<br />'.length)) ?? [];
  if (found === '') return false;
  if (!silent) state.push('hardbreak', 'br', 0);
  state.pos += found.length;
  return true;
}

/** `<a id="rule"></a>`, where texts are ours. */
function anchor(state: StateInline, silent: boolean): boolean {
  const [found = '', id = ''] = /^<a id="([\w-]+)"><\/a>/.exec(state.src.slice(state.pos, state.pos + 100)) ?? [];
  if (id === '' || (state.env as { readonly anchors?: boolean }).anchors !== true) return false;
  if (!silent) {
    state.push('anchor_open', 'a', 1).attrSet('id', id);
    state.push('anchor_close', 'a', -1);
  }
  state.pos += found.length;
  return true;
}

/** What stands behind `<details>` on its line: a summary and perhaps some text. */
function pushSummary(state: StateBlock, text: string, line: number): void {
  const [, title = '', rest = text] = /^\s*<summary>(.*?)<\/summary>(.*)$/s.exec(text) ?? [];
  if (title !== '') pushInline(state, 'summary', title, line);
  if (rest.trim() !== '') pushInline(state, 'paragraph', rest, line);
}

function pushInline(state: StateBlock, name: 'summary' | 'paragraph', text: string, line: number): void {
  const tag = name === 'paragraph' ? 'p' : name;
  state.push(`${name}_open`, tag, 1).block = true;
  const inline = state.push('inline', '', 0);
  inline.content = text.trim();
  inline.map = [line, line + 1];
  inline.children = [];
  state.push(`${name}_close`, tag, -1).block = true;
}

function nested(state: StateBlock, start: number, end: number): void {
  const { lineMax, parentType } = state;
  state.lineMax = end;
  state.parentType = 'root';
  state.md.block.tokenize(state, start, end);
  state.lineMax = lineMax;
  state.parentType = parentType;
}

/** Lines inside a fence do not count. */
function closingLine(state: StateBlock, start: number, end: number): number {
  let depth = 1;
  let fence = '';
  for (let line = start; line < end; line += 1) {
    const text = lineAt(state, line) ?? '';
    const [mark = ''] = /^(?:`{3,}|~{3,})/.exec(text) ?? [];
    if (fence !== '') {
      if (mark.startsWith(fence) && text === mark) fence = '';
    } else if (mark !== '') {
      fence = mark;
    } else {
      if (text.startsWith('<details>')) depth += 1;
      if (text.endsWith('</details>')) depth -= 1;
      if (depth === 0) return line;
    }
  }
  return end;
}
