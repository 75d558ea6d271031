import { OutsideError, RefusedError } from '../../src/domain/errors.ts';
import type { Hook, HookPlace, WantedHook, WebhookForge } from '../../src/domain/webhook-forge.ts';
import { type SetupOptions, type SetupTargets, setUp } from '../../src/webhooks/setup.ts';

const wanted: WantedHook = { url: 'https://lockkeeper.example.com/webhooks/gitlab/gitlab', secret: 'x'.repeat(32), events: ['push'] };
const nothing: SetupTargets = { groups: [], environments: [], sources: [] };
const plainly: SetupOptions = { dryRun: false, renew: false };
const fine: Hook = { id: 1, differs: [], events: ['push'] };

interface Scene {
  readonly asApp?: boolean;
  /** By group. */
  readonly repositories?: Readonly<Record<string, readonly string[]>>;
  /** By path. */
  readonly hooks?: Readonly<Record<string, Hook>>;
  readonly labels?: readonly string[];
  /** What asking about a place's webhook throws. */
  readonly refused?: Readonly<Record<string, Error>>;
}

/** Writes are noted: `create webhook platform/staging`. */
function forgeOf({ asApp = false, repositories = {}, hooks = {}, labels = [], refused = {} }: Scene) {
  const writes: string[] = [];
  const note = (text: string): Promise<void> => {
    writes.push(text);
    return Promise.resolve();
  };
  const forge: WebhookForge = {
    name: 'gitlab',
    asApp,
    discover: async (group) => {
      const found = repositories[group];
      if (found === undefined) throw new RefusedError(`gitlab:${group}`, `listing ${group}: 404`, { status: 404 });
      return found;
    },
    hook: async ({ path }) => {
      if (refused[path] !== undefined) throw refused[path];
      return hooks[path];
    },
    createHook: ({ kind, path }: HookPlace) => note(`create webhook of ${kind} ${path}`),
    changeHook: ({ path }) => note(`change webhook ${path}`),
    hasLabel: async (path) => labels.includes(path),
    createLabel: (path, { name }) => note(`create label ${name} in ${path}`),
  };
  return { forge, writes };
}

const forbidden = new RefusedError('gitlab:platform', 'listing the webhooks of platform: 403', { status: 403 });
const down = new OutsideError('gitlab.example.com', 'no answer', { status: 503 });

test.each<[string, Scene, Partial<SetupTargets>, Partial<SetupOptions>, readonly string[], readonly string[]]>([
  [
    'one webhook for a group, labels in its repositories',
    { repositories: { platform: ['platform/a', 'platform/b'] } },
    { groups: [{ path: 'platform' }] },
    {},
    ['platform webhook created', 'platform/a label created', 'platform/b label created'],
    ['create webhook of group platform', 'create label lockkeeper in platform/a', 'create label lockkeeper in platform/b'],
  ],
  [
    'a group that may not have one: each repository gets its own',
    { repositories: { platform: ['platform/a'] }, labels: ['platform/a'], refused: { platform: forbidden } },
    { groups: [{ path: 'platform' }] },
    {},
    ['platform webhook skipped', 'platform/a webhook created', 'platform/a label kept'],
    ['create webhook of repository platform/a'],
  ],
  [
    'a group of which is not known whether it has one: no second way is begun',
    { repositories: { platform: ['platform/a'] }, labels: ['platform/a'], refused: { platform: down } },
    { groups: [{ path: 'platform' }] },
    {},
    ['platform webhook failed', 'platform/a label kept'],
    [],
  ],
  [
    'environments and sources by name; what lies in a group has its webhook already, whatever its capitals',
    { repositories: { platform: [] }, hooks: { platform: fine }, labels: ['Platform/a', 'other/b'] },
    { groups: [{ path: 'platform' }], environments: ['Platform/a', 'other/b'], sources: ['platform/c', 'apps/d'] },
    {},
    ['platform webhook kept', 'other/b webhook created', 'apps/d webhook created', 'Platform/a label kept', 'other/b label kept'],
    ['create webhook of repository other/b', 'create webhook of repository apps/d'],
  ],
  [
    'sources by a pattern are those that there are; one that cannot be listed is said',
    { repositories: { apps: ['apps/billing-api', 'apps/web', 'apps/deep/x-api'] } },
    { sources: ['apps/{name}-api', '{name}/api', 'gone/{name}'] },
    {},
    ['{name}/api webhook skipped', 'gone/{name} webhook failed', 'apps/billing-api webhook created'],
    ['create webhook of repository apps/billing-api'],
  ],
  [
    'all is as it should be: nothing is written',
    { hooks: { a: fine }, labels: ['a'] },
    { environments: ['a'] },
    {},
    ['a webhook kept', 'a label kept'],
    [],
  ],
  [
    'one that differs is changed',
    { hooks: { a: { ...fine, differs: ['SSL verification off'] } }, labels: ['a'] },
    { environments: ['a'] },
    {},
    ['a webhook updated', 'a label kept'],
    ['change webhook a'],
  ],
  [
    'a secret is set again when told so',
    { hooks: { a: fine }, labels: ['a'] },
    { environments: ['a'] },
    { renew: true },
    ['a webhook updated', 'a label kept'],
    ['change webhook a'],
  ],
  [
    'a dry run says the same and writes nothing',
    { hooks: { a: { ...fine, differs: ['not active'] } } },
    { environments: ['a', 'b'] },
    { dryRun: true },
    ['a webhook updated', 'b webhook created', 'a label created', 'b label created'],
    [],
  ],
  [
    "an App has one for all that it is installed on, and no repository's",
    { asApp: true, hooks: { '': { ...fine, differs: ['another address'] } }, repositories: { '*': ['acme/a'] } },
    { groups: [{ path: '*' }], sources: ['acme/b'] },
    {},
    [' webhook updated', 'acme/a label created'],
    ['change webhook ', 'create label lockkeeper in acme/a'],
  ],
  [
    'what fails in one place keeps nothing else from being done',
    { refused: { a: down }, labels: ['a'] },
    { environments: ['a', 'b'] },
    {},
    ['a webhook failed', 'b webhook created', 'a label kept', 'b label created'],
    ['create webhook of repository b', 'create label lockkeeper in b'],
  ],
])('%s', async (_, scene, targets, options, rows, writes) => {
  const { forge, writes: written } = forgeOf(scene);
  const result = await setUp(forge, wanted, { ...nothing, ...targets }, { ...plainly, ...options });
  expect(result.rows.map(({ project, what, done }) => `${project} ${what} ${done}`)).toEqual(rows);
  expect(written).toEqual(writes);
  const failing = result.rows.filter(({ done }) => done === 'failed' || done === 'skipped');
  for (const { reason } of failing) expect(reason).toMatch(/\S/);
});

test('where there is a webhook now is remembered, and where there is none is not', async () => {
  const { forge } = forgeOf({ refused: { a: down, platform: forbidden }, repositories: { platform: ['platform/x'] } });
  const { places } = await setUp(forge, wanted, { groups: [{ path: 'platform' }], environments: ['a', 'b'], sources: [] }, plainly);
  expect(places).toEqual([
    { kind: 'repository', path: 'b' },
    { kind: 'repository', path: 'platform/x' },
  ]);
});
