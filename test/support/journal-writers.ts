import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPersistence } from '../../src/adapters/store/open.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { verifyChain } from '../../src/journal/chain.ts';
import { ended, startProgram } from './program.ts';

const processes = 3;
const events = 100;

/** What several processes wrote that saw the same events at the same time, and recorded something of their own beside each. */
async function writtenByProcesses(url: string, folder: string): Promise<readonly Entry[]> {
  const persistence = await openPersistence(url, (text) => process.stderr.write(`${text}\n`));
  try {
    await persistence.journal().newest(); // made before the others open it too
    const go = join(folder, 'go');
    const children = Array.from({ length: processes }, () => startProgram(program(url, go)));
    const ends = children.map(ended);
    await Promise.all(children.flatMap(({ stdout }) => (stdout === null ? [] : [once(stdout, 'data')])));
    writeFileSync(go, '');
    expect((await Promise.all(ends)).map(({ code }) => code)).toEqual(children.map(() => 0));
    const entries: Entry[] = [];
    for await (const entry of persistence.journal().entries()) entries.push(entry);
    expect(await verifyChain(persistence.journal().entries(), [])).toMatchObject({ problems: [] });
    return entries;
  } finally {
    await persistence.close();
  }
}

/** Ready when it has written so; then it waits for a file, so that all begin together. */
const program = (url: string, go: string): string => `
  import { existsSync } from 'node:fs';
  import { openPersistence } from ${JSON.stringify(join(import.meta.dirname, '../../src/adapters/store/open.ts'))};
  import { createJournal } from ${JSON.stringify(join(import.meta.dirname, '../../src/journal/record.ts'))};
  const persistence = await openPersistence(${JSON.stringify(url)}, console.error);
  const journal = createJournal(() => persistence.journal(), () => new Date());
  const entry = (what) => ({ kind: 'merge', actor: 'gl:ada', what, why: 'seen', links: [], facts: {} });
  await journal.events();
  process.stdout.write('ready');
  while (!existsSync(${JSON.stringify(go)})) await new Promise(setImmediate);
  for (let at = 0; at < ${events}; at += 1) {
    const own = journal.record(entry('own'));
    await journal.recordOnce('event ' + at, [entry('approved'), entry('merged')]);
    await own;
  }
  await persistence.close();
`;

/** One chain; each event once, by whichever process; nothing of their own lost. */
export async function expectOneChain(url: string, folder: string): Promise<void> {
  const entries = await writtenByProcesses(url, folder);
  const named = entries.flatMap(({ facts }) => facts['event'] ?? []);
  expect(named).toHaveLength(events);
  expect(new Set(named)).toEqual(new Set(Array.from({ length: events }, (_, at) => `event ${at}`)));
  expect(entries.filter(({ what }) => what === 'own')).toHaveLength(processes * events);
  expect(entries).toHaveLength(processes * events + 2 * events);
}
