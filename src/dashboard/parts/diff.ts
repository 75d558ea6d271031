import { parsePatch, type StructuredPatch, type StructuredPatchHunk } from 'diff';
import { type Html, html } from './html.ts';

/** Lines on one page; a longer diff is cut, and says so. */
const longest = 5_000;
/** Lines beyond which old and new ones are unlikely to belong together one by one. */
const longestPairing = 50;

/** A unified diff as one table per file, with line numbers, and what differs within a changed line marked. */
export function renderDiff(text: string): Html {
  if (text.trim() === '') return html`<p class="empty">No changes.</p>`;
  const lines = text.split('\n');
  const cut = lines.length > longest;
  const shown = cut ? wholeFiles(lines) : text;
  const files = parse(shown);
  if (files === undefined) return html`<pre class="plain">${shown}</pre>`;
  const note = cut ? html`<p class="empty">This diff is too long to be shown: the first ${files.length} files of it.</p>` : undefined;
  return html`${files.map(renderFile)}${note}`;
}

/** Up to the last file that is whole within the limit. */
function wholeFiles(lines: readonly string[]): string {
  const kept = lines.slice(0, longest);
  const last = kept.findLastIndex((line) => line.startsWith('diff --git '));
  return kept.slice(0, last <= 0 ? longest : last).join('\n');
}

function parse(text: string): readonly StructuredPatch[] | undefined {
  try {
    const files = parsePatch(text);
    return files.every(({ hunks }) => hunks.every(({ oldStart, newStart }) => oldStart >= 0 && newStart >= 0)) ? files : undefined;
  } catch {
    return undefined;
  }
}

function renderFile(file: StructuredPatch): Html {
  const name = nameOf(file);
  const [added, removed] = ['+', '-'].map(
    (sign) => file.hunks.flatMap(({ lines }) => lines).filter((line) => line.startsWith(sign)).length,
  );
  const body = file.hunks.length === 0 ? html`<p class="empty">${fileNote(file)}</p>` : html`<table>${file.hunks.map(renderHunk)}</table>`;
  return html`<section class="file"><header><code>${name}</code><span class="counts"><b class="plus">+${added ?? 0}</b> <b class="minus">−${removed ?? 0}</b></span></header><div class="scroll" tabindex="0" role="region" aria-label="Changes of ${name}">${body}</div></section>`;
}

function nameOf({ oldFileName = '', newFileName = '' }: StructuredPatch): string {
  const [before, after] = [oldFileName, newFileName].map((name) => name.replace(/^[ab]\//, ''));
  if (after === '/dev/null') return `${before} (deleted)`;
  if (before === '/dev/null') return `${after} (new)`;
  return before === after ? `${after}` : `${before} → ${after}`;
}

function fileNote({ isBinary, isRename, oldMode, newMode }: StructuredPatch): string {
  if (isBinary === true) return 'A binary file.';
  if (isRename === true) return 'Renamed, otherwise the same.';
  return oldMode === newMode ? 'Empty.' : `Mode ${oldMode} → ${newMode}.`;
}

interface Row {
  readonly kind: 'plus' | 'minus' | 'same' | 'note';
  readonly before?: number;
  readonly after?: number;
  readonly text: string;
}

function renderHunk(hunk: StructuredPatchHunk): Html {
  const rows = rowsOf(hunk);
  const others = counterparts(rows);
  const head = html`<tr class="hunk"><td></td><td></td><td>@@ −${hunk.oldStart} +${hunk.newStart} @@</td></tr>`;
  return html`<tbody>${head}${rows.map((row) => renderRow(row, others.get(row)))}</tbody>`;
}

function rowsOf({ oldStart, newStart, lines }: StructuredPatchHunk): readonly Row[] {
  let [before, after] = [oldStart, newStart];
  return lines.map((line): Row => {
    const text = line.slice(1);
    if (line.startsWith('+')) return { kind: 'plus', after: after++, text };
    if (line.startsWith('-')) return { kind: 'minus', before: before++, text };
    if (line.startsWith('\\')) return { kind: 'note', text };
    return { kind: 'same', before: before++, after: after++, text };
  });
}

/** Row → the text of the line that it became, or was: where as many lines were removed as then added. */
function counterparts(rows: readonly Row[]): ReadonlyMap<Row, string> {
  const pairs = new Map<Row, string>();
  for (let start = 0; start < rows.length; start += 1) {
    let end = start;
    while (changed(rows[end])) end += 1;
    const block = rows.slice(start, end);
    const half = block.length / 2;
    const [removed, added] = [block.slice(0, half), block.slice(half)];
    if (half <= longestPairing && removed.every(({ kind }) => kind === 'minus') && added.every(({ kind }) => kind === 'plus')) {
      for (const [index, row] of removed.entries()) pair(pairs, row, added[index]);
    }
    start = end;
  }
  return pairs;
}

function pair(pairs: Map<Row, string>, removed: Row, added: Row | undefined): void {
  if (added === undefined) return;
  pairs.set(removed, added.text);
  pairs.set(added, removed.text);
}

const changed = (row: Row | undefined): boolean => row?.kind === 'plus' || row?.kind === 'minus';

function renderRow({ kind, before, after, text }: Row, other: string | undefined): Html {
  const sign = { plus: '+', minus: '−', same: ' ', note: '' }[kind];
  return html`<tr class="${kind}"><td data-n="${before ?? ''}"></td><td data-n="${after ?? ''}"></td><td data-s="${sign}">${marked(text, other)}</td></tr>`;
}

/** The text with what differs from the other one marked. */
function marked(text: string, other: string | undefined): Html {
  if (other === undefined || other === text) return html`${text}`;
  const shorter = Math.min(text.length, other.length);
  let start = 0;
  while (start < shorter && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [from, to] = widened(text, start, text.length - end);
  return html`${text.slice(0, from)}<mark>${text.slice(from, to)}</mark>${text.slice(to)}`;
}

/** To whole words: half a number marked reads badly. */
function widened(text: string, from: number, to: number): [from: number, to: number] {
  let [start, end] = [from, to];
  while (start > 0 && /[\w.]/.test(text[start - 1] ?? '')) start -= 1;
  while (end < text.length && /[\w.]/.test(text[end] ?? '')) end += 1;
  return [start, end];
}
