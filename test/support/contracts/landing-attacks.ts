import type { LandForge } from '../../../src/access/grant/ports.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { settingsOf } from '../builders/access.ts';
import { gitText } from '../git-repository.ts';
import { LandingScene } from '../landing-scene.ts';
import type { AttackFixture } from './attack-fixture.ts';
import { file, path, requestText } from './attack-scene.ts';

const asked = { [file]: requestText() };
const hour = 3_600_000;

/** What comes to the default branch in any way but through an approved merge request gives nothing, is reported once, and is proposed to be taken away. */
export function landingContract(name: string, create: () => Promise<AttackFixture>): void {
  describe(`what lands under access/ on ${name}`, () => {
    let scene: LandingScene;
    beforeEach(async () => {
      const fixture = await create();
      await fixture.createRepository(path, { 'README.md': 'production\n', 'access/.gitkeep': '' });
      scene = new LandingScene(fixture);
      await scene.pass();
    });
    afterEach(() => scene.fixture.dispose());

    const expectGranted = async (count = 1): Promise<void> => {
      expect([[...scene.alarms.values()], scene.problems]).toEqual([[], []]);
      expect(scene.given.size).toBe(count);
    };

    /** Nothing is given, now or later; one alarm that says why; one merge request that takes the file away. */
    const expectRefused = async (why: RegExp, files = [file]): Promise<void> => {
      const before = scene.given.size;
      await scene.pass();
      scene.lateMs += 2 * 60_000;
      await scene.pass();
      await scene.pass();
      expect(scene.problems).toEqual([]);
      expect(scene.given.size).toBe(before);
      const told = [...scene.alarms.values()].filter((text) => why.test(text));
      expect({ why, alarms: [...scene.alarms.values()], told: told.length }).toMatchObject({ told: files.length });
      const { refused } = await scene.book();
      expect(Object.keys(refused).map((key) => key.split(' ')[0])).toEqual(files);
      for (const { revert } of Object.values(refused)) {
        const request = await scene.fixture.forge.gatedRequest(path, revert ?? 0);
        expect(request).toMatchObject({ state: 'open', target: 'main' });
        const { paths } = await scene.fixture.forge.changedPaths(path, request.id);
        expect(paths.map(({ kind }) => kind)).toEqual(['removed']);
      }
    };
    const nothingYet = () => expect([...scene.given.keys()]).toEqual([]);

    describe('grants', () => {
      test('what was approved and merged, each way to merge, once', async () => {
        const ways = scene.fixture.waysToMerge;
        for (const [at, way] of ways.entries()) {
          const { id } = await scene.ask({ [`access/n${at}/ada.yml`]: requestText() });
          await scene.fixture.approveBy(path, 'grace', id);
          await scene.merge(id, way);
          await scene.pass();
          await scene.pass();
          await expectGranted(at + 1);
        }
        expect([...scene.given.values()].map(({ namespace }) => namespace)).toEqual(ways.map((_, at) => `n${at}`));
        expect(scene.announced).toHaveLength(ways.length);
        expect(scene.entries.filter(({ kind }) => kind === 'grant')).toHaveLength(ways.length);
      });

      test('what it says of itself: who, where, until when, by whom', async () => {
        const id = await scene.granted(asked);
        const [grant] = scene.given.values();
        const { merged, url } = await scene.fixture.forge.gatedRequest(path, id);
        expect(grant).toMatchObject({
          environment: 'production',
          request: id,
          url,
          file,
          namespace: 'billing',
          subject: { kind: 'user', name: 'ada' },
          level: 'admin',
          role: 'lockkeeper-admin',
          approvedBy: ['grace'],
          breakGlass: false,
        });
        const from = Date.parse(grant?.from ?? '');
        expect(Math.abs(from - Date.parse(merged?.at ?? ''))).toBeLessThan(1000);
        expect(Date.parse(grant?.until ?? '') - from).toBe(2 * hour);
        expect((await scene.book()).grants.map(({ state }) => state)).toEqual(['active']);
      });

      test('when the default branch moved between approval and merge', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.fixture.pushAsPerson(path, 'main', { 'other.yaml': 'a: 1\n' }, 'x');
        await scene.merge(id, 'merge commit');
        await scene.pass();
        await expectGranted();
      });

      test('when much else happened on the branch since, and the store was lost', async () => {
        await scene.granted(asked);
        const [before] = scene.given.values();
        for (const at of [1, 2]) await scene.fixture.pushAsPerson(path, 'main', { 'other.yaml': `a: ${at}\n` }, 'x');
        scene.loseStore();
        await scene.pass();
        await expectGranted();
        expect(scene.given.get(before?.id ?? '')).toEqual(before);
        expect(scene.entries.filter(({ kind }) => kind === 'grant')).toHaveLength(1);
      });

      test('a second merge request for the same file, in the place of the first', async () => {
        await scene.granted(asked);
        await scene.granted({ [file]: requestText({ duration: '1h' }) });
        await expectGranted(2);
        const { files, grants } = await scene.book();
        expect(grants.map(({ grant }) => grant.blob === files?.[file])).toEqual([false, true]);
      });

      test('the same again after its end and its removal', async () => {
        await scene.granted(asked);
        const [first = ''] = scene.given.keys();
        await scene.end(first);
        await scene.fixture.pushAsPerson(path, 'main', { [file]: undefined }, 'removed');
        await scene.granted(asked);
        await expectGranted();
        expect(scene.given.has(first)).toBe(false);
      });

      test('two files of two merge requests, though one of them is nobody’s', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        const other = 'access/shop/eve.yml';
        await scene.fixture.pushAsPerson(path, 'main', { [other]: requestText({ user: 'eve' }) }, 'x');
        await scene.pass();
        expect(scene.given.size).toBe(1);
        await expectRefused(/no merge request brought it/, [other]);
      });

      test('and looks at nothing but the head of the branch when nothing moved', async () => {
        await scene.granted(asked);
        const calls: string[] = [];
        const counted =
          (key: string, call: (...of: never[]) => unknown) =>
          (...of: never[]) => {
            calls.push(key);
            return call(...of);
          };
        const watched = Object.fromEntries(
          Object.entries(scene.fixture.forge)
            .filter(([, value]) => typeof value === 'function')
            .map(([key, value]) => [key, counted(key, value as (...of: never[]) => unknown)]),
        );
        scene.instead = watched as Partial<LandForge>;
        await scene.pass();
        expect(calls).toEqual(['state']);
        await scene.fixture.pushAsPerson(path, 'main', { 'other.yaml': 'a: 3\n' }, 'x');
        await scene.pass();
        expect(calls.slice(1)).toEqual(['state', 'entries']);
      });
    });

    describe('refuses', () => {
      const pushed = (files: Parameters<typeof scene.ask>[0]) => scene.fixture.pushBy(path, 'eve', 'main', files);

      test('a file that was pushed to the branch', async () => {
        await pushed(asked);
        await scene.pass();
        nothingYet();
        await expectRefused(/no merge request brought it/);
      });

      test('a pushed file whose commit says that it merges an approved merge request', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.fixture.pushAsPerson(
          path,
          'main',
          asked,
          `Merge branch 'ask-1' into 'main'\n\nSee merge request ${path}!${id} (#${id})`,
        );
        await expectRefused(/no merge request brought it/);
        nothingYet();
      });

      test('a granted file that somebody made last longer by a push: what it gave is lost too', async () => {
        await scene.granted(asked);
        await pushed({ [file]: requestText({ duration: '8h' }) });
        await expectRefused(/no merge request brought it/);
        const { files, grants } = await scene.book();
        expect(grants.every(({ grant }) => grant.blob !== files?.[file])).toBe(true);
      });

      test('a merge request that nobody approved', async () => {
        const { id } = await scene.ask(asked);
        await scene.merge(id);
        await expectRefused(/does not pass the gate: It needs an approval/);
        nothingYet();
      });

      test('one that only its author approved', async () => {
        const { id } = await scene.ask({ [file]: requestText({ user: 'eve' }) }, { by: 'grace' });
        await scene.fixture.approveBy(path, 'grace', id).catch(() => {}); // GitHub does not let her
        await scene.merge(id);
        await expectRefused(/does not pass the gate/);
      });

      test('one that only its beneficiary approved', async () => {
        const { id } = await scene.ask({ 'access/billing/grace.yml': requestText({ user: 'grace' }) });
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await expectRefused(/does not pass the gate/, ['access/billing/grace.yml']);
      });

      test('one that somebody approved who may not', async () => {
        scene.settings = settingsOf({ rules: { approvers: ['heidi'] } });
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await expectRefused(/does not pass the gate/);
      });

      test('one whose approver lost the right between merge and landing', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        scene.settings = settingsOf({ rules: { approvers: ['heidi'] } });
        await expectRefused(/does not pass the gate/);
        scene.settings = settingsOf();
        scene.loseStore();
        await scene.pass();
        nothingYet();
      });

      test('one whose approval was taken back between merge and landing', async () => {
        if (scene.fixture.unapproveBy === undefined) return expect(scene.fixture.forge.traits.type).not.toBe('gitlab');
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await scene.fixture.unapproveBy(path, 'grace', id);
        await expectRefused(/does not pass the gate/);
      });

      test('one that was approved after it was merged', async () => {
        const { id } = await scene.ask(asked);
        await scene.merge(id);
        await scene.pass();
        await scene.fixture.approveMergedBy?.(path, 'grace', id);
        await expectRefused(/does not pass the gate/);
        nothingYet();
      });

      test('commits that came after the approval', async () => {
        const { id, branch } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.fixture.pushBy(path, 'ada', branch, { [file]: requestText({ duration: '8h' }) });
        await scene.merge(id);
        await expectRefused(/does not pass the gate/);
        nothingYet();
      });

      test('the same content, rebased after the approval', async () => {
        const { id, branch } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.fixture.pushAsPerson(path, 'main', { 'other.yaml': 'a: 1\n' }, 'x');
        await scene.fixture.pushBy(path, 'ada', branch, asked, 'instead');
        await scene.merge(id);
        await expectRefused(/does not pass the gate/);
        nothingYet();
      });

      test('an evil merge that makes the file say something else', async () => {
        const { id, branch } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.evilMerge(branch, { [file]: requestText({ duration: '8h' }) });
        await expectRefused(/grants nothing/);
        nothingYet();
      });

      test('an evil merge that brings a second file', async () => {
        const { id, branch } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.evilMerge(branch, { 'access/shop/eve.yml': requestText({ user: 'eve' }) });
        await expectRefused(/changed more than this file/, [file, 'access/shop/eve.yml']);
        nothingYet();
      });

      test('an evil merge that brings a manifest beside the file', async () => {
        const { id, branch } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.evilMerge(branch, { 'manifests/evil.yaml': 'a: 1\n' });
        await expectRefused(/changed more than this file: manifests\/evil.yaml/);
        nothingYet();
      });

      test('an evil merge that puts the file into another namespace', async () => {
        const { id, branch } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.evilMerge(branch, { [file]: undefined, 'access/vault/ada.yml': requestText() });
        await expectRefused(/grants nothing/, ['access/vault/ada.yml']);
        nothingYet();
      });

      test('an approved and granted file that was moved to another namespace', async () => {
        await scene.granted(asked);
        await pushed({ [file]: undefined, 'access/shop/ada.yml': requestText() });
        await expectRefused(/grants nothing/, ['access/shop/ada.yml']);
        expect((await scene.book()).files).toEqual({ 'access/shop/ada.yml': expect.any(String) });
      });

      test('a removed file that a push brings back', async () => {
        await scene.granted(asked);
        await pushed({ [file]: undefined });
        await scene.pass();
        await pushed(asked);
        for (const id of scene.given.keys()) await scene.end(id);
        await expectRefused(/no merge request brought it/);
        nothingYet();
      });

      test('a revert of the removal that nobody approved', async () => {
        await scene.granted(asked);
        for (const id of scene.given.keys()) await scene.end(id);
        const { id: removal } = await scene.ask({ [file]: undefined }, { by: 'grace' });
        await scene.merge(removal);
        await scene.pass();
        const { id } = await scene.ask(asked);
        await scene.merge(id);
        await expectRefused(/does not pass the gate/);
        nothingYet();
      });

      test('a branch that was set back to before the removal: ids are used once', async () => {
        await scene.granted(asked);
        const before = await scene.head();
        for (const id of scene.given.keys()) await scene.end(id);
        await pushed({ [file]: undefined });
        await scene.pass();
        await scene.reset(before);
        await scene.pass();
        nothingYet();
        scene.loseStore();
        await scene.pass();
        nothingYet();
        expect(scene.announced).toHaveLength(1);
      });

      test('what ended before its hour, though store and journal are lost', async () => {
        const id = await scene.granted(asked);
        for (const one of scene.given.keys()) await scene.end(one);
        await scene.fixture.forge.comment(path, id, 'access-ended', 'revoked by grace');
        scene.loseStore();
        scene.loseJournal();
        await scene.pass();
        nothingYet();
      });

      test('a comment that says so and is not ours changes nothing', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.commentBy(path, 'ada', id, '<!-- lockkeeper:comment access-ended -->\nrevoked');
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await scene.pass();
        await expectGranted();
      });

      test('a file whose mode was changed after the merge: what it gave ends', async () => {
        await scene.granted(asked);
        await pushed({ [file]: { mode: '100755', content: requestText() } });
        await expectRefused(/with mode 100755/);
        expect((await scene.book()).grants).toMatchObject([{ state: 'ending' }]);
      });

      test('a symbolic link, though it was approved', async () => {
        const { id } = await scene.ask({ [file]: { mode: '120000', content: '../../README.md' } });
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await expectRefused(/with mode 120000/);
        nothingYet();
      });

      test('a merge request that changes a manifest too, though it was approved', async () => {
        const { id } = await scene.ask({ ...asked, 'manifests/a.yaml': 'a: 1\n' });
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await expectRefused(/changed more than this file/);
        nothingYet();
      });

      test('a merge request with two requests, though it was approved', async () => {
        const other = 'access/shop/ada.yml';
        const { id } = await scene.ask({ ...asked, [other]: requestText() });
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await expectRefused(/changed more than this file/, [file, other]);
        nothingYet();
      });

      test('one that went into another branch, which was then pushed', async () => {
        await scene.fixture.pushBy(path, 'eve', 'side', { 'other.yaml': 'a: 1\n' });
        const { id } = await scene.ask(asked, { target: 'side' });
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id, 'merge commit');
        await scene.reset(await gitText(scene.fixture.directory(path), ['rev-parse', 'refs/heads/side']));
        await expectRefused(/grants nothing/);
        nothingYet();
      });

      test('a closed merge request whose file was pushed all the same', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.fixture.closeAsPerson(path, id);
        await pushed(asked);
        await expectRefused(/grants nothing/);
        nothingYet();
      });

      test('one from a fork', async () => {
        const fork = await scene.fixture.forkAsPerson?.(path);
        if (fork === undefined) return expect(scene.fixture.forge.traits.type).toBe('local');
        await fork.push('ask', { [file]: requestText({ user: 'eve' }) });
        const id = await fork.open('ask', 'please');
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await expectRefused(/grants nothing/);
        nothingYet();
      });

      test.each(['access/Billing/ada.yml', 'access/billing/deep/ada.yml', 'access/ada.yml', 'access/billing/ADA.YML'])(
        'a path that is none of a request, though it was approved: %s',
        async (odd) => {
          const { id } = await scene.ask({ [odd]: requestText() });
          await scene.fixture.approveBy(path, 'grace', id);
          await scene.merge(id);
          await expectRefused(/where no request lies/, [odd]);
          nothingYet();
        },
      );

      test('a protected namespace, though it was approved', async () => {
        const { id } = await scene.ask({ 'access/kube-system/ada.yml': requestText() });
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await expectRefused(/it is protected/, ['access/kube-system/ada.yml']);
        nothingYet();
      });

      test('more than app.yml allows by now, though it was approved', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        scene.settings = settingsOf({ rules: { maxDurationMs: hour } });
        await expectRefused(/does not pass the gate/);
        nothingYet();
      });

      test('break-glass where app.yml has none', async () => {
        const { id } = await scene.ask({ [file]: requestText({ breakGlass: 'true' }) });
        await scene.merge(id);
        await expectRefused(/does not pass the gate/);
        nothingYet();
      });

      test('what a merge without a time would give', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        scene.instead = {
          gatedRequest: async (...of) => {
            const request = await scene.fixture.forge.gatedRequest(...of);
            return request.id === id && request.merged !== undefined ? { ...request, merged: { ...request.merged, at: '' } } : request;
          },
        };
        await expectRefused(/does not say when/);
        nothingYet();
      });

      test('a commit that two merge requests brought', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        scene.instead = { mergedWith: async () => [id, id + 1] };
        await expectRefused(/several merge requests/);
        nothingYet();
      });

      test('a file that is not as its commit brought it', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await scene.fixture.pushAsPerson(path, 'main', { 'other.yaml': 'a: 1\n' }, 'x');
        const { forge } = scene.fixture;
        const head = await scene.head();
        scene.instead = {
          entries: async (of, commit, folder) =>
            (await forge.entries(of, commit, folder)).map((one) =>
              commit === head || one.path !== file ? one : { ...one, id: '0'.repeat(40) },
            ),
        };
        await expectRefused(/something rewrote it/);
        nothingYet();
      });
    });

    describe('waits', () => {
      const merged = async (): Promise<void> => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
      };

      test('for the guards of the cluster, with one alarm, and gives the rest then', async () => {
        await merged();
        scene.unguarded = 'the policy lockkeeper-grants is missing';
        await scene.pass();
        await scene.pass();
        nothingYet();
        expect([...scene.alarms.values()]).toEqual([expect.stringMatching(/nothing is granted to ada in billing: the policy.*doctor/)]);
        expect(scene.entries.filter(({ kind }) => kind === 'grant')).toEqual([]);
        scene.unguarded = undefined;
        await scene.pass();
        expect(scene.given.size).toBe(1);
      });

      test('for a cluster that does not take it, with one alarm', async () => {
        await merged();
        scene.refusal = 'namespaces "billing" not found';
        await scene.pass();
        await scene.pass();
        nothingYet();
        expect([...scene.alarms.values()]).toEqual([expect.stringContaining('namespaces "billing" not found')]);
        scene.refusal = undefined;
        await scene.pass();
        expect((await scene.book()).grants).toMatchObject([{ state: 'active' }]);
      });

      test('for a forge that has not written down yet what it merged', async () => {
        await merged();
        scene.instead = { mergedWith: async () => [] };
        await scene.pass();
        nothingYet();
        expect(scene.alarms.size).toBe(0);
        scene.instead = {};
        await scene.pass();
        await expectGranted();
        expect((await scene.book()).unexplained).toEqual({});
      });

      test.each(['state', 'entries', 'line', 'mergedWith', 'changedBy', 'gatedRequest', 'reviews', 'hands', 'person'] as const)(
        'for a forge that does not answer: %s',
        async (method) => {
          await merged();
          const before = await scene.book();
          scene.instead = { [method]: () => Promise.reject(new OutsideError('forge', 'no answer')) };
          await scene.pass().catch((error: unknown) => scene.problems.push(String(error)));
          nothingYet();
          expect(scene.problems).toEqual([expect.stringContaining('no answer')]);
          expect((await scene.book()).refused).toEqual(before.refused);
          expect(scene.alarms.size).toBe(0);
          [scene.instead, scene.problems.length] = [{}, 0];
          await scene.pass();
          await expectGranted();
        },
      );

      test.each(['line', 'gatedRequest', 'hands'] as const)(
        'ten minutes for a forge that does not say: %s; refused for good then',
        async (method) => {
          await merged();
          const fails = { [method]: () => Promise.reject(new OutsideError('forge', 'it does not say who pushed')) };
          scene.instead = fails;
          await scene.pass();
          scene.lateMs = 9 * 60_000;
          await scene.pass();
          nothingYet();
          expect([scene.alarms.size, scene.problems.length, (await scene.book()).refused]).toEqual([0, 2, {}]);
          scene.lateMs = 11 * 60_000;
          await scene.pass();
          const [refused] = Object.values((await scene.book()).refused);
          expect([...scene.alarms.values()]).toEqual([
            expect.stringContaining('could not be found out for 10m: it does not say who pushed'),
          ]);
          scene.instead = {};
          await scene.pass();
          nothingYet();
          const book = await scene.book();
          expect(Object.values(book.refused)).toEqual([{ reason: refused?.reason, at: refused?.at, revert: expect.any(Number) }]);
          expect(book).toMatchObject({ files: { [file]: expect.any(String) }, head: expect.any(String), unexplained: {}, grants: [] });
          expect([scene.alarms.size, scene.problems.length]).toEqual([1, 2]);
          scene.problems.length = 0;
        },
      );

      test('for a forge that never answers, until there is no time left', async () => {
        await merged();
        const patience = new AbortController();
        scene.instead = {
          reviews: () => {
            patience.abort(new Error('no time left'));
            return new Promise(() => {});
          },
        };
        await expect(scene.pass(patience.signal)).rejects.toThrow('no time left');
        nothingYet();
        scene.instead = {};
        await scene.pass();
        await expectGranted();
      });

      test('for a journal that can be written: no journal, no grant', async () => {
        await merged();
        const ports = scene.ports();
        const place = { environment: 'production', repository: scene.repository, path, settings: scene.settings };
        const { landGrants } = await import('../../../src/access/grant/landed.ts');
        const recordOnce = () => Promise.reject(new OutsideError('the journal', 'no space left on device'));
        await landGrants({ ...ports, journal: { ...ports.journal, recordOnce } }, place, new AbortController().signal);
        nothingYet();
        expect((await scene.book()).grants).toEqual([]);
        expect(scene.problems).toEqual([expect.stringContaining('no space left')]);
        scene.problems.length = 0;
        await scene.pass();
        await expectGranted();
      });
    });

    describe('time', () => {
      test('what is over when it is seen is not given, and ends', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        await scene.fixture.forge.gatedRequest(path, id); // it is noticed now
        scene.lateMs = 3 * hour;
        await scene.pass();
        nothingYet();
        expect((await scene.book()).grants).toMatchObject([{ state: 'granting', grant: { request: id } }]);
      });

      test('a clock of ours that is behind makes nothing longer, nor one that jumps', async () => {
        const { id } = await scene.ask(asked);
        await scene.fixture.approveBy(path, 'grace', id);
        await scene.merge(id);
        const { merged: how } = await scene.fixture.forge.gatedRequest(path, id);
        scene.lateMs = -5 * hour;
        await scene.pass();
        const [grant] = scene.given.values();
        expect(Date.parse(grant?.until ?? '')).toBeLessThanOrEqual(Date.parse(how?.at ?? '') + 2 * hour);
        for (const late of [9 * hour, -9 * hour, 0]) {
          scene.lateMs = late;
          await scene.pass();
        }
        expect(scene.given.size).toBe(1);
        await scene.end(grant?.id ?? '');
        scene.lateMs = -9 * hour;
        await scene.pass();
        scene.loseStore();
        await scene.pass();
        nothingYet();
      });
    });

    test('the merge request that takes a file away is closed when somebody else has taken it away', async () => {
      await scene.fixture.pushBy(path, 'eve', 'main', asked);
      await expectRefused(/no merge request brought it/);
      const [revert = 0] = Object.values((await scene.book()).refused).map((one) => one.revert);
      await scene.fixture.pushBy(path, 'grace', 'main', { [file]: undefined });
      await scene.pass();
      expect((await scene.fixture.forge.gatedRequest(path, revert)).state).toBe('closed');
      expect((await scene.book()).refused).toEqual({});
    });

    test('break-glass where app.yml has it: given at once, with an alarm', async () => {
      scene.settings = settingsOf({ rules: { breakGlass: { users: ['grace'], maxDurationMs: 2 * hour } } });
      const own = { 'access/billing/grace.yml': requestText({ user: 'grace', breakGlass: 'true' }) };
      const { id } = await scene.ask(own, { by: 'grace' });
      await scene.merge(id);
      await scene.pass();
      expect([...scene.given.values()]).toMatchObject([{ breakGlass: true, approvedBy: [] }]);
      expect([...scene.alarms.values()]).toEqual([expect.stringMatching(/grace breaks the glass: admin of billing until .*access revoke/)]);
    });
  });
}
