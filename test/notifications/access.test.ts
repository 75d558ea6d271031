import type { Locks } from '../../src/domain/locks.ts';
import {
  type AccessEnd,
  type AccessRequestNews,
  alarm,
  announceEnded,
  announceGranted,
  announceReminder,
  announceRequest,
} from '../../src/notifications/access.ts';
import { wanted } from '../../src/notifications/thread.ts';
import { grantOf } from '../support/builders/grants.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { MemoryStore } from '../support/memory-store.ts';

const locks: Locks = { hold: (_name, _patience, work) => work(new AbortController().signal) };
const grant = grantOf({ url: 'https://gitlab.example.com/env/-/merge_requests/7' });
const { environment, repository, request, url, subject, level, namespace, reason } = grant;
const asked: AccessRequestNews = {
  environment,
  repository,
  request,
  url,
  state: 'open',
  title: 'access: alice, admin of billing for 2h',
  asks: { subject, level, namespace, durationMs: 7_200_000, reason },
  missing: ['needs one approval from lead'],
  mayApprove: ['lead', 'other'],
};
const ended: AccessEnd = { grant, because: 'its time is up', goneAt: '2026-11-21T14:00:01Z' };
const page = '<https://gitlab.example.com/env/-/merge_requests/7|';
const question = `*production*: alice asks to be admin of billing for 2h (INC-1234: migration stuck) · ${page}${asked.title}>`;

function world() {
  const [store, queue] = [new MemoryStore(), new MemoryQueue()];
  const ports = { store, queue, locks };
  const thread = `access ${repository}!7`;
  return {
    queue,
    thread,
    asks: (more: Partial<AccessRequestNews> = {}) => announceRequest(ports, { ...asked, ...more }, 't'),
    unreadable: () => {
      const { asks: _, ...rest } = asked;
      return announceRequest(ports, { ...rest, missing: ['line 2: level: …'], mayApprove: [] }, 't');
    },
    granted: (more: Partial<typeof grant> = {}) => announceGranted(ports, { ...grant, ...more }, 't'),
    reminds: (leftMs = 600_000) => announceReminder(ports, grant, leftMs, 't'),
    ends: (more: Partial<AccessEnd> = {}) => announceEnded(ports, { ...ended, ...more }, 't'),
    alarms: (text: string, key = 'binding g1') => alarm(ports, { environment, repository, key, text, url }, 't'),
    said: (id = thread) => wanted(store, id),
  };
}

test('one thread from the question to the end', async () => {
  const { asks, granted, reminds, ends, said, queue, thread } = world();
  await asks();
  expect((await said())?.text).toBe(`${question} · waits · may approve, in the forge: lead and other\n• needs one approval from lead`);
  await asks({ missing: [] });
  expect((await said())?.text).toBe(`${question} · nothing is missing`);
  await granted();
  expect((await said())?.text).toBe(
    `*production*: alice is admin of billing until 14:00 UTC on 21 November · approved by lead in ${page}merge request 7>\n• ${reason}`,
  );
  await reminds();
  expect((await said())?.text).toContain('until 14:00 UTC on 21 November, which is soon');
  await ends();
  expect(await said()).toMatchObject({
    text: '*production*: alice is no longer admin of billing · held 2h1s · ended at 14:00 UTC on 21 November: its time is up',
    log: [
      'Nothing is missing any more',
      `Granted until 14:00 UTC on 21 November, approved by lead in ${page}merge request 7>`,
      'Ends in 10m, at 14:00 UTC on 21 November. Whoever needs it for longer asks again',
      'Ended at 14:00 UTC on 21 November, after 2h1s: its time is up',
    ],
  });
  expect(queue.jobs.map(({ key }) => key)).toEqual([thread]);
});

test('what comes late of an earlier part is not said, and the same again is not either', async () => {
  const { asks, granted, reminds, ends, said } = world();
  await granted();
  await ends();
  const before = await said();
  await reminds();
  await granted();
  await asks();
  await asks({ state: 'merged' });
  await ends();
  expect(await said()).toEqual(before);
});

test.each([
  ['expires', { state: 'closed', because: 'nobody approved it within 24h' }, 'closed: nobody approved it within 24h'],
  ['is merged past the gate', { state: 'merged' }, 'merged'],
] as const)('a request that %s is said to be over', async (_, more, end) => {
  const { asks, said } = world();
  await asks(more);
  expect(await said()).toBeUndefined(); // nobody heard of it
  await asks();
  await asks(more);
  expect((await said())?.text).toBe(`${question} · ${end}`);
});

test('a request whose file cannot be read is told as such', async () => {
  const { unreadable, said } = world();
  await unreadable();
  expect((await said())?.text).toBe(`*production*: somebody asks for access · ${page}${asked.title}> · waits\n• line 2: level: …`);
});

test('who ended it, that nobody approved it, and a file that a person has to take away', async () => {
  const { granted, ends, said } = world();
  await granted({ breakGlass: true, approvedBy: [], subject: { kind: 'group', name: 'team-payments' } });
  expect((await said())?.text).toContain('the group team-payments is admin of billing');
  expect((await said())?.text).toContain('*break-glass, approved by nobody* in');
  await ends({ because: 'revoked: done early', by: 'local:lead', goneAt: '2026-11-21T12:30:00Z' });
  expect((await said())?.text).toContain('held 30m · ended at 12:30 UTC on 21 November: revoked: done early (by local:lead)');
  await ends({ left: { because: 'a pipeline must succeed', url: 'https://x.example/8' } });
  expect((await said())?.text).toContain('; a person has to take <https://x.example/8|its file> away: a pipeline must succeed');
  expect((await said())?.log.at(-1)).toBe('A person has to take <https://x.example/8|its file> away: a pipeline must succeed');
});

test('an alarm is P1, once for its key', async () => {
  const { alarms, said, queue } = world();
  const id = `alarm ${repository} binding g1`;
  await alarms('the binding <!channel> was edited');
  await alarms('the binding <!channel> was edited');
  expect(await said(id)).toMatchObject({
    text: `:rotating_light: P1 *production*: the binding &lt;!channel&gt; was edited · ${page}https://gitlab.example.com/env/-/merge_requests/7>`,
    log: [],
  });
  await alarms('another', 'binding g2');
  expect(queue.jobs.map(({ key }) => key)).toEqual([id, `alarm ${repository} binding g2`]);
});

test('what people wrote cannot mention anybody, and is bounded', async () => {
  const { asks, ends, said } = world();
  const hostile = `<!channel> ${'x'.repeat(9000)}`;
  await asks({
    title: hostile,
    asks: { subject: { kind: 'user', name: '<@U1>' }, level, namespace: '<!here>', durationMs: 1000, reason: hostile },
    missing: Array.from({ length: 30 }, () => hostile),
    mayApprove: ['<!channel>'],
  });
  const { text = '' } = (await said()) ?? {};
  expect(text).not.toMatch(/<[!@]/);
  expect(text).toContain('• and 20 more');
  expect(text.length).toBeLessThan(10_000);
  await ends({ because: hostile, by: '<!here>', left: { because: hostile, url: 'https://x.example/<!channel>' } });
  expect(JSON.stringify(await said())).not.toMatch(/<[!@]/);
});
