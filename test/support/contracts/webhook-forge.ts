import { OutsideError, RefusedError } from '../../../src/domain/errors.ts';
import type { HookPlace, WantedHook, WebhookForge } from '../../../src/domain/webhook-forge.ts';

/** A forge to try, and what stands at it, looked up behind the adapter's back. */
export interface WebhookFixture {
  readonly forge: WebhookForge;
  readonly place: HookPlace;
  /** Events that the forge knows. */
  readonly events: readonly string[];
  readonly hooks: () => readonly { readonly url: string; readonly secret: string | undefined; readonly events: readonly string[] }[];
  readonly labels: () => readonly string[];
  /** The next write is done, and its answer lost. */
  readonly loseAnswer: (method: 'POST') => void;
  readonly dispose: () => Promise<void>;
}

const url = 'https://lockkeeper.example.com/webhooks/forge/name';
const secret = '7f3c5d2a9b8e4f60';
const repository = 'platform/staging';

/** What every forge promises of webhooks and labels; `create` gives one with the repository platform/staging. */
export function webhookForgeContract(name: string, create: () => Promise<WebhookFixture>): void {
  describe(`${name} keeps the contract of webhooks`, () => {
    let fixture: WebhookFixture;
    let wanted: WantedHook;
    beforeEach(async () => {
      fixture = await create();
      wanted = { url, secret, events: fixture.events.slice(0, 2) };
    });
    afterEach(() => fixture.dispose());

    test('one that was made is found again by its address, as wanted', async () => {
      const { forge, place } = fixture;
      expect(await forge.hook(place, wanted)).toBeUndefined();
      await forge.createHook(place, wanted);
      expect(await forge.hook(place, wanted)).toMatchObject({ differs: [] });
      expect(await forge.hook(place, { ...wanted, url: `${url}2` })).toBeUndefined();
      expect(fixture.hooks()).toEqual([{ url, secret, events: expect.arrayContaining([...wanted.events]) }]);
    });

    test('what is missing is named and made good; what it has besides stays, and its secret is the new one', async () => {
      const { forge, place, events } = fixture;
      const [first = '', second = '', third = ''] = events;
      await forge.createHook(place, { ...wanted, events: [first, second] });
      const other = { ...wanted, events: [second, third], secret: 'a-secret-that-is-newer' };
      const hook = await forge.hook(place, other);
      expect(hook?.differs).toEqual([`without ${third}`]);
      if (hook !== undefined) await forge.changeHook(place, hook, other);
      expect((await forge.hook(place, other))?.differs).toEqual([]);
      expect(fixture.hooks()).toEqual([{ url, secret: other.secret, events: expect.arrayContaining([first, second, third]) }]);
    });

    test('when the answer to making it is lost, there is one all the same, and no second', async () => {
      fixture.loseAnswer('POST');
      await fixture.forge.createHook(fixture.place, wanted);
      expect(fixture.hooks()).toHaveLength(1);
    });

    test('an address that the forge does not call is refused, and nothing is made', async () => {
      const local = { ...wanted, url: 'http://127.0.0.1:3000/webhooks/forge/name' };
      await expect(fixture.forge.createHook(fixture.place, local)).rejects.toThrow(RefusedError);
      expect(fixture.hooks()).toEqual([]);
    });

    test('a repository that is not there is refused by name', async () => {
      const missing = fixture.forge.hook({ kind: 'repository', path: 'platform/missing' }, wanted);
      await expect(missing).rejects.toMatchObject({ scope: 'forge:platform/missing', status: 404 });
    });

    test('a label is there after it was made, and cannot be made twice', async () => {
      const { forge } = fixture;
      const label = { name: 'lockkeeper', color: '#0b5c75', description: 'x' };
      expect(await forge.hasLabel(repository, 'lockkeeper')).toBe(false);
      await forge.createLabel(repository, label);
      expect(await forge.hasLabel(repository, 'lockkeeper')).toBe(true);
      expect(await forge.hasLabel(repository, 'lock')).toBe(false);
      await expect(forge.createLabel(repository, label)).rejects.toThrow(OutsideError);
      expect(fixture.labels()).toEqual(['lockkeeper']);
    });
  });
}
