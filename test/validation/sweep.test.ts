import { OutsideError } from '../../src/domain/errors.ts';
import type { ListedRequest } from '../../src/domain/request-forge.ts';
import { remember } from '../../src/validation/remembered.ts';
import { rulesOf } from '../../src/validation/rules.ts';
import { findDue, type SweepPorts } from '../../src/validation/sweep.ts';
import { MemoryStore } from '../support/memory-store.ts';

const settings = { registries: [] };
const environment = (name: string) => ({ name, repository: { forge: 'gitlab', path: name }, settings, fingerprint: '1.0.0 1.36.3' });
const request = (id: number, commit: string) => ({ id, commit }) as ListedRequest;
const run = () => Promise.resolve(undefined);
const never = new AbortController().signal;

function forgeWith(open: Readonly<Record<string, readonly ListedRequest[] | Error>>, asked: string[] = []): SweepPorts['forge'] {
  return () => ({
    traits: { name: 'gitlab', type: 'gitlab', url: 'https://gitlab.example.com', descriptionLimit: 1000 },
    state: async () => ({ defaultBranch: 'main', commit: 'c', branches: {} }),
    openRequests: async (path, target) => {
      asked.push(`${path} ${target}`);
      const found = open[path];
      if (found === undefined || found instanceof Error) throw found ?? new Error(path);
      return found;
    },
  });
}

test('heads without a verdict under these rules, of every environment that answers; each is listed once', async () => {
  const [store, asked]: [MemoryStore, string[]] = [new MemoryStore(), []];
  const staging = environment('staging');
  const { repository } = staging;
  const rules = rulesOf(staging);
  await remember(store, repository, { id: 1, commit: 'a', base: 'x' }, rules);
  await remember(store, repository, { id: 2, commit: 'old' }, rules);
  await remember(
    store,
    repository,
    { id: 3, commit: 'c' },
    rulesOf({ ...staging, settings: { ...settings, missingDefinitions: 'error' } }),
  );
  await remember(store, repository, { id: 4, commit: 'd' }, rulesOf({ ...staging, fingerprint: '1.0.0 1.36.2' }));
  const forge = forgeWith(
    {
      staging: [request(1, 'a'), request(2, 'b'), request(3, 'c'), request(4, 'd')],
      production: [request(1, 'a')],
      down: new OutsideError('gitlab', 'no answer'),
    },
    asked,
  );
  const { due, problems } = await findDue({ forge, store, run }, ['staging', 'down', 'production'].map(environment), never);
  expect(due.map((one) => `${one.environment.name}!${one.id}`)).toEqual(['staging!2', 'staging!3', 'staging!4', 'production!1']);
  expect(problems).toEqual([{ environment: 'down', message: 'no answer' }]);
  expect(asked.sort()).toEqual(['down main', 'production main', 'staging main']);
});

test('a bug is no problem of an environment', async () => {
  await expect(findDue({ forge: forgeWith({}), store: new MemoryStore(), run }, [environment('staging')], never)).rejects.toThrow(
    'staging',
  );
});
