import { compare, valid } from 'semver';
import { OutsideError } from '../../../src/domain/errors.ts';
import { type ChangelogRequest, createChangelogs } from '../../../src/updates/changelog/changelog.ts';
import { commit, mergedRequest, pretendForge, type SourceContent, sha } from '../../support/source-forge.ts';

const billing: SourceContent = {
  commits: [commit(1, 'Start'), commit(2, 'feat: retry'), commit(3, 'fix: round'), commit(4, 'feat: page')],
  tags: [
    { name: 'v1.4.2', commit: sha(1) },
    { name: 'v1.5.0', commit: sha(2) },
    { name: 'v1.6.0', commit: sha(4) },
  ],
  merged: [mergedRequest(228, 'feat: retry failed webhooks', [2])],
  notes: [
    { tag: 'v1.5.0', title: '1.5.0', text: 'five', url: 'https://gitlab.example.com/r/1.5.0' },
    { tag: 'v1.4.2', title: '1.4.2', text: 'four', url: 'https://gitlab.example.com/r/1.4.2' },
  ],
};
const request = (more: Partial<ChangelogRequest> = {}): ChangelogRequest => ({
  app: 'billing',
  names: [],
  label: 'https://gitlab.example.com/payments/billing',
  neighbours: [],
  from: { version: '1.4.2' },
  to: { version: '1.6.0' },
  ...more,
});

function make(content: SourceContent, ...requests: ChangelogRequest[]) {
  const forge = pretendForge({}, { 'payments/billing': content });
  const changelogs = createChangelogs({
    forges: new Map([['gitlab', forge]]),
    compare: (a, b) => (valid(a) && valid(b) ? compare(a, b) : undefined),
  });
  return { asked: forge.asked, changelogs: Promise.all(requests.map((each) => changelogs(each))) };
}

async function one(content: SourceContent, more: Partial<ChangelogRequest> = {}) {
  const { asked, changelogs } = make(content, request(more));
  const [changelog] = await changelogs;
  if (changelog === undefined) throw new Error('no changelog');
  return {
    asked,
    changelog,
    entries: changelog.groups.flatMap(({ title, entries }) => entries.map(({ name, text }) => `${title}: ${text} ${name.slice(0, 7)}`)),
  };
}

test('tags, history, merge requests, release notes: each asked once, CHANGELOG.md only where the forge has no notes', async () => {
  const { asked, changelog, entries } = await one(billing);
  expect(entries).toEqual(
    ['Features: retry failed webhooks !228', 'Features: page aaaaa40', 'Fixes: round aaaaa30'].sort((a, b) =>
      a.startsWith('Feat') && b.startsWith('Feat') ? 0 : a < b ? -1 : 1,
    ),
  );
  expect(changelog).toMatchObject({
    commits: 3,
    truncated: false,
    problems: [],
    compareUrl: 'https://gitlab.example.com/payments/billing/-/compare/v1.4.2...v1.6.0',
  });
  expect(changelog.notes.map(({ version }) => version)).toEqual(['1.5.0']);
  expect([...asked].sort()).toEqual([
    'history v1.4.2 v1.6.0',
    `mergedSince ${commit(2, '').date}`,
    'releaseNotes',
    'tags 1.4.2',
    'tags 1.6.0',
  ]);
});

test('CHANGELOG.md of the new version', async () => {
  const { changelog, asked } = await one({ ...billing, notes: [], files: { 'CHANGELOG.md': '## 1.6.0\n- six\n## 1.4.2\n- four' } });
  expect(changelog.notes).toEqual([{ version: '1.6.0', text: '- six' }]);
  expect(asked).toContain('file v1.6.0 CHANGELOG.md');
});

test('revisions of the labels, where there are no tags', async () => {
  const { entries, asked } = await one(
    { ...billing, tags: [] },
    { from: { version: '1.4.2', revision: sha(1) }, to: { version: '1.6.0', revision: sha(3) } },
  );
  expect(entries).toEqual(['Features: retry failed webhooks !228', 'Fixes: round aaaaa30']);
  expect(asked).toContain(`history ${sha(1)} ${sha(3)}`);
});

