import { generateKeyPairSync } from 'node:crypto';
import { OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import type { Annotation, NewStatus } from '../../../../src/domain/forge.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/github-server/connected.ts';
import { ada, bot } from '../../../support/github-server/options.ts';
import type { Review } from '../../../support/github-server/world.ts';

const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const app = { id: 81, publicKey: key.publicKey, installedBy: ['platform'] };
const credentials = { appId: 81, privateKey: key.privateKey };

const status = (more: Partial<NewStatus> = {}): NewStatus => ({ name: 'lockkeeper/validate', state: 'failure', description: 'x', ...more });
const annotations = (count: number): Annotation[] =>
  Array.from({ length: count }, (_, at) => ({ file: 'a.yaml', line: at + 1, severity: 'error', message: `problem ${at}` }));

let at: Connected;
afterEach(() => at.close());

async function begin(asApp: boolean) {
  at = asApp ? await connect({ app }, credentials) : await connect();
  const target = { branch, request: 1, commit: (await at.forge.state(path)).commit };
  await at.forge.statuses(path, target.commit);
  at.asked();
  return target;
}

const runs = () => at.server.repository(path).checkRuns;

describe('with a token: commit statuses', () => {
  test('one request while the same stands there, two for another', async () => {
    const target = await begin(false);
    await at.forge.setStatus(path, target, status());
    expect(at.asked()).toEqual([`GET /repos/${path}/commits/${target.commit}/status`, `POST /repos/${path}/statuses/${target.commit}`]);
    await at.forge.setStatus(path, target, status({ annotations: annotations(3) }));
    expect(at.asked()).toEqual([`GET /repos/${path}/commits/${target.commit}/status`]);
    expect(at.server.repository(path).statuses).toHaveLength(1);
    expect(runs()).toEqual([]);
  });

  test('one whose outcome is not known is not written twice', async () => {
    const target = await begin(false);
    at.server.fail('POST', /\/statuses\//, { status: 502, after: true });
    await at.forge.setStatus(path, target, status());
    expect(at.server.repository(path).statuses).toHaveLength(1);
  });

  test('a page that is none, and one too many on a commit, are refused as GitHub says', async () => {
    const target = await begin(false);
    const refused = await at.forge.setStatus(path, target, status({ url: 'ftp://x' })).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedError);
    expect(String(refused)).toContain('target_url must use http(s) scheme');
    for (let count = 0; count < 1_000; count += 1)
      at.server.repository(path).statuses.push({
        id: count,
        sha: target.commit,
        state: 'pending',
        context: 'lockkeeper/validate',
        description: '',
        targetUrl: null,
        creator: { ...bot, id: 1, type: 'User', permissions: {}, hooks: false, organisations: [] },
        createdAt: new Date(),
      });
    await expect(at.forge.setStatus(path, target, status())).rejects.toThrow('reached the maximum number of statuses');
  });
});

describe('as an App: check runs', () => {
  test('one run from waiting to its verdict, and one request while the same stands there', async () => {
    const target = await begin(true);
    for (const state of ['pending', 'running', 'success', 'success'] as const) await at.forge.setStatus(path, target, status({ state }));
    const list = `GET /repos/${path}/commits/${target.commit}/check-runs`;
    const update = `PATCH /repos/${path}/check-runs/${runs()[0]?.id}`;
    expect(at.asked()).toEqual([list, `POST /repos/${path}/check-runs`, list, update, list, update, list]);
    expect(runs()).toMatchObject([{ status: 'completed', conclusion: 'success', title: 'x' }]);
    expect(at.server.repository(path).statuses).toEqual([]);
  });

  test('all annotations, 50 with each request, the verdict with the last ones', async () => {
    const target = await begin(true);
    await at.forge.setStatus(path, target, status({ annotations: annotations(120) }));
    expect(at.asked()).toHaveLength(4);
    expect(runs()).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
    expect(runs()[0]?.annotations.map(({ message }) => message)).toEqual(annotations(120).map(({ message }) => message));
    expect(runs()[0]?.annotations[0]).toEqual({
      path: 'a.yaml',
      start_line: 1,
      end_line: 1,
      annotation_level: 'failure',
      message: 'problem 0',
    });
  });

  test('more than 500 are counted, not shown', async () => {
    const target = await begin(true);
    await at.forge.setStatus(path, target, status({ annotations: annotations(507) }));
    expect(runs()[0]?.annotations).toHaveLength(500);
    expect(runs()[0]?.summary).toContain('7 more are not shown');
  });

  test.each([
    ['unanswered', { status: 502, after: true, times: 1 }],
    ['turned away', { status: 502, times: 1 }],
  ])('a request in the middle that is %s: every annotation once', async (_, how) => {
    const target = await begin(true);
    at.server.fail('PATCH', /check-runs/, how);
    await at.forge.setStatus(path, target, status({ annotations: annotations(120) }));
    expect(runs()).toMatchObject([{ status: 'completed' }]);
    expect(runs()[0]?.annotations).toHaveLength(120);
  });

  test('who dies in the middle goes on there', async () => {
    const target = await begin(true);
    const given = status({ annotations: annotations(120) });
    at.server.fail('PATCH', /check-runs/, { status: 404 });
    await expect(at.forge.setStatus(path, target, given)).rejects.toBeInstanceOf(RefusedError);
    expect(runs()).toMatchObject([{ status: 'in_progress', conclusion: null }]);
    await at.again().setStatus(path, target, given);
    expect(runs()).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
    expect(runs()[0]?.annotations).toHaveLength(120);
  });

  test('another verdict gets a run of its own: annotations cannot be taken back', async () => {
    const target = await begin(true);
    await at.forge.setStatus(path, target, status({ annotations: annotations(1) }));
    await at.forge.setStatus(path, target, status({ state: 'success', description: 'fine' }));
    expect(runs().map(({ conclusion, annotations: of }) => [conclusion, of.length])).toEqual([
      ['failure', 1],
      ['success', 0],
    ]);
    expect(await at.forge.statuses(path, target.commit)).toMatchObject([{ state: 'success', description: 'fine' }]);
  });

  test('no verdict is no success, and is told apart from a failure', async () => {
    const target = await begin(true);
    await at.forge.setStatus(path, target, status({ state: 'error' }));
    expect(await at.forge.statuses(path, target.commit)).toMatchObject([{ state: 'error' }]);
  });

  test.each([
    ['queued', null, 'pending'],
    ['in_progress', null, 'running'],
    ['completed', 'success', 'success'],
    ['completed', 'neutral', 'success'],
    ['completed', 'skipped', 'success'],
    ['completed', 'failure', 'failure'],
    ['completed', 'cancelled', 'error'],
    ['completed', 'timed_out', 'error'],
    ['completed', 'action_required', 'error'],
  ])('of others: %s %s is %s', async (now, conclusion, state) => {
    const target = await begin(true);
    await at.forge.setStatus(path, target, status());
    Object.assign(runs()[0] ?? {}, { status: now, conclusion });
    expect(await at.forge.statuses(path, target.commit)).toMatchObject([{ state }]);
  });
});

describe('reviews', () => {
  async function proposed() {
    at = await connect();
    const commit = await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
    return { commit, id: (await at.forge.open(path, wanted)).id };
  }

  test('every one in its order, of all pages, each for its own head; one not handed in is none', async () => {
    const { id, commit } = await proposed();
    at.server.review(path, id, 'CHANGES_REQUESTED');
    at.server.review(path, id, 'DISMISSED');
    at.server.review(path, id, 'PENDING');
    for (let count = 0; count < 120; count += 1) at.server.review(path, id, 'COMMENTED');
    const pushed = await at.server.push(path, branch, { 'b.yaml': 'v: 3\n' }, 'more');
    at.server.review(path, id, 'APPROVED');
    const found = await at.forge.reviews(path, id);
    expect(found.commit).toBe(pushed);
    expect(found.reviews).toHaveLength(123);
    expect([found.reviews[0], found.reviews[1], found.reviews.at(-1)]).toMatchObject([
      { user: { id: '2', name: 'ada', bot: false }, state: 'changes-requested', commit },
      { state: 'dismissed', commit },
      { state: 'approved', commit: pushed },
    ]);
  });

  test('a head pushed away and back again is newer than its review', async () => {
    const { id, commit } = await proposed();
    at.server.review(path, id, 'APPROVED');
    at.server.pull(path, id).reviews[0] = { ...at.server.pull(path, id).reviews[0], at: new Date('2026-01-01T00:00:00Z') } as Review;
    await at.server.push(path, branch, { 'b.yaml': 'v: 3\n' }, 'away');
    const headers = { authorization: `Bearer ${ada.token}`, 'x-github-api-version': '2022-11-28' };
    const back = { method: 'PATCH', headers, body: JSON.stringify({ sha: commit, force: true }) };
    expect((await fetch(`${at.server.url}/api/v3/repos/${path}/git/refs/heads/${branch}`, back)).status).toBe(200);
    const found = await at.forge.reviews(path, id);
    expect([found.commit, found.reviews[0]?.commit]).toEqual([commit, commit]);
    expect((found.since ?? '') > (found.reviews[0]?.submittedAt ?? '9')).toBe(true);
  });

  test('a GitHub that does not tell pushes, or not yet, says nothing of since when', async () => {
    const { id } = await proposed();
    at.server.fail('GET', /\/activity/, { status: 404 });
    expect((await at.forge.reviews(path, id)).since).toBeUndefined();
    at.server.repository(path).activities.length = 0;
    expect((await at.forge.reviews(path, id)).since).toBeUndefined();
  });

  test('a page that fails fails all of it', async () => {
    const { id } = await proposed();
    for (let count = 0; count < 120; count += 1) at.server.review(path, id, 'APPROVED');
    at.server.fail('GET', /reviews\?.*page=2/, { status: 500, times: 9 });
    await expect(at.forge.reviews(path, id)).rejects.toBeInstanceOf(OutsideError);
  });

  test('an App is no person', async () => {
    at = await connect({ app }, credentials);
    await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
    const { id } = await at.forge.open(path, wanted);
    expect((await at.forge.reviews(path, id)).author).toEqual({ id: '900', name: 'lockkeeper-app[bot]', bot: true });
  });
});
