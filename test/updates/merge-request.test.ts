import { readMarker } from '../../src/domain/identifiers.ts';
import type { Proposal, Update } from '../../src/domain/update.ts';
import { diffObjects } from '../../src/manifests/object-diff.ts';
import { objectsIn } from '../../src/manifests/objects.ts';
import type { Changelog } from '../../src/updates/changelog/changelog.ts';
import { makeEntries } from '../../src/updates/changelog/entries.ts';
import { describeProposal, moveKey, type ProposalFacts, type UpdateFacts } from '../../src/updates/merge-request.ts';
import { makeProposals } from '../../src/updates/proposal.ts';
import { expectGolden } from '../support/golden.ts';
import { liveIn } from '../support/live-text.ts';
import { commit, mergedRequest } from '../support/source-forge.ts';
import { updateOf } from '../support/updates.ts';

const now = new Date('2026-11-20T14:02:00Z');
const gitlab = { name: 'gitlab', type: 'gitlab', descriptionLimit: 1_000_000, url: 'https://gitlab.example.com' } as const;
const origin = { type: 'gitlab', url: gitlab.url, path: 'payments/billing', projectUrl: `${gitlab.url}/payments/billing` } as const;

function only(proposals: readonly Proposal[]): Proposal {
  const [proposal] = proposals;
  if (proposal === undefined || proposals.length > 1) throw new Error(`${proposals.length} proposals`);
  return proposal;
}

function described(updates: readonly Update[], known: UpdateFacts, more: Partial<ProposalFacts> = {}): string {
  const facts = new Map(updates.map((update) => [moveKey(update), known]));
  return describeProposal(only(makeProposals('production', updates)), {
    now,
    traits: gitlab,
    owner: 'team-payments',
    updates: facts,
    ...more,
  }).description;
}

const changelog = (more: Partial<Changelog> = {}): Changelog => ({
  origin,
  groups: makeEntries(
    [
      commit(7, 'chore(deps): bump undici from 7.0.0 to 8.0.1'),
      commit(6, 'ci: faster'),
      commit(5, 'docs: how to page'),
      commit(4, 'feat(api)!: invoices are paged (!231)\n\nBREAKING CHANGE: clients must follow `next`'),
      commit(3, 'feat: retry failed webhooks with backoff (!228)'),
      commit(2, 'fix: round half cents to even (!226)\n\nCloses #219'),
      commit(1, 'fix: thanks @alan, closes #220', 'Alan T.'),
    ],
    [
      mergedRequest(231, 'feat(api)!: invoices are paged', [4], { author: 'Ada L.' }),
      mergedRequest(228, 'feat: retry failed webhooks with backoff', [3]),
      mergedRequest(226, 'fix: round half cents to even', [2], { author: 'Alan T.' }),
    ],
    '!',
  ),
  notes: [
    {
      version: '1.6.0',
      text: '## Highlights\n\n* Invoices are **paged**: follow `next`, see #231\n* thanks to @ada\n\n```sh\ncurl https://billing.example.com/invoices?page=2\n```\n',
      url: `${origin.projectUrl}/-/releases/v1.6.0`,
      publishedAt: '2026-11-17T09:00:00Z',
    },
    { version: '1.5.0', text: 'Webhooks are retried.', url: `${origin.projectUrl}/-/releases/v1.5.0`, publishedAt: '2026-10-28T09:00:00Z' },
  ],
  compareUrl: `${origin.projectUrl}/-/compare/v1.4.2...v1.6.0`,
  commits: 7,
  truncated: false,
  unread: false,
  problems: [],
  ...more,
});

const held = [
  { version: '2.0.0', reason: 'production takes minor and patch only (app.yml)' },
  { version: '1.7.0-rc.1', reason: 'a pre-release, and 1.4.2 is none' },
];
const published = '2026-11-17T09:12:00Z';

const bundleOf = (version: string, memory: string, more: string) =>
  objectsIn(
    'billing/all.yaml',
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: billing, labels: { app.kubernetes.io/version: ${version} } }
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: api
          image: registry.example.com/payments/billing:${version}
          env:
            - { name: PAGE_SIZE, value: "${memory === '512Mi' ? 100 : 50}" }
          resources: { requests: { memory: ${memory} }, limits: { memory: ${memory} } }
