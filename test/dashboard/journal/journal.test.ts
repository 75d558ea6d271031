import type { Readable } from 'node:stream';
import { text as read } from 'node:stream/consumers';
import { Value } from 'typebox/value';
import { journalReply } from '../../../src/dashboard/journal/json.ts';
import { journalRoom } from '../../../src/dashboard/journal/room.ts';
import type { Chain } from '../../../src/dashboard/journal/source.ts';
import type { Entry, NewEntry } from '../../../src/domain/journal.ts';
import { follow } from '../../../src/journal/chain.ts';
import { followJournal } from '../../../src/journal/follow.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { aViewer, siteOf, visit } from '../../support/site-visitor.ts';

const now = new Date('2026-11-20T12:00:00Z');

const entry = (more: Partial<NewEntry> = {}): NewEntry => ({
  kind: 'proposal',
  actor: 'lockkeeper',
  environment: 'staging',
  what: 'open a merge request: billing 1.4.2 → 1.5.0',
  why: 'newer releases are there',
  links: ['https://gitlab.example.com/-/merge_requests/12'],
  facts: { app: 'billing', commit: 'c0ffee' },
  ...more,
});

const whole: Chain = { verified: { upTo: 1_234, at: '2026-11-20T11:58:00Z', broken: 0, problems: [] } };

function world(entries: readonly NewEntry[], chain: Chain = whole, at = now) {
  const kept = follow(undefined, entries, at);
  const journal = memoryJournal(kept);
  const { newestFirst, oldestFirst } = followJournal(() => journal);
  const site = siteOf([
    journalRoom({ newestFirst, oldestFirst, chain: () => Promise.resolve(chain), environments: () => ['staging', 'production'] }),
  ]);
  return { kept, site };
}

const many = (count: number, more: (index: number) => Partial<NewEntry> = () => ({})): NewEntry[] =>
  Array.from({ length: count }, (_, index) => entry({ what: `step ${index + 1}.`, ...more(index + 1) }));

const numbersOn = (body: string): number[] => [...body.matchAll(/<li id="(\d+)"/g)].map(([, number]) => Number(number));
const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, index) => from - index);

test('an entry says all of itself, and its number leads to it', async () => {
  const { kept, site } = world([entry({ actor: 'gitlab:ada', kind: 'merge' })]);
  const { body, status } = await visit(site, '/journal');
  expect(status).toBe(200);
  for (const part of [
    '<li id="1" class="entry">',
    'href="/journal?before=2#1"',
    '</span> merge</span>',
    'gitlab:ada',
    'href="/environment/staging"',
    'open a merge request: billing 1.4.2 → 1.5.0',
    'newer releases are there',
    '<a href="https://gitlab.example.com/-/merge_requests/12" rel="noreferrer">gitlab.example.com/-/merge_requests/12</a>',
    '<dt>commit</dt><dd>c0ffee</dd>',
    kept[0]?.hash.slice(0, 12) ?? '-',
    '<time datetime="2026-11-20T12:00:00.000Z"',
  ])
    expect(body).toContain(part);
});

test('fifty on a page, and the next page begins where this one ends though entries are added', async () => {
  const { kept, site } = world(many(120));
  const first = await visit(site, '/journal');
  expect(numbersOn(first.body)).toEqual(down(120, 71));
  const [, next = ''] = /href="(\/journal\?before=\d+)">Older/.exec(first.body) ?? [];
  kept.push(...follow(kept.at(-1), many(7), now));
  const second = await visit(site, next);
  expect(numbersOn(second.body)).toEqual(down(70, 21));
  expect(second.body).toContain('To the newest');
  expect(numbersOn((await visit(site, '/journal')).body)[0]).toBe(127);
});

