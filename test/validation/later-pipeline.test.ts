import type { StatusState } from '../../src/domain/forge.ts';
import type { ListedRequest } from '../../src/domain/request-forge.ts';
import { sayInPipeline } from '../../src/validation/later-pipeline.ts';
import { remember } from '../../src/validation/remembered.ts';
import { rulesOf } from '../../src/validation/rules.ts';
import { keepStatus } from '../../src/validation/said.ts';
import { MemoryStore } from '../support/memory-store.ts';

const repository = { forge: 'gitlab', path: 'environments/staging' };
const environment = { name: 'staging', repository, settings: { registries: [] }, fingerprint: '' };
const request = (id: number, commit: string): ListedRequest => ({
  id,
  commit,
  url: '',
  title: '',
  branch: `feature-${id}`,
  target: 'main',
  labels: [],
  fork: false,
  draft: false,
  author: { id: '1', name: 'ada' },
});
const [head, other] = ['a'.repeat(40), 'b'.repeat(40)];

async function told(state: StatusState | undefined, isJudged: boolean, pipeline: { commit: string; request?: number }) {
  const store = new MemoryStore();
  if (state !== undefined) await keepStatus(store, repository, request(7, head), { name: 'x', state, description: state });
  if (isJudged) await remember(store, repository, request(7, head), rulesOf(environment));
  const said: string[] = [];
  const forge = {
    state: async () => ({ defaultBranch: 'main', commit: other, branches: {} }),
    openRequests: async () => [request(7, head), request(8, other)],
    comment: async () => {},
    setStatus: async (_: string, target: { request: number }, status: { state: StatusState }) =>
      void said.push(`!${target.request} ${status.state}`),
  };
  const due = await sayInPipeline({ forge, store, warn: () => {} }, environment, pipeline);
  return [...due.map((id) => `validate !${id}`), ...said];
}

test.each<[string, StatusState | undefined, boolean, readonly string[]]>([
  ['nobody has looked at it', undefined, false, ['validate !7']],
  ['it was accepted', 'success', true, ['validate !7']],
  ['it was rejected', 'failure', true, ['validate !7']],
  ['somebody has asked for another verdict', 'failure', false, ['!7 failure']],
  ['it is being judged', 'running', false, ['!7 running']],
  ['it is being judged against another base', 'running', true, ['!7 running']],
  ['there is no verdict', 'error', false, ['!7 error']],
  ['there is none against another base', 'error', true, ['!7 error']],
])('%s', async (_, state, isJudged, expected) => {
  expect(await told(state, isJudged, { commit: head })).toEqual(expected);
  expect(await told(state, isJudged, { commit: 'c'.repeat(40), request: 7 })).toEqual(expected);
});

test('a pipeline of a commit that is no head is left alone', async () =>
  expect(await told('success', true, { commit: 'c'.repeat(40) })).toEqual([]));
