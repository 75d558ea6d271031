import { SharedBook } from '../../../../src/serve/dashboard/operations/book.ts';
import { afterRequest, type HostState } from '../../../../src/serve/dashboard/operations/hosts.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 12, minute));
const ok = { status: 200, headers: {} };

test.each([
  [200, {}, undefined],
  [404, {}, undefined],
  [401, {}, undefined],
  [403, {}, undefined],
  [403, { 'x-ratelimit-remaining': '0' }, 'too many requests (403)'],
  [429, {}, 'too many requests (429)'],
  [503, {}, 'the server fails (503)'],
])('an answer %i with %o leaves the host with the problem %s', (status, headers: Record<string, string>, problem) => {
  expect(afterRequest(undefined, { status, headers }, at(0)).problem).toBe(problem);
});

test('a host fails since the first failure after the last success', () => {
  const replies = [ok, undefined, { status: 502, headers: {} }, undefined];
  let state: HostState | undefined;
  for (const [minute, reply] of replies.entries()) state = afterRequest(state, reply, at(minute));
  expect(state).toEqual({
    at: at(3).toISOString(),
    lastSuccess: at(0).toISOString(),
    failingSince: at(1).toISOString(),
    problem: 'nobody answers',
    limits: {},
  });
  expect(afterRequest(state, ok, at(4))).toEqual({ at: at(4).toISOString(), lastSuccess: at(4).toISOString(), limits: {} });
});

test('each resource has its limit, and those that were told of last are kept', () => {
  const reply = (resource: string) => ({ status: 200, headers: { 'x-ratelimit-remaining': '3', 'x-ratelimit-resource': resource } });
  const state = ['a', 'b', 'c', 'd', 'e', 'f', 'b'].reduce<HostState | undefined>(
    (known, name, minute) => afterRequest(known, reply(name), at(minute)),
    undefined,
  );
  expect(Object.keys(state?.limits ?? {}).sort()).toEqual(['b', 'c', 'd', 'e', 'f']);
});

test('replicas see what the others have noted, the newest of each name; a new one goes on where the last one ended', async () => {
  const store = new MemoryStore();
  const [one, other] = [1, 2].map(() => new SharedBook<HostState>(store, 'hosts', 3)) as [SharedBook<HostState>, SharedBook<HostState>];
  one.note('forge', () => afterRequest(undefined, ok, at(1)));
  one.note('registry', () => afterRequest(undefined, undefined, at(1)));
  await one.share();
  other.note('forge', () => afterRequest(undefined, undefined, at(2)));
  await other.share();
  expect((await one.read()).get('forge')?.problem).toBe('nobody answers');
  const third = new SharedBook<HostState>(store, 'hosts', 3);
  await third.share();
  third.note('registry', (known) => afterRequest(known, undefined, at(9)));
  expect((await third.read()).get('registry')?.failingSince).toBe(at(1).toISOString());
});

test('of many names those noted last are kept', async () => {
  const book = new SharedBook<{ readonly at: string }>(new MemoryStore(), 'hosts', 2);
  for (const minute of [3, 1, 2]) book.note(`host ${minute}`, () => ({ at: at(minute).toISOString() }));
  expect([...(await book.read()).keys()]).toEqual(['host 3', 'host 2']);
});