test.each<[string, string, number[]]>([
  ['words of it, in whatever case', 'text=STEP+3.', [3]],
  ['words in different places', 'text=step+2.+c0ffee', [2]],
  ['a kind', 'kind=alarm', [4]],
  ['an environment', 'environment=production', [4, 2]],
  ['an app', 'app=search', [3]],
  ['a part of who', 'actor=ADA', [2]],
  ['several at once', 'environment=production&kind=alarm', [4]],
  ['from a day', 'from=2026-11-20', [4, 3, 2, 1]],
  ['from a later day', 'from=2026-11-21', []],
  ['to a day, itself included', 'to=2026-11-20', [4, 3, 2, 1]],
  ['to a time', 'to=2026-11-20T11:59:59Z', []],
  ['nothing that is there', 'text=nowhere', []],
])('search: %s', async (_, query, expected) => {
  const { site } = world([
    ...many(1),
    entry({ what: 'step 2.', actor: 'gitlab:ada', environment: 'production' }),
    entry({ what: 'step 3.', facts: { app: 'search' } }),
    entry({ what: 'step 4.', kind: 'alarm', environment: 'production' }),
  ]);
  expect(numbersOn((await visit(site, `/journal?${query}`)).body)).toEqual(expected);
  const reply = JSON.parse((await visit(site, `/api/v1/journal?${query}`)).body) as { entries: Entry[] };
  expect(reply.entries.map(({ number }) => number)).toEqual(expected);
});

test.each([
  ['from=yesterday', 'from'],
  ['to=2026-11-41', 'to'],
  ['kind=party', 'kind'],
])('what cannot be meant is said at its field, and nothing is looked for: %s', async (query, field) => {
  const { site } = world(many(2));
  const { body } = await visit(site, `/journal?${query}`);
  expect(body).toContain(`aria-describedby="wrong-${field}"`);
  expect(numbersOn(body)).toEqual([]);
  const reply = JSON.parse((await visit(site, `/api/v1/journal?${query}`)).body) as { problems: object };
  expect(Object.keys(reply.problems)).toEqual([field]);
});

test('what was typed is kept, escaped', async () => {
  const { site } = world(many(2));
  const { body } = await visit(site, `/journal?text=${encodeURIComponent('"><script>alert(1)</script>')}`);
  expect(body).not.toContain('<script>alert');
  expect(body).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
});

test('hostile entries are text', async () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
  const { site } = world([
    entry({
      what: hostile,
      why: hostile,
      actor: hostile,
      environment: hostile,
      links: ['javascript:alert(1)', 'data:text/html,x', `https://example.com/${hostile}`],
      facts: { [hostile]: hostile },
    }),
  ]);
  const { body } = await visit(site, '/journal');
  expect(body).not.toMatch(/<script(?! type="module" src="\/script.js">)|<img|href="(?:javascript|data):/i);
  expect(body).toContain(`/environment/${encodeURIComponent(hostile)}`);
});

