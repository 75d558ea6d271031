import { OutsideError } from '../../src/domain/errors.ts';
import type { Hook, StoppingForge, WantedHook } from '../../src/domain/webhook-forge.ts';
import { rememberPlaces } from '../../src/webhooks/places.ts';
import { checkWebhooks, stoppedAt } from '../../src/webhooks/stopped.ts';
import { MemoryStore } from '../support/memory-store.ts';

const wanted: WantedHook = { url: 'https://x.example.com', secret: 'x', events: [] };
const fine: Hook = { id: 1, differs: [], events: [] };
const stopped: Hook = { ...fine, stopped: {} };

interface Scene {
  readonly hook: Hook | undefined | Error;
  /** What it is after the forge was told to try it; without, that fails. */
  readonly woken?: Hook;
}

async function look(scenes: Readonly<Record<string, Scene>>) {
  const store = new MemoryStore();
  await rememberPlaces(
    store,
    'gitlab',
    Object.keys(scenes).map((path) => ({ kind: 'repository', path })),
  );
  const woken = new Set<string>();
  const forge: StoppingForge = {
    name: 'gitlab',
    hook: async ({ path }) => {
      const scene = scenes[path];
      if (Error.isError(scene?.hook)) throw scene.hook;
      return woken.has(path) ? scene?.woken : (scene?.hook as Hook | undefined);
    },
    wake: async ({ path }) => {
      if (scenes[path]?.woken === undefined) throw new OutsideError('gitlab', '422 Hook execution failed');
      woken.add(path);
    },
  };
  const said: string[] = [];
  await checkWebhooks({ store, warn: (text) => void said.push(text) }, forge, wanted);
  return { said, stopped: await stoppedAt(store, 'gitlab') };
}

test.each<[string, Scene, readonly RegExp[], number]>([
  ['one that works is not spoken of', { hook: fine }, [], 0],
  [
    'one that was stopped is tried, and works',
    { hook: { ...fine, stopped: { until: '2026-11-21T13:00:00Z' } }, woken: fine },
    [/gitlab:a failed too often: it is not called until 2026-11-21T13:00:00Z/, /it works, and is called again/],
    0,
  ],
  ['one that fails again', { hook: stopped, woken: stopped }, [/not called any more/, /failed again/], 1],
  ['one that cannot be tried', { hook: stopped }, [/not called any more/, /could not be started again: 422/], 1],
  ['one that is gone', { hook: undefined }, [/is gone: lockkeeper forge setup makes it again/], 1],
  ['one that cannot be asked about', { hook: new OutsideError('x', 'no answer') }, [/is not known: no answer/], 0],
])('%s', async (_, scene, texts, count) => {
  const { said, stopped: found } = await look({ a: scene });
  expect(said).toHaveLength(texts.length);
  for (const [at, text] of texts.entries()) expect(said[at]).toMatch(text);
  expect(found).toBe(count);
});

test('all of them are looked at, and counted', async () => {
  const { stopped: found } = await look({ a: { hook: stopped }, b: { hook: new OutsideError('x', 'no answer') }, c: { hook: undefined } });
  expect(found).toBe(2);
});

test('before the first look nothing is known', async () => {
  expect(await stoppedAt(new MemoryStore(), 'gitlab')).toBeUndefined();
});
