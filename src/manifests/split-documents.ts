/** One document of a file: bytes from `start` to `end`, its first line counted from 1. */
export interface DocumentSlice {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** What stands beside the dashes before it, which no tool of Kubernetes takes. */
  readonly beside?: string;
}

const newline = 0x0a;
const byteOrderMark = '\uFEFF';

/**
 * A file's documents as kubectl takes it apart: a line that begins with three dashes ends one wherever it stands, in a block scalar too.
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/util/yaml#YAMLReader A document that begins with directives keeps the dashes below them.
 */
export function splitDocuments(bytes: Uint8Array): DocumentSlice[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: DocumentSlice[] = [];
  let open: Omit<DocumentSlice, 'end'> = { start: 0, line: 1 };
  let line = 1;
  let counted = 0;
  for (const separator of separators(file)) {
    for (let at = file.indexOf(newline, counted); at >= 0 && at < separator.end; at = file.indexOf(newline, at + 1)) line += 1;
    counted = separator.end;
    const beside = file.toString('utf8', separator.start + 3, separator.end).trim();
    if (isDirectives(file, open.start, separator.start) && !('beside' in open)) continue;
    found.push({ ...open, end: separator.start });
    open = { start: separator.end, line, ...(beside !== '' && !beside.startsWith('#') && { beside }) };
  }
  return [...found, { ...open, end: file.length }];
}

/** Each line of dashes, its end of line included. */
function* separators(file: Buffer): Generator<{ readonly start: number; readonly end: number }> {
  const first = file.toString('utf8', 0, 6).replace(byteOrderMark, '').startsWith('---');
  let start = first ? file.indexOf('---') : nextDashes(file, 0);
  while (start >= 0) {
    const stop = file.indexOf(newline, start);
    const end = stop < 0 ? file.length : stop + 1;
    yield { start, end };
    start = nextDashes(file, end - 1);
  }
}

function nextDashes(file: Buffer, from: number): number {
  const found = file.indexOf('\n---', Math.max(from, 0));
  return found < 0 ? -1 : found + 1;
}

/** Nothing but directives (`%YAML 1.1`), comments and empty lines, and a directive among them. */
function isDirectives(file: Buffer, start: number, end: number): boolean {
  const text = file.toString('utf8', start, Math.min(end, start + longestDirectives)).replace(byteOrderMark, '');
  return end - start < longestDirectives && /^%/m.test(text) && text.split('\n').every((line) => /^(?:%|\s*#|\s*$)/.test(line));
}

const longestDirectives = 4096;
