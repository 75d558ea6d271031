import { jest } from '@jest/globals';
import { OutsideError, RefusedError } from '../../src/domain/errors.ts';
import type { Forge } from '../../src/domain/forge.ts';
import { createJudging, type Judging } from '../../src/serve/judging.ts';
import type { ForgeFixture } from '../support/contracts/forge-fixture.ts';
import { forgeFixtures } from '../support/forge-fixtures.ts';
import { describeWith } from '../support/parts.ts';
import { path, secret, validationWorld } from '../support/validation-world.ts';

const config = (name: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${data}\n`;
const files = {
  'environment.yml': 'name: staging\nmanifests:\n  - manifests/\n',
  'manifests/a.yaml': config('a', 'data: { key: one }'),
  'manifests/old.yaml': config('old', 'dota: { key: one }'),
};
const good = { 'manifests/b.yaml': config('b', 'data: { key: "1" }'), 'manifests/a.yaml': config('a', 'data: { key: two }') };
const bad = { 'manifests/b.yaml': config('b', 'data: { key: 1 }\nfinalisers: []') };

describeWith('control-plane', 'a merge request of an environment is judged', () => {
  let judging: Judging;
  beforeAll(() => {
    judging = createJudging({ env: process.env, debug: () => {}, warn: () => {} });
  });
  afterAll(() => judging.close());

  describe.each(Object.entries(forgeFixtures))('%s', (name, create) => {
    let fixture: ForgeFixture;
    const failing = name === 'gitlab' ? 'failure' : 'error'; // GitLab knows no other way to fail
    const open = async (change: Readonly<Record<string, string>>, on = judging) => {
      const world = validationWorld(fixture, on);
      const head = await fixture.pushAsPerson(path, 'feature', change, 'change');
      return { ...world, head, id: await fixture.openAsPerson(path, 'feature', 'Change b') };
    };
    beforeEach(async () => {
      fixture = await create();
      await fixture.createRepository(path, files);
    });
    afterEach(() => fixture.dispose());

    test('rejected with every problem at once, then accepted, in one comment', async () => {
      const { id, head, validate, status, ours, outcomes, pushAsPerson } = await open(bad);
      await validate(id);
      expect(await status(head)).toMatchObject({
        state: 'failure',
        description: expect.stringMatching(/^3 errors · 3 objects against Kubernetes 1\./) as string,
      });
      const [text = '', ...more] = await ours(id);
      expect(more).toEqual([]);
      const [shown = '', before = ''] = text.split('<details>');
      expect(shown).toMatch(/\*\*lockkeeper\/validate: 3 errors\*\* · 3 objects against Kubernetes 1\.\d+ in /);
      expect(shown).toContain('manifests/b.yaml:');
      expect(shown).toContain('unknown field "finalisers"');
      expect(shown).not.toContain('dota');
      expect(before).toContain(`1 error in what this ${name === 'github' ? 'pull' : 'merge'} request does not change`);
      expect(before).toContain('unknown field "dota"');
      expect(text).toContain('1 object created');
      const fixed = await pushAsPerson(path, 'feature', { ...good, 'manifests/old.yaml': config('old', 'data: {}') }, 'fix');
      await validate(id);
      expect(await status(fixed)).toMatchObject({
        state: 'success',
        description: expect.stringMatching(/^no errors · 3 objects/) as string,
      });
      const [now = '', ...others] = await ours(id);
      expect([now.includes('lockkeeper/validate: no errors**'), others]).toEqual([true, []]);
      expect(now).toContain(fixed.slice(0, 12));
      expect(outcomes).toEqual(['rejected', 'accepted']);
    });

    test('what was judged is not judged again, until somebody asks for it in a comment', async () => {
      const { id, validate, sweep, command, queue, outcomes, commentAsPerson } = await open(good);
      await sweep();
      expect(queue.jobs.splice(0).map(({ data }) => data)).toEqual([{ kind: 'validate', repository: `${name}:${path}`, request: id }]);
      await validate(id);
      await validate(id);
      await sweep();
      expect([outcomes, queue.jobs]).toEqual([['rejected'], []]);
      await command(id, await commentAsPerson(path, id, 'Thank you.\n\n/lockkeeper validate'));
      expect(queue.jobs.splice(0).map(({ data: { kind } }) => kind)).toEqual(['validate']);
      await validate(id);
      expect(outcomes).toEqual(['rejected', 'rejected']);
      await command(id, await commentAsPerson(path, id, '/lockkeeper help'));
      expect((await fixture.comments(path, id)).filter((text) => text.includes('`/lockkeeper help` is this text'))).toHaveLength(1);
    });

    test('who asks while it is judged gets a verdict that was begun after that', async () => {
      const during: Judging = {
        ...judging,
        lease: async (...of) => {
          if (world.outcomes.length === 0)
            await world.command(world.id, await fixture.commentAsPerson(path, world.id, '/lockkeeper validate'));
          return judging.lease(...of);
        },
      };
      const world = await open(good, during);
      await world.validate(world.id);
      expect(world.queue.jobs.splice(0)).toHaveLength(1);
      await world.validate(world.id);
      await world.validate(world.id);
      expect(world.outcomes).toEqual(['rejected', 'rejected']);
    });

    test('a newer head ends what is judged of the one before it', async () => {
      let pushed = '';
      const during: Judging = {
        ...judging,
        lease: async (version, signal) => {
          if (pushed === '') {
            pushed = await fixture.pushAsPerson(path, 'feature', { 'manifests/c.yaml': config('c', 'data: {}') }, 'more');
            await world.delivered(world.id);
            await world.delivered(world.id);
            await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          }
          return judging.lease(version, signal);
        },
      };
      const world = await open(good, during);
      await world.validate(world.id);
      expect(await world.status(world.head)).toMatchObject({ state: failing, description: 'not judged: there is a newer commit' });
      expect(await world.ours(world.id)).toEqual([]);
      expect([world.outcomes, world.queue.jobs.length]).toEqual([['superseded'], 1]);
      await world.validate(world.id);
      expect(await world.status(pushed)).toMatchObject({ state: 'failure' });
    });

    test('nothing is said of a head that was replaced while nobody noticed', async () => {
      let pushed = false;
      const during: Judging = {
        ...judging,
        lease: async (...of) => {
          if (!pushed) await fixture.pushAsPerson(path, 'feature', { 'manifests/c.yaml': config('c', 'data: {}') }, 'more');
          pushed = true;
          return judging.lease(...of);
        },
      };
      const world = await open(good, during);
      await world.validate(world.id);
      expect([world.outcomes, await world.ours(world.id), world.queue.jobs.length]).toEqual([['superseded'], [], 1]);
    });

    test('without an API server there is no pass: an error that says so, and the job fails', async () => {
      const missing: Judging = {
        ...judging,
        lease: () => Promise.reject(new OutsideError('the minimal API server', `there is no API server (${secret})`)),
      };
      const { id, head, validate, sweep, status, ours, outcomes, queue } = await open(good, missing);
      await expect(validate(id)).rejects.toThrow('there is no API server');
      expect(await status(head)).toMatchObject({ state: failing, description: 'no verdict: there is no API server ([redacted])' });
      expect(await ours(id)).toEqual([expect.stringContaining('**lockkeeper/validate: no verdict** · there is no API server') as string]);
      await sweep();
      expect([outcomes, queue.jobs.length]).toEqual([['failed'], 1]);
    });

    test('a verdict whose status the forge refuses is given again, and no status is left running', async () => {
      const { id, head, validate, sweep, status, outcomes, queue, log } = await open(good);
      const { forge } = fixture;
      const taken = forge.setStatus.bind(forge);
      jest.spyOn(forge, 'setStatus').mockImplementation((...of) => {
        const [, , { state }] = of;
        return state === 'running' ? taken(...of) : Promise.reject(new RefusedError(name, 'no right to speak', { status: 403 }));
      });
      await validate(id);
      expect([(await status(head))?.state, log.join('').includes('no right to speak')]).toEqual([
        name === 'github' ? 'pending' : 'running',
        true,
      ]);
      jest.restoreAllMocks();
      await sweep();
      expect(queue.jobs.splice(0)).toHaveLength(1);
      await validate(id);
      expect((await status(head))?.state).toBe('failure');
      expect(outcomes).toEqual(['rejected', 'rejected']);
      await sweep();
      expect(queue.jobs).toEqual([]);
    });

    test('what the server wrote before it died is for the log; the comment says which commit has no verdict', async () => {
      const dying: Judging = {
        ...judging,
        lease: () =>
          Promise.reject(new OutsideError('the server', 'the server: etcd was ended by SIGKILL; it wrote last:\nput /registry/secrets/a')),
      };
      const { id, head, validate, status, ours } = await open(good, dying);
      await expect(validate(id)).rejects.toThrow('put /registry/secrets/a');
      const why = 'the server: etcd was ended by SIGKILL; the log says more';
      expect(await status(head)).toMatchObject({ state: failing, description: `no verdict: ${why}` });
      const [comment = ''] = await ours(id);
      expect(comment).toContain(why);
      expect(comment).toContain(`About: \`${head.slice(0, 12)}\``);
      expect(comment).not.toContain('registry');
    });

    test('nothing is said of one that was closed meanwhile but that', async () => {
      const during: Judging = {
        ...judging,
        lease: async (...of) => {
          await fixture.closeAsPerson(path, world.id);
          return judging.lease(...of);
        },
      };
      const world = await open(good, during);
      await world.validate(world.id);
      expect(await world.status(world.head)).toMatchObject({ state: failing, description: 'not judged: it was closed meanwhile' });
      expect([world.outcomes, await world.ours(world.id)]).toEqual([['superseded'], []]);
    });

    test('one that leaves nothing to be judged is no pass', async () => {
      const { id, head, validate, status, ours } = await open({ 'environment.yml': 'manifests: []\n' });
      await validate(id);
      expect((await status(head))?.state).toBe('failure');
      const [comment = ''] = await ours(id);
      expect(comment).toContain('nothing is left: all 2 objects of the target branch would be gone');
    });

    test('with a bundle that cannot be had there is no pass either', async () => {
      const change = { 'environment.yml': 'manifests:\n  - manifests/a.yaml\n  - https://nexus.example.com/r/billing-1.0.0.tar.gz\n' };
      const { id, head, validate, sweep, status, ours, outcomes, queue } = await open(change);
      await validate(id);
      expect(await status(head)).toMatchObject({
        state: failing,
        description: expect.stringMatching(/^no verdict: not everything could be read/) as string,
      });
      expect((await ours(id))[0]).toContain('environment.yml:3');
      expect((await ours(id))[0]).not.toContain(secret);
      await sweep();
      expect([outcomes, queue.jobs.length]).toEqual([['unknown'], 1]);
    });

    test('whoever fails between comment and status does both again, and no second comment', async () => {
      const { id, head, ...world } = await open(bad);
      let failed = false;
      const forge = new Proxy(fixture.forge, {
        get: (of: Forge, key) => {
          if (key !== 'setStatus') return Reflect.get(of, key) as unknown;
          const setStatus: Forge['setStatus'] = async (at, target, status) => {
            if (status.state === 'failure' && !failed) {
              failed = true;
              throw new OutsideError('forge', 'the connection was cut');
            }
            await of.setStatus(at, target, status);
          };
          return setStatus;
        },
      });
      const cut = validationWorld({ ...fixture, forge }, judging);
      await expect(cut.validate(id)).rejects.toThrow('the connection was cut');
      expect(await world.status(head)).toMatchObject({ state: failing, description: 'no verdict: the connection was cut' });
      await cut.validate(id);
      expect(await world.status(head)).toMatchObject({ state: 'failure', description: expect.stringMatching(/^3 errors/) as string });
      expect(await world.ours(id)).toEqual([expect.stringContaining('3 errors') as string]);
      expect(cut.outcomes).toEqual(['failed', 'rejected']);
    });

    test('one that is closed, or goes elsewhere, is left alone', async () => {
      const { id, head, validate, status, outcomes, closeAsPerson } = await open(bad);
      await closeAsPerson(path, id);
      await validate(id);
      expect([await status(head), outcomes]).toEqual([undefined, []]);
    });
  });

  describe.each(['gitlab', 'github'])('a fork on %s', (name) => {
    test('is judged as any other', async () => {
      const fixture = (await forgeFixtures[name]?.()) as ForgeFixture;
      try {
        await fixture.createRepository(path, files);
        const fork = await fixture.forkAsPerson?.(path);
        if (fork === undefined) throw new Error(`${name} has forks`);
        const head = await fork.push('main', bad);
        const id = await fork.open('main', 'From a fork');
        const world = validationWorld(fixture, judging);
        await world.validate(id);
        expect(world.outcomes).toEqual(['rejected']);
        expect(await world.ours(id)).toEqual([expect.stringContaining('3 errors') as string]);
        expect(world.log.filter((line) => line.includes('"level":"warn"'))).toEqual([]);
        // GitLab keeps it in the fork, of which the project tells nothing.
        expect((await world.status(head))?.state).toBe(name === 'gitlab' ? undefined : 'failure');
        await fork.push('main', {
          'environment.yml': 'manifests:\n  - manifests/a.yaml\n  - http://169.254.169.254/latest/meta-data.yaml\n',
        });
        await world.validate(id);
        expect(world.outcomes).toEqual(['rejected', 'unknown']);
        const [comment = ''] = await world.ours(id);
        expect(comment).toContain('a merge request from a fork may move bundles to other versions, and bring no new ones');
        expect(comment).not.toContain('ECONNREFUSED');
      } finally {
        await fixture.dispose();
      }
    });
  });
});