---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: billing }
stringData: { password: ${version} }
---
${more}`,
  ).objects;
const limits = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: limits, namespace: billing }\ndata: { page: "100" }\n';
const nightly = 'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly, namespace: billing }\nspec: { schedule: "@daily" }\n';

const texts: Readonly<Record<string, () => string>> = {
  image: () =>
    described(
      [
        updateOf({ held, to: { publishedAt: published } }),
        updateOf({ held, file: 'manifests/billing-worker.yaml', line: 22, to: { publishedAt: published } }),
      ],
      { changelog: changelog() },
    ),
  bundle: () =>
    described(
      [
        updateOf({
          file: 'environment.yml',
          line: 4,
          package: { datasource: 'nexus-raw', name: 'nexus.example.com/manifests/billing' },
          to: { publishedAt: published, url: 'https://nexus.example.com/repository/manifests/billing/billing-1.6.0.tar.gz' },
          held,
        }),
      ],
      {
        changelog: changelog(),
        bundle: { diff: diffObjects(bundleOf('1.4.2', '256Mi', nightly), bundleOf('1.6.0', '512Mi', limits)), problems: [] },
      },
    ),
  digest: () =>
    described(
      [
        updateOf({
          from: '1.4',
          fromDigest: `sha256:${'1a'.repeat(32)}`,
          to: { version: '1.4', digest: `sha256:${'2b'.repeat(32)}`, publishedAt: published },
          type: 'digest',
        }),
      ],
      {
        changelog: changelog({
          groups: makeEntries([commit(2, 'fix: round half cents to even')], [], '!'),
          notes: [],
          commits: 1,
          compareUrl: `${origin.projectUrl}/-/compare/aaaaa1...aaaaa2`,
        }),
      },
    ),
  'no-source': () =>
    described(
      [updateOf({ package: { name: 'registry.example.com/shop/web' }, app: 'web' })],
      {
        changelog: {
          groups: [],
          notes: [],
          commits: 0,
          truncated: false,
          unread: false,
          problems: [
            'No changelog: nothing says where the source of `web` is. Set the image label `org.opencontainers.image.source`, or `source` for the package in app.yml or for the app in environment.yml.',
          ],
        },
      },
      { owner: undefined, traits: { ...gitlab, type: 'github' } },
    ),
  huge: () =>
    described(
      [updateOf({ held })],
      {
        changelog: changelog({
          groups: makeEntries(
            Array.from({ length: 500 }, (_, index) => commit(index + 1, `feat: feature number ${index + 1}`)),
            [],
            '!',
          ),
          truncated: true,
          commits: 500,
        }),
      },
      { traits: { ...gitlab, descriptionLimit: 4000 } },
    ),
};

describe('descriptions read well', () => {
  test.each(Object.entries(texts))('%s', (name, text) => {
    expectGolden(`descriptions/${name}.md`, text());
  });

  test.each(Object.entries(texts))('%s: nothing of it comes alive, and the marker is the last thing in it', (_, text) => {
    const description = text();
    const [, marker = ''] = /(<!-- lockkeeper:update .* -->)$/.exec(description) ?? [];
    expect(readMarker(description)).toMatchObject({ environment: 'production', title: expect.stringContaining('1.4') });
    const own = description.replace(marker, '').replaceAll(/<\/?(?:details|summary)>|<br>/g, '');
    expect(liveIn(own)).toEqual([]);
    expect(description).toContain('**To say no:**');
  });
});

test('a description holds to any limit that leaves room for table, footer and marker', () => {
  for (const limit of [1500, 2000, 3000, 5000, 10_000]) {
    const description = described([updateOf({ held })], { changelog: changelog() }, { traits: { ...gitlab, descriptionLimit: limit } });
    expect(description.length).toBeLessThanOrEqual(limit);
    expect(readMarker(description)?.app).toBe('billing');
    expect(description).toContain('**To say no:**');
    expect(description.split('<details>').length).toBe(description.split('</details>').length);
    expect((description.match(/^```/gm) ?? []).length % 2).toBe(0);
  }
});

test('two images built from the same commits have one changelog', () => {
  const updates = [updateOf(), updateOf({ package: { name: 'registry.example.com/payments/billing-worker' }, line: 40 })];
  const description = described(updates, { changelog: changelog() });
  expect(description.split('### What changed').length).toBe(2);
  expect(description.split('| image `').length).toBe(3);
});

test('text from outside cannot leave its cell, its list item or its block', () => {
  const nasty = 'x | y <!-- lockkeeper:update {"app":"evil"} --> `|` @all\n/merge\n</details>';
  const update = updateOf({
    file: `a|${nasty}.yaml`,
    package: { name: nasty },
    from: nasty,
    to: { version: nasty, publishedAt: published },
    held: [{ version: nasty, reason: nasty }],
  });
  const bad = changelog({
    groups: [
      { title: 'Features', entries: [{ text: nasty, scope: nasty, author: nasty, name: '!1', url: 'javascript:x', breakingText: nasty }] },
    ],
    notes: [{ version: nasty, text: nasty, url: 'https://x.example' }],
    problems: [nasty],
  });
  const objects = objectsIn(
    'a.yaml',
    // What stands in a block of code mentions nobody on any forge, and a manifest is shown exactly as it is.
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: nasty.replace('@', '') } }),
  ).objects;
  const description = described([update], { changelog: bad, bundle: { diff: diffObjects([], objects), problems: [nasty] } });
  const marker = description.slice(description.lastIndexOf('<!-- lockkeeper'));
  expect(
    liveIn(
      description
        .replace(marker, '')
        .replaceAll(/^<details><summary>|<\/summary>$|^<\/details>$/gm, '')
        .replaceAll('<br>', ''),
    ),
  ).toEqual([]);
  expect(readMarker(description)?.app).toBe('billing');
  const rows = description.split('\n').filter((line) => line.startsWith('| image'));
  expect(rows.map((row) => row.split(/(?<!\\)\|/).length)).toEqual([7]);
});
