import { createSlack } from '../../src/adapters/slack.ts';
import type { Locks } from '../../src/domain/locks.ts';
import { type NewJob, RetryAt } from '../../src/domain/queue.ts';
import { deliver } from '../../src/notifications/deliver.ts';
import { announceProposals, type ProposalNews } from '../../src/notifications/proposals.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { startSlack } from '../support/slack-server.ts';

const token = 'xoxb-0123456789-secret';
let slack: Awaited<ReturnType<typeof startSlack>>;
beforeEach(async () => {
  slack = await startSlack(token, ['general', 'random', 'deployments', 'prod-deployments']);
});
afterEach(() => slack.close());

const locks: Locks = { hold: (_name, _patience, work) => work(new AbortController().signal) };

/** Told apart by their pages where nothing else is said. */
type News = Omit<ProposalNews, 'request'> & Partial<Pick<ProposalNews, 'request'>>;

function world(given: string = token) {
  const store = new MemoryStore();
  const jobs: NewJob[] = [];
  const waits: number[] = [];
  const ports = {
    chat: createSlack({ token: given, url: slack.url, redact: (text) => text.replaceAll(given, '[redacted]') }),
    store,
    locks,
    channelOf: (environment: string) => (environment === 'production' ? '#prod-deployments' : '#deployments'),
    wait: async (ms: number) => void waits.push(ms),
  };
  const add = async (added: readonly NewJob[]) => {
    jobs.push(...added);
    return 'added' as const;
  };
  const queue = { add };
  return {
    store,
    ports,
    jobs,
    waits,
    scan: (...proposals: News[]) =>
      announceProposals(
        { store, queue, locks },
        proposals.map((one) => ({ request: one.url, ...one })),
        'trace-1',
      ),
    /** Works all jobs off, once each; what fails is given back. */
    work: async (): Promise<unknown[]> => {
      const problems: unknown[] = [];
      for (const { data } of jobs.splice(0))
        if (data.kind === 'notify')
          await deliver(ports, data.thread, new AbortController().signal).catch((error: unknown) => problems.push(error));
      return problems;
    },
  };
}

const proposal: News = {
  environment: 'staging',
  title: 'billing 1.4.2 → 1.5.0',
  state: 'open',
  shows: 1,
  url: 'https://gitlab.example.com/env/-/merge_requests/1',
};

const shown = (channel: string) => slack.messages(channel).map(({ text, thread }) => (thread === undefined ? text : `  ${text}`));
const link = '<https://gitlab.example.com/env/-/merge_requests/1|';

test('one thread per merge request, edited in place, with what happened below; in the channel of its environment', async () => {
  const { scan, work } = world();
  await scan(proposal, { ...proposal, environment: 'production', url: 'https://gitlab.example.com/prod/-/merge_requests/7' });
  expect(await work()).toEqual([]);
  expect(shown('deployments')).toEqual([`*staging*: ${link}billing 1.4.2 → 1.5.0> waits for review`]);
  expect(shown('prod-deployments')).toHaveLength(1);
  await scan({ ...proposal, title: 'billing 1.4.2 → 1.6.0' });
  await work();
  await scan({ ...proposal, state: 'closed', title: 'billing 1.4.2 → 1.6.0', reason: 'billing 1.6.0 was withdrawn' });
  await work();
  expect(shown('deployments')).toEqual([
    `*staging*: ${link}billing 1.4.2 → 1.6.0> closed: billing 1.6.0 was withdrawn`,
    '  Now billing 1.4.2 → 1.6.0',
    '  Closed: billing 1.6.0 was withdrawn',
  ]);
});

test('pages that have moved: each message has the new link, and nobody is told anything new', async () => {
  const { scan, work } = world();
  const request = 'local:env!1';
  await scan({ ...proposal, request });
  await scan({ ...proposal, request, title: 'billing 1.4.2 → 1.6.0' });
  await work();
  await scan({ ...proposal, request, title: 'billing 1.4.2 → 1.6.0', url: 'https://new.example.com/env/1' });
  expect(await work()).toEqual([]);
  expect(shown('deployments')).toEqual([
    '*staging*: <https://new.example.com/env/1|billing 1.4.2 → 1.6.0> waits for review',
    '  Now billing 1.4.2 → 1.6.0',
  ]);
});

test('a stop between two messages: the next try goes on there', async () => {
  const { scan, work, ports } = world();
  await scan(proposal);
  await scan({ ...proposal, title: 'billing 1.4.2 → 1.6.0' });
  await expect(deliver(ports, `merge-request ${proposal.url}`, AbortSignal.abort(new Error('Lockkeeper stops')))).rejects.toThrow('stops');
  expect(shown('deployments')).toHaveLength(1);
  await work();
  expect(shown('deployments')).toHaveLength(2);
});

test.each(['internal_error', 'fatal_error', 'service_unavailable'])('%s is trouble of Slack, which passes', async (error) => {
  const { scan, work } = world();
  await scan(proposal);
  slack.fail({ method: 'chat.postMessage', error });
  expect(await work()).toMatchObject([{ name: 'OutsideError' }]);
});

test.each([
  ['chat.postMessage', { error: 'is_archived' }],
  ['chat.postMessage', { status: 404 }],
])('%s answered with %j is for a person to put right', async (method, answer) => {
  const { scan, work } = world();
  await scan(proposal);
  slack.fail({ method, ...answer });
  expect(await work()).toMatchObject([{ name: 'RefusedError' }]);
});