test('a digest under the same tag: the revisions of the two digests, and no search for tags', async () => {
  const { entries, asked } = await one(billing, { from: { version: '1.4', revision: sha(2) }, to: { version: '1.4', revision: sha(4) } });
  expect(entries).toEqual(['Features: page aaaaa40', 'Fixes: round aaaaa30']);
  expect(asked.filter((question) => /^(?:tags|releaseNotes)/.test(question))).toEqual([]);
});

test('an image tagged with its commit', async () => {
  const { entries } = await one(
    { ...billing, tags: [] },
    { from: { version: sha(2).slice(0, 9) }, to: { version: `sha-${sha(3).slice(0, 9)}` } },
  );
  expect(entries).toEqual(['Fixes: round aaaaa30']);
});

describe('labels inherited from a base image', () => {
  const foreign = { from: { version: '1.4.2', revision: 'f'.repeat(40) }, to: { version: '1.6.0', revision: 'e'.repeat(40) } };

  test('a revision that the claimed repository does not have: said, and no changelog', async () => {
    for (const content of [{ ...billing, tags: [] }, billing]) {
      const { changelog } = await one(content, foreign);
      expect(changelog).toMatchObject({ groups: [], notes: [] });
      expect(changelog.origin).toBeUndefined();
      expect(changelog.problems.join(' ')).toMatch(
        /payments\/billing does not have `ffffffff` or `eeeeeeee`: the label was most likely inherited from a base image, so no changelog/,
      );
    }
  });

  test('the source is known from elsewhere: its tags are used, and it is said', async () => {
    const { changelog, entries } = await one(billing, { ...foreign, label: undefined, configured: 'gitlab:payments/billing' });
    expect(entries).toHaveLength(3);
    expect(changelog.problems).toEqual([expect.stringContaining('inherited from a base image and is ignored')]);
  });

  test('both versions carry the same revision', async () => {
    const same = { from: { version: '1.4.2', revision: sha(2) }, to: { version: '1.6.0', revision: sha(2) } };
    const { changelog } = await one(billing, same);
    expect(changelog.groups).toEqual([]);
    expect(changelog.problems.join(' ')).toContain('inherited from a base image');
    expect((await one(billing, { ...same, label: undefined, environment: 'gitlab:payments/billing' })).entries).toHaveLength(3);
  });
});

test('tag and label disagree: what was built is shown, and it is said', async () => {
  const { changelog, entries } = await one(billing, {
    from: { version: '1.4.2', revision: sha(1) },
    to: { version: '1.6.0', revision: sha(3) },
  });
  expect(entries).toHaveLength(2);
  expect(changelog.problems).toEqual([
    'Tag `v1.6.0` is at `aaaaa400`, but 1.6.0 says that it was built from `aaaaa300`: the changelog follows what was built.',
  ]);
});

test('whatever fails outside becomes a line; a defect throws', async () => {
  const failure = new OutsideError('gitlab.example.com', 'GET /api: 503');
  for (const method of ['tags', 'history', 'mergedSince', 'releaseNotes'] as const) {
    const { changelog } = await one({ ...billing, failing: { [method]: failure } });
    expect(changelog.problems[0]).toMatch(/^The .+ of payments\/billing could not be read: GET \/api: 503$/);
  }
  expect((await one({ ...billing, failing: { mergedSince: failure } })).entries).toHaveLength(3);
  await expect(one({ ...billing, failing: { tags: new TypeError('bug') } })).rejects.toThrow('bug');
});

test('a source that does not answer is one line, and its tags are not said to be missing', async () => {
  const failure = new OutsideError('gitlab.example.com', 'GET /api: 503');
  const { changelog } = await one({ ...billing, failing: { tags: failure, releaseNotes: failure } });
  expect(changelog.problems).toEqual(['The tags and release notes of payments/billing could not be read: GET /api: 503']);
});

test('no source: nothing is asked but whether a neighbour exists', async () => {
  const { asked, changelog } = await one(billing, { label: undefined, neighbours: [{ forge: 'gitlab', path: 'shop/billing' }] });
  expect(asked).toEqual(['exists shop/billing']);
  expect(changelog.problems).toEqual([expect.stringContaining('nothing says where the source')]);
});

test('a hundred environments with the same move ask once', async () => {
  const { asked, changelogs } = make(billing, ...Array.from({ length: 100 }, () => request()));
  expect(new Set((await changelogs).map((changelog) => JSON.stringify(changelog))).size).toBe(1);
  expect(asked).toHaveLength(5);
});
