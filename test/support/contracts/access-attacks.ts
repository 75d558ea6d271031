import { settingsOf } from '../builders/access.ts';
import type { AttackFixture } from './attack-fixture.ts';
import { path, requestText, Scene } from './attack-scene.ts';
import type { Attack } from './attacks/attack.ts';
import { contents } from './attacks/content.ts';
import { moments } from './attacks/moments.ts';
import { people } from './attacks/people.ts';
import { policies } from './attacks/policy.ts';
import { shapes } from './attacks/shape.ts';

const subjects: Readonly<Record<string, readonly Attack[]>> = {
  'what it changes': shapes,
  'what it says': contents,
  'what app.yml allows': policies,
  'who approves': people,
  'what was approved': moments,
};

/** Attacks that cannot happen on a forge, by name: they need what it does not have. */
export type Cannot = readonly string[];

const start = {
  'manifests/app.yaml': 'a: 1\n',
  'drafts/ada.yml': requestText(),
  'access/old/eve.yml': requestText({ user: 'eve', duration: '1h' }),
};

/** None of it opens the gate, nor does what it left behind after a merge past the gate; an honest request under the same app.yml does. */
export function accessAttacks(name: string, create: () => Promise<AttackFixture>, cannot: Cannot = []): void {
  describe(`attacks on ${name}`, () => {
    let fixture: AttackFixture;
    beforeEach(async () => {
      fixture = await create();
      await fixture.createRepository(path, start);
    });
    afterEach(() => fixture.dispose());

    for (const [subject, attacks] of Object.entries(subjects))
      describe(subject, () => {
        for (const attack of attacks.filter((one) => !cannot.includes(one.name)))
          test(attack.name, async () => {
            await tryAttack(fixture, attack);
          });
      });

    test('what the bot asks on the word of a person opens, and holds after the merge', async () => {
      const scene = new Scene(fixture, settingsOf());
      const id = await scene.askByBot('ada');
      await scene.approve(id, 'grace');
      expect([await scene.review(id), scene.said(id)]).toEqual(['merged', '']);
      expect(await scene.afterMerge(id)).toBe('');
    });

    test(`what cannot happen there: ${cannot.length === 0 ? 'all can' : cannot.join('; ')}`, () => {
      const lacking = Object.values(subjects).flatMap((attacks) =>
        attacks.filter(({ needs }) => needs !== undefined && fixture[needs] === undefined).map((one) => one.name),
      );
      expect(lacking.toSorted()).toEqual(cannot.toSorted());
    });
  });
}

/** It does not open the gate, which opens for an honest request. */
export async function tryAttack(
  fixture: AttackFixture,
  { attack, because, says = {}, honest = ['grace'], merged = because }: Attack,
): Promise<void> {
  const scene = new Scene(fixture, settingsOf(typeof says === 'function' ? says(fixture) : says));
  await openHonestly(scene, honest);
  const id = await attack(scene);
  const outcome = await scene.review(id);
  expect([outcome, await scene.status(id), await scene.state(id)]).toEqual(
    outcome === 'expired' ? ['expired', 'failure', 'closed'] : ['missing', 'failure', 'open'],
  );
  if (outcome !== 'expired') expect(scene.said(id)).toMatch(because);
  if (merged === false) return;
  await fixture.mergeBy(path, 'ada', id, 'merge commit');
  await fixture.approveMergedBy?.(path, 'grace', id);
  expect(await scene.afterMerge(id)).toMatch(merged);
}

/** The control: under the same app.yml the gate opens for whoever may. */
async function openHonestly(scene: Scene, approvers: readonly string[]): Promise<void> {
  const { id, head } = await scene.ask({ 'access/shop/ada.yml': requestText() });
  const written = approvers.includes('written');
  await scene.approve(id, ...(written ? ['grace'] : approvers));
  if (written) await scene.fixture.commentBy(path, 'grace', id, `/lockkeeper approve ${head}`);
  expect([await scene.review(id), scene.said(id), await scene.status(id), await scene.state(id)]).toEqual([
    'merged',
    '',
    'success',
    'merged',
  ]);
}
