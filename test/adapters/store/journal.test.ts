import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '../../../src/adapters/sqlite.ts';
import { openJournal } from '../../../src/adapters/store/journal.ts';
import { journalContract } from '../../support/contracts/journal-contract.ts';
import { expectOneChain } from '../../support/journal-writers.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-journal-'));
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function opened(place: string) {
  const store = openJournal(place);
  open.push(store);
  return store;
}

journalContract('the embedded store', async () => {
  const place = mkdtempSync(join(folder, 'journal-'));
  return {
    store: opened(place),
    again: async () => opened(place),
    tamper: async (number, text) => {
      const connection = new (sqlite().DatabaseSync)(join(place, 'journal.db'));
      connection.prepare('UPDATE entry SET text = ? WHERE number = ?').run(text, number);
      connection.close();
    },
  };
});

test('a damaged journal is not written over', () => {
  const place = mkdtempSync(join(folder, 'damaged-'));
  openJournal(place).close();
  const connection = new (sqlite().DatabaseSync)(join(place, 'journal.db'));
  connection.exec('UPDATE schema_version SET version = 99');
  connection.close();
  expect(() => openJournal(place)).toThrow(/journal\.db: written by a newer Lockkeeper/);
});

test('three processes that see the same events at the same time write each once, in one chain', async () => {
  const place = mkdtempSync(join(folder, 'processes-'));
  await expectOneChain(`file:${place}`, place);
});
