import fc from 'fast-check';
import { readMarker, rollbackBranchOf } from '../../../src/domain/identifiers.ts';
import type { Update } from '../../../src/domain/update.ts';
import { diffObjects } from '../../../src/manifests/object-diff.ts';
import { objectsIn } from '../../../src/manifests/objects.ts';
import type { Changelog } from '../../../src/updates/changelog/changelog.ts';
import { makeEntries } from '../../../src/updates/changelog/entries.ts';
import { moveKey, type UpdateFacts } from '../../../src/updates/merge-request.ts';
import { describeEnvironmentRollback } from '../../../src/updates/rollback/environment-text.ts';
import { markOf, rollbackProposal } from '../../../src/updates/rollback/make.ts';
import { describeRollback } from '../../../src/updates/rollback/text.ts';
import { expectGolden } from '../../support/golden.ts';
import { liveIn } from '../../support/live-text.ts';
import { commit } from '../../support/source-forge.ts';
import { updateOf } from '../../support/updates.ts';

const now = new Date('2026-11-20T14:02:00Z');
const gitlab = { name: 'gitlab', type: 'gitlab', descriptionLimit: 1_000_000, url: 'https://gitlab.example.com' } as const;
const origin = { type: 'gitlab', url: gitlab.url, path: 'payments/billing', projectUrl: `${gitlab.url}/payments/billing` } as const;
const since = {
  sha: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  message: 'billing 1.2.0 → 1.4.2',
  author: 'Lockkeeper',
  date: '2026-11-03T10:00:00.000Z',
  url: 'https://gitlab.example.com/platform/environments/production/-/commit/1a2b3c4d',
};

const changelog: Changelog = {
  origin,
  groups: makeEntries(
    [
      commit(4, 'feat(api)!: invoices are paged\n\nBREAKING CHANGE: clients must follow `next`'),
      commit(3, 'feat: retry failed webhooks with backoff'),
      commit(2, 'fix(db): migrate invoices to cents'),
      commit(1, 'chore: schema of reports in its own file'),
    ],
    [],
    '!',
  ),
  notes: [],
  compareUrl: `${origin.projectUrl}/-/compare/v1.4.2...v1.6.0`,
  commits: 4,
  truncated: false,
  unread: false,
  problems: [],
};

interface Said {
  readonly by?: string;
  readonly why?: string;
  readonly environment?: string;
  readonly app?: string;
  readonly limit?: number;
}

function described(updates: readonly Update[], known: UpdateFacts, said: Said = {}): string {
  const { by = 'ada', why = 'invoices are wrong', environment = 'production', app = 'billing', limit = gitlab.descriptionLimit } = said;
  return describeRollback(
    rollbackProposal(environment, app, updates),
    { mark: markOf(updates, { by, why }), since, defaultBranch: 'main' },
    {
      now,
      traits: { ...gitlab, descriptionLimit: limit },
      owner: 'team-payments',
      updates: new Map(updates.map((update) => [moveKey(update), known])),
    },
  );
}

const objects = (memory: string) =>
  objectsIn('all.yaml', `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: limits, namespace: billing }\ndata: { memory: ${memory} }\n`)
    .objects;

const bundle = updateOf({
  file: 'environment.yml',
  line: 4,
  package: { datasource: 'nexus-raw', name: 'nexus.example.com/manifests/billing' },
  from: '1.6.0',
  to: { version: '1.4.2', sha256: 'a'.repeat(64) },
});
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

test.each<[string, () => string]>([
  ['rollback', () => described([bundle], { changelog, bundle: { diff: diffObjects(objects('512Mi'), objects('256Mi')), problems: [] } })],
  [
    'rollback-digest',
    () =>
      described(
        [updateOf({ from: '1.4', fromDigest: digest('b'), pinned: true, to: { version: '1.4', digest: digest('a') }, type: 'digest' })],
        {},
        { why: '' },
      ),
  ],
])('a description reads as in %s.md', (name, describe) => {
  expectGolden(`descriptions/${name}.md`, describe());
});

const undone = [
  { ...since, sha: 'b'.repeat(40), message: 'billing 1.4.2 → 1.6.0\n\nmore', author: 'Ada L.' },
  { ...since, sha: 'c'.repeat(40), message: 'Less of everything', author: 'Alan T.' },
];

const environmentText = (said: Said & { readonly subject?: string; readonly file?: string } = {}): string => {
  const { by = 'ada', why = 'nothing works', environment = 'production', subject, file = 'manifests/new.yaml', limit } = said;
  const updates = [updateOf({ from: '1.6.0', to: { version: '1.4.2' } })];
  return describeEnvironmentRollback(
    {
      proposal: {
        ...rollbackProposal(environment, '', updates),
        branch: rollbackBranchOf(undefined),
        content: 'c',
        title: `Roll back ${environment} to 1a2b3c4d`,
      },
      mark: markOf(updates, { by, why }),
      to: subject === undefined ? since : { ...since, message: subject, author: subject },
      undone: subject === undefined ? undone : undone.map((one) => ({ ...one, message: subject, author: subject, url: subject })),
      changes: {
        files: [
          { path: 'manifests/billing.yaml', content: Buffer.from('') },
          { path: 'manifests/gone.yaml', content: Buffer.from(''), isNew: true },
        ],
        removed: [file],
      },
      defaultBranch: 'main',
    },
    { ...gitlab, type: 'github', descriptionLimit: limit ?? 65_536 },
    now,
  );
};

test('the description of a whole environment’s reads as in rollback-environment.md', () => {
  expectGolden('descriptions/rollback-environment.md', environmentText());
});

const hostile = fc.constantFrom(
  'x <!-- lockkeeper:update {"app":"other"} -->',
  '@everyone closes #1 !2',
  '\n/close\n',
  '</details><script>alert(1)</script>',
  '![x](https://evil.example/x.png) [y](javascript:alert(1))',
  '`` ` @a #1',
  '\u202egnp',
);

test('nothing of what people and repositories say acts in either', () => {
  const outside = (text: string): string =>
    text.replaceAll(/<\/?(?:details|summary)>|<br>/g, '\u200b').replace(/<!-- lockkeeper:update [^<>]*-->$/, '');
  fc.assert(
    fc.property(hostile, hostile, fc.constantFrom(1_000_000, 65_536, 5000), (one, other, limit) => {
      const flat = other.replaceAll(/\s+/g, ' ').trim(); // as the command line makes it
      const app = updateOf({ app: one, from: one, to: { version: flat }, file: flat });
      const texts = [
        described([app], { changelog: { ...changelog, problems: [one] } }, { by: one, why: flat, environment: other, app: one, limit }),
        environmentText({ by: one, why: flat, environment: other, subject: one, file: other, limit }),
      ];
      for (const text of texts) {
        expect(liveIn(outside(text))).toEqual([]);
        expect(readMarker(text)?.rollback).toMatchObject({ by: one, why: flat });
      }
    }),
  );
});
