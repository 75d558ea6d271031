import MarkdownIt from 'markdown-it';
import type { MergedRequest, SourceCommit } from '../../src/domain/forge.ts';
import { carriedBy, commitMessage, readMarker } from '../../src/domain/identifiers.ts';
import { diffObjects } from '../../src/manifests/object-diff.ts';
import type { ManifestObject } from '../../src/manifests/objects.ts';
import type { Origin } from '../../src/markdown/links.ts';
import { makeEntries } from '../../src/updates/changelog/entries.ts';
import { describeProposal, moveKey } from '../../src/updates/merge-request.ts';
import { makeProposals } from '../../src/updates/proposal.ts';
import { fc } from '../support/fuzz.ts';
import { liveIn } from '../support/live-text.ts';
import { updateOf } from '../support/updates.ts';

const marker = '<!-- lockkeeper:update {"app":"x","environment":"x","content":"x","title":"x"} -->';
/** What a forge acts on, and what could end the place where a text stands. */
const sharp = [
  ...['@ada', '@all', '@group/sub', '＠all', '&#64;all', '@<b></b>all', '\u200b@all', '@\u2060all', 'ada@x.example'],
  ...[
    '#1',
    '!1',
    '~label',
    '%1',
    '$1',
    '&1',
    '^alert#1',
    'a/b#1',
    'GL-1',
    'GH-1',
    '[issue:1]',
    '*iteration:1',
    'Closes #1',
    'fixes: a/b!2',
    'resolve https://x.example/a/issues/1',
  ],
  ...['\n/close', '\n/merge now', '/approve', '\n／close', '\r/close', '\u2028/close', '> /close', '- /close', '1. /close', '/assign @ada'],
  ...[
    '<b>',
    '</details>',
    '<details>',
    '<summary>',
    '</summary>',
    '<!--',
    '-->',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">',
    '&lt;b&gt;',
    '＜b＞',
    '<![CDATA[',
  ],
  ...[
    '[x](javascript:alert(1))',
    '[x](data:text/html,x)',
    '![x](https://t.example/p)',
    '[x]: javascript:alert(1)',
    '[x][x]',
    '[^1]',
    '[^1]: note',
    '](',
    '](https://x.example)',
    '[',
    ']',
    '![',
  ],
  ...[
    '`',
    '``',
    '```',
    '````',
    '~~~',
    '```mermaid\n',
    '```suggestion\n',
    '::include{file=x}',
    ':::',
    '$$',
    '$`x`$',
    '[[_TOC_]]',
    '[TOC]',
    '---',
    '***',
    '===',
    '|',
    '|---|',
    '| a |\n|---|\n| b |',
  ],
  ...[
    '\n',
    '\n\n',
    '\r\n',
    '    ',
    '\t',
    '\0',
    '\u202e',
    '\u2066',
    '\u200d',
    '\ufe0f',
    '\uD800',
    '🚢',
    '\\',
    '*',
    '_',
    '# ',
    '- ',
    '> ',
    '>>>\n',
    '1) ',
    '+ ',
    ' ',
    'x',
    '7',
  ],
  ...[
    marker,
    'Lockkeeper-Content: x',
    'Lockkeeper-Places: x',
    '\nLockkeeper-Content: forged',
    'BREAKING CHANGE: ',
    'Revert "',
    'This reverts commit 0123456789',
    'feat(@ada)!: ',
    'fix(#1): ',
  ],
];
const text = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...sharp) }, fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 12 })
  .map((parts) => parts.join(''));
const url = fc.oneof(
  fc.constant('https://gitlab.example.com/a/b/-/commit/1'),
  text,
  text.map((tail) => `https://x.example/${tail}`),
);

