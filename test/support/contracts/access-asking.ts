import pino from 'pino';
import { readEvidence } from '../../../src/access/gate/evidence.ts';
import { judge } from '../../../src/access/gate/gate.ts';
import type { AccessSettings } from '../../../src/access/settings.ts';
import type { Forge } from '../../../src/domain/forge.ts';
import { askInComment, type Below } from '../../../src/serve/access/asking.ts';
import type { AccessParts } from '../../../src/serve/access/environments.ts';
import { settingsOf } from '../builders/access.ts';
import { MemoryQueue } from '../memory-queue.ts';
import { MemoryStore } from '../memory-store.ts';
import type { AccessFixture } from './access-fixture.ts';

const path = 'platform/staging';
const ask = '/lockkeeper access admin billing for 2h because INC-1234';
const now = new Date('2026-11-22T12:00:00Z');
const hour = 3_600_000;

/** Every write to the forge that asking below a merge request takes. */
const writes = ['commit', 'open', 'askForReview', 'comment'] as const;

/** What a forge has. */
interface Has {
  /** People who may not push. */
  readonly strangers: boolean;
  readonly issues: boolean;
}

/** What asking in a comment comes to on a forge, read and written for real. */
export function askingContract(name: string, create: () => Promise<AccessFixture>, has: Has = { strangers: true, issues: true }): void {
  describe(`asking for access in a comment on ${name}`, () => {
    let fixture: AccessFixture;
    let settings: AccessSettings;
    let queue: MemoryQueue;
    let store: MemoryStore;

    const parts = (forge: Forge): AccessParts =>
      ({
        settings,
        services: { forges: new Map([['forge', forge]]), persistence: { store, queue: () => queue } },
        log: pino({ level: 'silent' }),
        redact: (text: string) => text,
        now: () => now,
      }) as unknown as AccessParts;
    const environment = { name: 'staging', repository: { forge: 'forge', path } };
    const obey = (below: Below, forge: Forge = fixture.forge) =>
      askInComment(parts(forge), environment, below, 't', new AbortController().signal);
    const asked = async () =>
      (await fixture.forge.openRequests(path, 'main')).filter(({ branch }) => branch.startsWith('lockkeeper-access/'));
    /** A merge request of ada's, and below it what that person says. */
    const below = async (who: string, text: string): Promise<Below> => {
      await fixture.pushBy(path, 'ada', 'feature', { 'other.yaml': 'a: 1\n' });
      const number = await fixture.openBy(path, 'ada', 'feature');
      return { kind: 'request', number, comment: await fixture.commentBy(path, who, number, text) };
    };
    const answers = async ({ kind, number }: Below) =>
      (kind === 'issue' ? (fixture.issues?.comments(path, number) ?? []) : await fixture.comments(path, number)).filter(
        (text) => !text.startsWith('/lockkeeper'),
      );

    beforeEach(async () => {
      fixture = await create();
      [queue, store] = [new MemoryQueue(), new MemoryStore()];
      await fixture.createRepository(path, { 'manifests/web.yaml': 'kind: Namespace\n' });
      const leads = fixture.createGroup?.(['ada', 'grace']);
      settings = settingsOf({ rules: { approvers: [leads === undefined ? 'grace' : `@${leads}`] }, dwellMs: 30_000 });
    });
    afterEach(() => fixture.dispose());

    test('below a merge request: one merge request, for its author, which waits for nothing but an approval of another', async () => {
      const place = await below('ada', ask);
      await obey(place);
      const [request, ...others] = await asked();
      expect(others).toEqual([]);
      expect(request).toMatchObject({ title: 'access: ada, admin of billing for 2h', labels: ['lockkeeper-access'], fork: false });
      const id = request?.id ?? 0;
      expect(queue.jobs.map(({ data }) => data)).toEqual([{ kind: 'access-review', repository: `forge:${path}`, request: id }]);
      const evidence = await readEvidence(fixture.forge, path, id, settings, 'staging');
      const judgement = judge(evidence, { settings, environment: 'staging', held: [], now, moment: 'before-merge' });
      expect(judgement).toMatchObject({ kind: 'request', waitsFor: 1, mayApprove: [{ name: 'grace' }], askedBy: { name: 'ada' } });
      if (fixture.askedForReview !== undefined) expect(fixture.askedForReview(path, id)).toEqual(['grace']);
      expect(await answers(place)).toEqual([expect.stringContaining('asks for it, and says who may approve')]);
    });

    test('obeyed again, it is the same, and so is the answer', async () => {
      const place = await below('ada', ask);
      await obey(place);
      const first = await answers(place);
      await obey(place);
      expect(await asked()).toHaveLength(1);
      expect(await answers(place)).toEqual(first);
    });

    if (has.strangers)
      test('who may not push is told so', async () => {
        const place = await below('eve', ask);
        await obey(place);
        expect(await asked()).toEqual([]);
        expect(await answers(place)).toEqual([expect.stringContaining('`eve` may not push to this repository')]);
      });

    test('without an approval, where app.yml lets them: nothing is missing', async () => {
      settings = { ...settings, rules: { ...settings.rules, breakGlass: { users: ['ada'], maxDurationMs: hour / 2 } } };
      await obey(await below('ada', ask.replace('admin', 'break-glass admin').replace('2h', '30m')));
      const [request] = await asked();
      expect(request?.title).toBe('access: ada, admin of billing for 30m (break-glass)');
      const evidence = await readEvidence(fixture.forge, path, request?.id ?? 0, settings, 'staging');
      const judgement = judge(evidence, { settings, environment: 'staging', held: [], now, moment: 'before-merge' });
      expect(judgement.reasons).toEqual([]);
      if (fixture.askedForReview !== undefined) expect(fixture.askedForReview(path, request?.id ?? 0)).toEqual([]);
    });

    test('an edited comment asks for nothing', async () => {
      const place = await below('ada', 'Good morning');
      await fixture.editCommentAsPerson(path, place.number, place.comment, ask);
      await obey(place);
      expect(await asked()).toEqual([]);
    });

    if (has.issues)
      test('on an issue', async () => {
        const { issues } = fixture;
        if (issues === undefined) throw new Error('the fixture has no issues');
        const number = issues.open(path, 'Migration is stuck');
        const place = { kind: 'issue', number, comment: issues.commentBy(path, 'ada', number, `Look.\n\n${ask}`) } as const;
        await obey(place);
        await obey(place);
        expect(await asked()).toHaveLength(1);
        expect(issues.comments(path, number)).toEqual([
          `Look.\n\n${ask}`,
          expect.stringContaining('asks for it, and says who may approve'),
        ]);
      });

    test('whichever write it dies before or after, the next try ends in the same', async () => {
      const place = await below('ada', ask);
      let requests = 0;
      for (const write of writes)
        for (const when of ['before', 'after'] as const) {
          const namespace = `${write.toLowerCase()}-${when}`;
          const comment = await fixture.commentBy(path, 'ada', place.number, ask.replace('billing', namespace));
          const dying = async (...args: never[]): Promise<never> => {
            if (when === 'after') await (fixture.forge[write] as (...given: never[]) => Promise<unknown>).apply(fixture.forge, args);
            throw new Error('died');
          };
          const forge = Object.assign(Object.create(fixture.forge) as Forge, { [write]: dying });
          await expect(obey({ ...place, comment }, forge)).rejects.toThrow('died');
          await obey({ ...place, comment });
          requests += 1;
          const all = await asked();
          expect(all).toHaveLength(requests);
          expect(all.filter(({ title }) => title === `access: ada, admin of ${namespace} for 2h`)).toHaveLength(1);
          expect((await answers(place)).filter((text) => text.includes(`admin of ${namespace} for`))).toHaveLength(1);
        }
    });
  });
}
