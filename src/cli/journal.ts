import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../adapters/make-folder.ts';
import { UsageError } from '../domain/errors.ts';
import { type Entry, type EntryKind, isReadable, type JournalStore } from '../domain/journal.ts';
import { readHead } from '../journal/anchor.ts';
import { type Anchor, type Verdict, verifyChain } from '../journal/chain.ts';
import { jsonLine, type Sheet, sheetHead, sheetOf, sheetRow } from '../journal/export.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import type { Output } from './output.ts';
import { withServices } from './work.ts';

interface Choice {
  readonly env?: readonly string[];
}

export interface JournalListCommand extends Choice {
  readonly kind?: EntryKind;
  /** The newest so many. */
  readonly last: number;
  readonly json?: boolean;
}

/** `lockkeeper journal list`: the newest entries, oldest of them first. */
export async function runJournalList({ env, kind, last, json = false }: JournalListCommand, context: Context): Promise<ExitCode> {
  const entries = await withServices(
    context,
    async ({ persistence }) => {
      const kept: Entry[] = [];
      for await (const entry of persistence.journal().entries()) {
        if (!isOf(env, entry) || (kind !== undefined && kind !== entry.kind)) continue;
        kept.push(entry);
        if (kept.length > last) kept.shift();
      }
      return kept;
    },
    { unfinished: true },
  );
  if (json) context.output.json({ entries });
  else if (entries.length === 0) context.output.print('The journal holds no such entry.');
  else context.output.table(['', 'when', 'who', 'environment', 'kind', 'what', 'why'], entries.map(row));
  return 0;
}

const isOf = (names: readonly string[] | undefined, { environment }: Entry): boolean =>
  names === undefined || (environment !== undefined && names.includes(environment));

const row = ({ number, at, actor, environment, kind, what, why }: Entry): string[] => [
  String(number),
  `${at.slice(0, 19)}Z`,
  actor,
  environment ?? '',
  kind,
  what,
  why,
];

export interface JournalVerifyCommand {
  /** `NUMBER:HASH`, put somewhere else by hand. */
  readonly head?: readonly string[];
  readonly json?: boolean;
}

/** `lockkeeper journal verify`: 1 when an entry was changed, removed or reordered, or the tail was cut. */
export async function runJournalVerify({ head = [], json = false }: JournalVerifyCommand, context: Context): Promise<ExitCode> {
  const heads = head.map(headOption);
  const verdict = await withServices(
    context,
    async (services) => verifyChain(services.persistence.journal().entries(), [...heads, ...(await services.anchors())]),
    { unfinished: true },
  );
  const ok = verdict.problems.length === 0;
  if (json) context.output.json({ ok, ...verdict });
  else print(verdict, context.output);
  return ok ? 0 : 1;
}

function headOption(text: string): Anchor {
  const head = readHead(text, '--head');
  if (head === undefined) throw new UsageError(`--head ${text}: write the entry's number, a colon and its hash of 64 hexadecimal digits`);
  return head;
}

function print({ entries, newest, anchors, problems }: Verdict, output: Output): void {
  const compared = anchors === 0 ? 'no hash kept elsewhere to compare with' : `compared with ${anchors} kept elsewhere`;
  if (problems.length === 0) {
    output.print(`${entries} ${entries === 1 ? 'entry' : 'entries'}, unbroken; ${compared}`);
    if (newest !== undefined) output.print(`newest: ${newest.number}:${newest.hash}`);
    return;
  }
  output.print(`The journal is broken (${entries} read; ${compared}):`);
  output.table(
    ['entry', 'problem'],
    problems.map(({ number, problem }) => [String(number), problem]),
  );
}

export interface JournalExportCommand extends Choice {
  /** `2026-11` */
  readonly month?: string;
  readonly json?: boolean;
}

/** `lockkeeper journal export DIR`: `DIR/<environment>/<month>.jsonl` and `.md`. Files that are there are written anew. */
export async function runJournalExport(
  directory: string,
  { env, month, json = false }: JournalExportCommand,
  context: Context,
): Promise<ExitCode> {
  const wanted = (entry: Entry): boolean => isOf(env, entry) && (month === undefined || entry.at.startsWith(`${month}-`));
  const { sheets, unreadable } = await withServices(context, ({ persistence }) => writeSheets(persistence.journal(), directory, wanted), {
    unfinished: true,
  });
  if (json) context.output.json({ sheets, unreadable });
  else if (sheets.length === 0) context.output.print('The journal holds no such entry; nothing was written.');
  else
    context.output.table(
      ['environment', 'month', 'entries', 'files'],
      sheets.map(({ environment, month: of, entries, name }) => [
        environment ?? '',
        of,
        String(entries),
        `${join(directory, name)}.{jsonl,md}`,
      ]),
    );
  if (unreadable.length === 0) return 0;
  if (!json) context.output.print(unreadableText(unreadable));
  return 1;
}

/** Of which environment and month they were, nobody can tell any more. */
function unreadableText(numbers: readonly number[]): string {
  const which = numbers.length === 1 ? `Entry ${numbers[0]}` : `Entries ${numbers.join(', ')}`;
  return `${which} cannot be read and stand${numbers.length === 1 ? 's' : ''} in no file: changed in the store after being written; lockkeeper journal verify tells more.`;
}

interface Writing extends Sheet {
  entries: number;
  lines: string;
  rows: string;
}

/** Characters gathered before they are written. */
const bufferLimit = 1_000_000;

async function writeSheets(store: JournalStore, directory: string, wanted: (entry: Entry) => boolean) {
  const sheets = new Map<string, Writing>();
  const unreadable: number[] = [];
  for await (const entry of store.entries()) {
    if (!isReadable(entry)) unreadable.push(entry.number);
    if (!isReadable(entry) || !wanted(entry)) continue;
    const sheet = sheetOf(entry);
    const writing = sheets.get(sheet.name) ?? (await begin(directory, sheet));
    sheets.set(sheet.name, writing);
    writing.entries += 1;
    writing.lines += jsonLine(entry);
    writing.rows += sheetRow(entry);
    if (writing.rows.length > bufferLimit) await flush(directory, writing);
  }
  for (const writing of sheets.values()) await flush(directory, writing);
  return {
    unreadable,
    sheets: [...sheets.values()].map(({ name, environment, month, entries }) => ({ name, environment, month, entries })),
  };
}

async function begin(directory: string, sheet: Sheet): Promise<Writing> {
  const path = join(directory, sheet.name);
  makeFolder(dirname(path));
  await writeTo(`${path}.jsonl`, 'w', '');
  await writeTo(`${path}.md`, 'w', sheetHead(sheet));
  return { ...sheet, entries: 0, lines: '', rows: '' };
}

async function flush(directory: string, writing: Writing): Promise<void> {
  const path = join(directory, writing.name);
  await writeTo(`${path}.jsonl`, 'a', writing.lines);
  await writeTo(`${path}.md`, 'a', writing.rows);
  writing.lines = '';
  writing.rows = '';
}

async function writeTo(file: string, flags: 'a' | 'w', text: string): Promise<void> {
  const handle = await open(file, flags);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}