const commits: fc.Arbitrary<SourceCommit[]> = fc.array(
  fc.record({
    sha: fc.constantFrom('a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)),
    message: text,
    author: text,
    date: fc.constant('2026-11-01T00:00:00Z'),
    url,
  }),
  { maxLength: 4 },
);
const merged: fc.Arbitrary<MergedRequest[]> = fc.array(
  fc.record({
    id: fc.nat(99),
    title: text,
    author: text,
    labels: fc.array(text, { maxLength: 2 }),
    url,
    commits: fc.constant(['b'.repeat(40)]),
  }),
  { maxLength: 3 },
);
const objects: fc.Arbitrary<ManifestObject[]> = fc.array(
  fc
    .record({
      file: text,
      kind: text,
      name: fc.constantFrom('a', 'b', '@all', '</summary>'),
      namespace: text,
      value: fc.dictionary(text, text, { maxKeys: 3 }),
    })
    .map((object) => ({
      apiVersion: 'v1',
      ...object,
      namespace: '',
      value: { kind: object.kind, spec: { containers: [{ name: 'a', image: object.file }], ...object.value } },
    })),
  { maxLength: 3 },
);
const facts = fc.record({
  commits,
  merged,
  objects,
  others: objects,
  notes: fc.array(text, { maxLength: 3 }),
  name: text,
  file: text,
  version: text,
  problem: text,
  owner: text,
  reason: text,
  url,
});
const origins: readonly Origin[] = [
  { type: 'gitlab', url: 'https://gitlab.example.com', path: 'payments/billing' },
  { type: 'github', url: 'https://github.com', path: 'payments/billing' },
  { type: 'local', url: 'http://localhost:3000', path: 'billing' },
];
const now = new Date('2026-11-20T14:02:00Z');

function described(given: typeof facts extends fc.Arbitrary<infer T> ? T : never, origin: Origin, limit: number): string {
  const update = updateOf({
    file: given.file,
    package: { name: given.name },
    to: { version: '1.6.0', url: given.url },
    held: [{ version: given.version, reason: given.reason }],
  });
  const [proposal] = makeProposals('production', [update]);
  if (proposal === undefined) throw new Error('no proposal');
  const projectUrl = `${origin.url}/${origin.path}`;
  const changelog = {
    origin: { ...origin, projectUrl },
    groups: makeEntries(given.commits, given.merged, '!'),
    notes: given.notes.map((note, index) => ({ version: index === 0 ? given.version : '1.5.0', text: note, url: given.url })),
    compareUrl: given.url,
    commits: given.commits.length,
    truncated: true,
    problems: [given.problem],
    unread: true,
  };
  const bundle = { diff: diffObjects(given.objects, given.others), problems: [given.problem], unread: true };
  const updates = new Map([[moveKey(update), { changelog, bundle }]]);
  const traits = { name: origin.type, type: origin.type, descriptionLimit: limit, url: origin.url };
  return describeProposal(proposal, { now, traits, owner: given.owner, updates }).description;
}

/** What the description is made with. */
const ownTags = /^(?:<\/?details>|<\/?summary>|<br>|<!-- lockkeeper:update [^<>]*-->)$/;

/** What a forge's reader of Markdown makes of it: HTML as it is written, addresses that links lead to, images. */
function rendered(markdown: string): { readonly tags: string[]; readonly links: string[]; readonly images: number } {
  const tokens = new MarkdownIt({ html: true }).parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const html = tokens.filter(({ type }) => type === 'html_block' || type === 'html_inline');
  return {
    tags: html.flatMap(({ content }) => content.match(/<[a-z!/?][^>]*>?/gi) ?? []),
    links: tokens.filter(({ type }) => type === 'link_open').map((token) => token.attrGet('href') ?? ''),
    images: tokens.filter(({ type }) => type === 'image').length,
  };
}

/** Without our own tags; in a block of code no forge looks for mentions, references or lists: there an object is shown as it is. */
const outside = (markdown: string): string =>
  markdown
    .replaceAll(/^(`{3,})[^`\n]*\n.*?\n\1$/gms, (code) =>
      code.replaceAll(/[@#!%~^$&]/g, 'x').replaceAll(/^[-+*>\s]*(?:\d+[.)]|[-*+>])(?=\s)/gm, 'item'),
    )
    .replaceAll(/<\/?(?:details|summary)>|<br>/g, '\u200b')
    .replace(/<!-- lockkeeper:update [^<>]*-->$/, '');

test('nothing of a description acts, wherever in it the text from outside stands, and its marker is ours', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom(...origins), fc.constantFrom(1_000_000, 65_536, 3000), (given, origin, limit) => {
      const description = described(given, origin, limit);
      expect(liveIn(outside(description))).toEqual([]);
      const { tags, links, images } = rendered(description);
      expect(tags.filter((tag) => !ownTags.test(tag))).toEqual([]);
      expect(tags.filter((tag) => tag === '<details>').length).toBe(tags.filter((tag) => tag === '</details>').length);
      expect(tags.filter((tag) => tag.startsWith('<!--'))).toHaveLength(1);
      expect(links.filter((href) => !/^https?:\/\//.test(href))).toEqual([]);
      expect(images).toBe(0);
      expect(readMarker(description)).toMatchObject({ app: 'billing', environment: 'production' });
      expect(description.length).toBeLessThanOrEqual(Math.max(limit, 4000));
    }),
    { numRuns: 1000 },
  );
});

test('a trailer in a title is none of ours', () => {
  fc.assert(
    fc.property(text, (title) => {
      const message = commitMessage(title, { content: 'c1', places: 'p1' });
      expect(carriedBy(message)).toEqual({ content: 'c1', places: 'p1' });
    }),
  );
});