test('entries of an environment that is not seen are nowhere: not on a page, not by searching, not in JSON, not in a download', async () => {
  const secret = (index: number): Partial<NewEntry> =>
    index % 2 === 0 ? { environment: 'vault', what: `hidden ${index}`, facts: { app: 'hush' } } : {};
  const { environment: _, ...general } = entry({ what: 'hidden app.yml', kind: 'configuration' });
  const { site } = world([...many(130, secret), general]);
  const viewer = aViewer({ sees: (environment) => environment === 'staging' });
  const odd = (numbers: number[]): number[] => numbers.filter((number) => number % 2 === 1);
  const first = await visit(site, '/journal', { viewer });
  expect(numbersOn(first.body)).toEqual(odd(down(129, 31)));
  for (const address of [
    '/journal',
    '/journal?text=hidden',
    '/journal?environment=vault',
    '/journal?app=hush',
    '/api/v1/journal',
    '/api/v1/journal?text=hidden',
  ])
    expect((await visit(site, address, { viewer })).body).not.toMatch(/hidden \d|<dd>hush|:"hush|hidden app/);
  expect(first.body).not.toMatch(/1,234|production/);
  const answer = await site({ method: 'GET', path: '/journal.jsonl', query: new URLSearchParams(), form: new URLSearchParams(), viewer });
  const lines = (await read(answer.body as Readable))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  expect(lines.map(({ number }) => number)).toEqual(odd(down(129, 1)).toReversed());
});

test('a search looks at so many and offers to look further', async () => {
  const kept = follow(undefined, [entry({ what: 'needle' })], now);
  const hay: Entry[] = Array.from({ length: 20_050 }, (_, index) => ({ ...(kept[0] as Entry), number: index + 2, what: 'hay' }));
  const { newestFirst, oldestFirst } = followJournal(() => memoryJournal([...kept, ...hay]));
  const site = siteOf([journalRoom({ newestFirst, oldestFirst, chain: () => Promise.resolve(whole), environments: () => [] })]);
  const first = await visit(site, '/journal?text=needle');
  expect(numbersOn(first.body)).toEqual([]);
  expect(first.body).toContain('None among those looked at.');
  const [, next = ''] = /href="(\/journal\?text=needle&amp;before=\d+)">Look further/.exec(first.body) ?? [];
  expect(numbersOn((await visit(site, next.replace('&amp;', '&'))).body)).toEqual([1]);
});

test('the download has the entries that are wanted as they are kept, oldest first, and none that cannot be read', async () => {
  const { kept, site } = world([...many(3), entry({ kind: 'alarm' }), ...many(1)]);
  kept[1] = { ...(kept[1] as Entry), hash: '' };
  const answer = await site({
    method: 'GET',
    path: '/journal.jsonl',
    query: new URLSearchParams('kind=proposal'),
    form: new URLSearchParams(),
    viewer: aViewer(),
  });
  expect(answer.type).toContain('ndjson');
  const lines = (await read(answer.body as Readable))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  expect(lines).toEqual([kept[0], kept[2], kept[4]]);
});

const broken: Chain = {
  verified: { upTo: 9, at: '2026-11-20T11:58:00Z', broken: 21, problems: [{ number: 7, problem: 'changed after <i>it</i> was written' }] },
};

test.each<[string, Chain, string[]]>([
  ['while it is verified for the first time', {}, ['being verified for the first time']],
  ['empty when it was looked at', { verified: { upTo: 0, at: '2026-11-20T11:58:00Z', broken: 0, problems: [] } }, ['It was empty']],
  ['unbroken', whole, ['Unbroken up to entry 1,234', 'kept nowhere else']],
  [
    'unbroken and anchored',
    { ...whole, anchored: { places: ['gitlab:platform/audit', 'Slack #audit'], upTo: { number: 1_200, at: '2026-11-20T11:30:00Z' } } },
    ['Anchored in gitlab:platform/audit and Slack #audit up to entry 1,200', '30 minutes ago'],
  ],
  ['not anchored yet', { ...whole, anchored: { places: ['Slack #audit'] } }, ['not yet kept in Slack #audit']],
  [
    'anchors that cannot be asked for',
    { verified: { upTo: 2, at: '2026-11-20T11:58:00Z', broken: 0, problems: [], unread: 'gitlab <b>is</b> away' } },
    ['could not be compared: gitlab &lt;b&gt;is'],
  ],
  ['broken', broken, ['role="alert"', 'The journal is broken', 'Entry 7 changed after &lt;i&gt;it', 'and 20 more', 'journal verify']],
])('the chain: %s', async (_, chain, expected) => {
  const { site } = world(many(2), chain);
  const { body } = await visit(site, '/journal');
  for (const part of expected) expect(body).toContain(part);
});

test('who does not see everything is told that it is broken, and not where', async () => {
  const { site } = world(many(2), broken);
  const viewer = aViewer({ sees: (environment) => environment === 'staging' });
  const { body } = await visit(site, '/journal', { viewer });
  expect(body).toContain('The journal is broken');
  expect(body).not.toContain('Entry 7');
  const reply = JSON.parse((await visit(site, '/api/v1/journal', { viewer })).body) as { chain: object };
  expect(reply.chain).toEqual({ ok: false, at: '2026-11-20T11:58:00Z' });
});

test('an entry that cannot be read any more is shown as such, to those who see everything', async () => {
  const { kept, site } = world(many(2));
  kept[1] = {
    ...entry(),
    number: 2,
    at: '1970-01-01T00:00:00.000Z',
    previous: '',
    hash: '',
    what: 'unreadable: changed in the store',
    kind: 'configuration',
  };
  delete (kept[1] as { environment?: string }).environment;
  expect((await visit(site, '/journal')).body).toContain('at no known time');
  const viewer = aViewer({ sees: (environment) => environment === 'staging' });
  expect(numbersOn((await visit(site, '/journal', { viewer })).body)).toEqual([1]);
});

test('an empty journal says what writes the first entry', async () => {
  expect((await visit(world([]).site, '/journal')).body).toContain('The first scan that proposes something');
});

test.each(['', '?kind=alarm', '?from=x', '?before=2'])('the JSON is what its schema says: %s', async (query) => {
  const { site } = world(many(60), { ...whole, anchored: { places: ['Slack #audit'], upTo: { number: 1, at: '2026-11-20T11:30:00Z' } } });
  const reply: unknown = JSON.parse((await visit(site, `/api/v1/journal${query}`)).body);
  expect([...Value.Errors(journalReply, reply)]).toEqual([]);
});
