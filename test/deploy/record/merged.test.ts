import { type MergedForge, mergedBetween } from '../../../src/deploy/record/merged.ts';
import type { MergedRequest, SourceHistory } from '../../../src/domain/forge.ts';

const request = (id: number, ...commits: readonly string[]): MergedRequest => ({
  id,
  title: `web 1.${id}.0 → 1.${id + 1}.0`,
  author: 'lockkeeper',
  labels: [],
  url: `https://gitlab.example.com/env/-/merge_requests/${id}`,
  commits,
});

/** A forge with these commits since the last run and these merged requests; it is told in `asked` what it was asked. */
function forgeOf(commits: readonly string[] | undefined, merged: readonly MergedRequest[], truncated = false) {
  const asked: string[] = [];
  const forge: MergedForge = {
    history: async (path, from, to) => {
      asked.push(`history ${path} ${from}..${to}`);
      const all = commits?.map((sha) => ({ sha, message: '', author: '', date: '', url: '' }));
      return all && ({ commits: all, truncated, compareUrl: 'https://gitlab.example.com/compare' } satisfies SourceHistory);
    },
    mergedSince: async (path, since) => {
      asked.push(`merged ${path} ${since}`);
      return merged;
    },
    endedBy: async (_path, { id, state }) => {
      asked.push(`ended ${id} ${state}`);
      return id === 3 ? undefined : 'ada';
    },
  };
  return { asked, forge };
}

const span = { from: 'a', to: 'd', since: new Date('2026-11-21T12:00:00Z') };

test('those whose commits came, by whichever commit the forge knows them, oldest first, and who merged them', async () => {
  const { asked, forge } = forgeOf(['d', 'c', 'b'], [request(4, 'd', 'x'), request(3, 'y', 'b'), request(2, 'z')]);
  const found = await mergedBetween(forge, 'env', span);
  expect(found).toMatchObject({ requests: [{ id: 3 }, { id: 4, by: 'ada' }], compareUrl: 'https://gitlab.example.com/compare' });
  expect(found.requests[0]).not.toHaveProperty('by');
  expect(asked).toEqual(['history env a..d', 'merged env 2026-11-21T11:00:00.000Z', 'ended 3 merged', 'ended 4 merged']);
});

test('of very many all are told, and of ten of them who merged them', async () => {
  const { asked, forge } = forgeOf(
    ['d'],
    Array.from({ length: 12 }, (_, index) => request(index + 10, 'd')),
  );
  const { requests } = await mergedBetween(forge, 'env', span);
  expect(requests).toHaveLength(12);
  expect(asked.filter((one) => one.startsWith('ended'))).toHaveLength(10);
});

test('a history that was rewritten says so, and asks for nothing more', async () => {
  const { asked, forge } = forgeOf(undefined, [request(4, 'd')]);
  const { requests, note } = await mergedBetween(forge, 'env', span);
  expect([requests, note]).toEqual([
    [],
    'What was merged is not known: a was deployed last, and the repository does not have it any more.',
  ]);
  expect(asked).toEqual(['history env a..d']);
});

test('more commits than were read are told of', async () => {
  const { forge } = forgeOf(['d'], [], true);
  expect((await mergedBetween(forge, 'env', span)).note).toMatch(/^More commits came than could be read/);
});