test('nothing is said twice: a scan that keeps, the same scan again, a job again', async () => {
  const { scan, work, jobs } = world();
  await scan(proposal);
  const again = [...jobs];
  await work();
  jobs.push(...again);
  await scan(proposal);
  await work();
  expect(jobs).toEqual([]);
  expect(shown('deployments')).toHaveLength(1);
});

test('what a scan did and had no time to say, the next one says; what an older one saw is no news any more', async () => {
  const { scan, work } = world();
  const next = { ...proposal, title: 'billing 1.4.2 → 1.6.0', shows: 3 };
  await scan(proposal);
  await scan(next);
  await scan({ ...proposal, shows: 2 });
  await scan({ ...next, shows: 2 });
  await work();
  expect(shown('deployments')).toEqual([`*staging*: ${link}billing 1.4.2 → 1.6.0> waits for review`, '  Now billing 1.4.2 → 1.6.0']);
});

test('what was seen before a person merged is no news after it, whatever else was written meanwhile', async () => {
  const { scan, work } = world();
  const [before, after] = ['2026-11-21T12:00:00.000Z', '2026-11-21T12:00:00.100Z'];
  await scan(proposal);
  await scan({ ...proposal, state: 'merged', updatedAt: after });
  await scan({ ...proposal, shows: 2, updatedAt: before });
  await work();
  expect(shown('deployments')).toEqual([`*staging*: ${link}billing 1.4.2 → 1.5.0> merged`, '  Merged']);
});

test.each<[Pick<ProposalNews, 'state' | 'by'>, string, string]>([
  [{ state: 'merged' }, 'merged', 'Merged'],
  [{ state: 'merged', by: 'ada' }, 'merged by ada', 'Merged by ada'],
  [{ state: 'closed', by: '<!here>' }, 'closed by &lt;!here&gt;', 'Closed by &lt;!here&gt;'],
])('a merge request that a person has ended (%j) says so, and one that nobody had heard of says nothing', async (end, text, event) => {
  const { scan, work } = world();
  await scan(proposal, { ...proposal, ...end, url: 'https://gitlab.example.com/env/-/merge_requests/2' });
  await scan({ ...proposal, ...end, shows: 2 });
  await scan({ ...proposal, ...end, shows: 3 });
  expect(await work()).toEqual([]);
  expect(shown('deployments')).toEqual([`*staging*: ${link}billing 1.4.2 → 1.5.0> ${text}`, `  ${event}`]);
});

test('at most one message a second in a channel', async () => {
  const { scan, work, waits } = world();
  await scan(...[1, 2, 3].map((id) => ({ ...proposal, url: `https://gitlab.example.com/env/-/merge_requests/${id}` })));
  await work();
  expect(waits).toEqual([1000, 1000, 1000]);
});

test.each([
  ['before it took effect', false],
  ['after it took effect, with no word', true],
])('Slack breaks %s: the next try ends with each message once', async (_, after) => {
  const { scan, work } = world();
  await scan(proposal);
  slack.fail({ method: 'chat.postMessage', reset: true, after });
  expect(await work()).toEqual([
    expect.objectContaining({ name: 'OutsideError', message: expect.stringContaining('posting in #deployments') }),
  ]);
  await scan({ ...proposal, title: 'billing 1.4.2 → 1.6.0' });
  slack.fail({ method: 'chat.postMessage', status: 503, after });
  await work();
  await scan({ ...proposal, title: 'billing 1.4.2 → 1.6.0' });
  expect(await work()).toEqual([]);
  expect(shown('deployments').toSorted()).toEqual([
    '  Now billing 1.4.2 → 1.6.0',
    `*staging*: ${link}billing 1.4.2 → 1.6.0> waits for review`,
  ]);
});

test('where the channels may not be listed, messages are sent all the same', async () => {
  const { scan, work } = world();
  slack.fail({ method: 'conversations.list', error: 'missing_scope' });
  await scan(proposal);
  expect(await work()).toEqual([]);
  expect(shown('deployments')).toHaveLength(1);
});

test('a rate limit is told with its time, and nothing else is asked meanwhile', async () => {
  const { scan, work } = world();
  await scan(proposal);
  slack.fail({ method: 'chat.postMessage', status: 429, retryAfter: 30 });
  const [problem] = await work();
  expect(problem).toBeInstanceOf(RetryAt);
  expect((problem as RetryAt).at.getTime()).toBeGreaterThan(Date.now() + 25_000);
  expect(slack.calls.map(({ method }) => method)).toEqual([
    'conversations.list',
    'conversations.list',
    'conversations.history',
    'chat.postMessage',
  ]);
});

test('what a person has to change is said, without the token', async () => {
  const { scan, work } = world('xoxb-wrong-token-000');
  await scan(proposal);
  const [problem] = await work();
  expect(String(problem)).toMatch(/Slack says invalid_auth; the token is not valid: notifications\.slack\.token in app\.yml/);
  expect(String(problem)).not.toContain('xoxb');
});

test('a title cannot call anybody or be another link', async () => {
  const { scan, work } = world();
  await scan({ ...proposal, title: '<!here> <https://evil.example|ok> & @channel' });
  await work();
  expect(shown('deployments')[0]).toBe(`*staging*: ${link}&lt;!here&gt; &lt;https://evil.example|ok&gt; &amp; @channel> waits for review`);
});
