import { createGitLab } from '../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../src/adapters/http/client.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { gitlabAsks } from '../../src/http/webhooks/gitlab-events.ts';
import { jobsOf } from '../../src/http/webhooks/sender.ts';
import { createServed } from '../../src/http/webhooks/served.ts';
import { createJudging, type Judging } from '../../src/serve/judging.ts';
import { gitlabFixture } from '../support/gitlab-server/fixture.ts';
import { type GitLabServer, startGitLab } from '../support/gitlab-server/gitlab-server.ts';
import { ada, bot, eve } from '../support/gitlab-server/options.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { describeWith } from '../support/parts.ts';
import { path, validationWorld } from '../support/validation-world.ts';

const config = (name: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${data}\n`;
const served = createServed({ environments: [{ repository: { forge: 'gitlab', path } }], sources: [] });

describeWith('control-plane', 'a pipeline that GitLab starts after the verdict', () => {
  let judging: Judging;
  let server: GitLabServer;
  let world: ReturnType<typeof validationWorld>;
  let id = 0;
  let head = '';
  beforeAll(() => {
    judging = createJudging({ env: process.env, debug: () => {}, warn: () => {} });
  });
  afterAll(() => judging.close());
  beforeEach(async () => {
    server = await startGitLab({ users: [bot, ada, eve] });
    const http = createHttpClient({ wait: () => Promise.resolve() });
    const forge = createGitLab({ name: 'gitlab', url: server.url, token: server.token, http, store: new MemoryStore() });
    const fixture = gitlabFixture(server, forge, async () => {
      await http.close();
      await server.close();
    });
    await fixture.createRepository(path, { 'environment.yml': 'manifests: [manifests/]\n', 'manifests/a.yaml': config('a', 'data: {}') });
    world = validationWorld(fixture, judging);
    head = await fixture.pushAsPerson(path, 'feature', { 'manifests/b.yaml': config('b', 'data: { key: 1 }') }, 'b');
    id = await fixture.openAsPerson(path, 'feature', 'Add b');
  });
  afterEach(() => world.dispose());

  /** Delivers every change of a pipeline, and what comes of it, until nothing more comes. Gives how often a status was written. */
  async function delivered(): Promise<number> {
    server.requests.splice(0);
    for (let left = 20; ; left -= 1) {
      const events = server.pipelineEvents();
      if (events.length === 0) break;
      if (left === 0) throw new Error(`it does not end: ${JSON.stringify(events)}`);
      for (const event of events) {
        const asked = gitlabAsks('gitlab', event as never, served);
        await world.queue.add(typeof asked === 'string' ? [] : jobsOf(asked, 't'));
      }
      await world.work();
    }
    return server.requests.filter(({ method, path: asked }) => method === 'POST' && asked.includes('/statuses/')).length;
  }
  const statesAt = async (commit: string): Promise<readonly string[]> =>
    (await world.forge.statuses(path, commit)).flatMap(({ name, state }) => (name === 'lockkeeper/validate' ? [state] : []));

  test('our own statuses set off nothing that does not end', async () => {
    await world.validate(id);
    expect(await delivered()).toBe(0);
    expect([await statesAt(head), world.outcomes]).toEqual([['failure'], ['rejected']]);
  });

  test.each(['web', 'schedule', 'api', 'push'] as const)('has the verdict: %s', async (source) => {
    await world.validate(id);
    await delivered();
    server.runPipeline(path, head, 'feature', 'build', { source, status: 'pending' });
    expect(await server.shownPipeline(path, id)).toEqual(['build']);
    expect(await delivered()).toBe(1);
    expect(await server.shownPipeline(path, id)).toEqual(['build', 'lockkeeper/validate']);
    expect(await delivered()).toBe(0);
    expect(world.outcomes).toEqual(['rejected']);
  });

  test("has it, whether it is the merge request's own, of merged results or of its branch, one after the other", async () => {
    await world.validate(id);
    server.runPipeline(path, head, `refs/merge-requests/${id}/head`, 'build', { status: 'running' });
    expect([await delivered(), await server.shownPipeline(path, id)]).toEqual([1, ['build', 'lockkeeper/validate']]);
    server.runPipeline(path, await server.mergedResult(path, id), `refs/merge-requests/${id}/merge`, 'build', { status: 'running' });
    expect([await delivered(), await server.shownPipeline(path, id)]).toEqual([1, ['build', 'lockkeeper/validate']]);
    server.runPipeline(path, head, 'feature', 'nightly', { source: 'schedule', status: 'running' });
    expect([await delivered(), await server.shownPipeline(path, id)]).toEqual([0, ['build', 'lockkeeper/validate']]);
    expect(world.outcomes).toEqual(['rejected']);
  });

  test('that nobody told of before it was over, has it all the same', async () => {
    await world.validate(id);
    await delivered();
    server.runPipeline(path, head, 'feature', 'build', { source: 'web', status: 'success' });
    expect([await delivered(), await server.shownPipeline(path, id)]).toEqual([1, ['build', 'lockkeeper/validate']]);
  });

  test('of a head that nobody has judged, has it judged', async () => {
    server.runPipeline(path, head, 'feature', 'build', { status: 'running' });
    expect(await delivered()).toBe(2);
    expect([world.outcomes, await server.shownPipeline(path, id)]).toEqual([['rejected'], ['build', 'lockkeeper/validate']]);
  });

  test.each<[string, Partial<Judging>, Readonly<Record<string, string>>, string]>([
    ['the server is missing', { lease: () => Promise.reject(new OutsideError('the server', 'none is there')) }, {}, 'failed'],
    ['a bundle cannot be had', {}, { 'environment.yml': 'manifests: ["https://nexus.example.com/r/a-1.0.0.tar.gz"]\n' }, 'unknown'],
  ])('where there is no verdict, says so, and nothing is judged again for it: %s', async (_, other, files, outcome) => {
    const blind = validationWorld(world, { ...judging, ...other });
    world = blind;
    if (Object.keys(files).length > 0) head = await world.pushAsPerson(path, 'feature', files, 'x');
    await world.validate(id).catch(() => undefined);
    await delivered();
    server.runPipeline(path, head, 'feature', 'build', { source: 'web', status: 'running' });
    expect([await delivered(), await server.shownPipeline(path, id)]).toEqual([1, ['build', 'lockkeeper/validate']]);
    expect([world.outcomes, (await statesAt(head)).at(-1)]).toEqual([[outcome], 'failure']);
  });

  test("of the default branch, or of nobody's, is left alone", async () => {
    server.runPipeline(path, (await world.forge.state(path)).commit, 'main', 'build', { status: 'running' });
    expect([await delivered(), world.outcomes]).toEqual([0, []]);
  });
});
