import { OutsideError, RefusedError } from '../../../src/domain/errors.ts';
import { findSource, neighbours, readSource, type SourceHints } from '../../../src/updates/changelog/source.ts';
import { pretendForge } from '../../support/source-forge.ts';

const gitlab = pretendForge({}, { 'payments/billing': {} });
const forges = new Map([
  ['gitlab', gitlab],
  ['nested', pretendForge({ name: 'nested', url: 'https://tools.example.com:8443/gitlab' }, {})],
  ['github', pretendForge({ name: 'github', type: 'github', url: 'https://github.com' }, {})],
  ['local', pretendForge({ name: 'local', type: 'local', url: 'http://127.0.0.1:3000' }, {})],
]);

describe('readSource', () => {
  test.each([
    ['gitlab:payments/billing', 'gitlab:payments/billing'],
    ['local:billing', 'local:billing'],
    ['https://gitlab.example.com/payments/billing', 'gitlab:payments/billing'],
    ['https://gitlab.example.com/payments/billing.git', 'gitlab:payments/billing'],
    ['https://GitLab.example.com/payments/core/billing/', 'gitlab:payments/core/billing'],
    ['https://gitlab.example.com/payments/billing/-/tree/main/charts', 'gitlab:payments/billing'],
    ['http://gitlab.example.com/payments/billing', 'gitlab:payments/billing'],
    ['https://oauth2:token@gitlab.example.com/payments/billing?x#y', 'gitlab:payments/billing'],
    ['git@gitlab.example.com:payments/billing.git', 'gitlab:payments/billing'],
    ['ssh://git@gitlab.example.com:2222/payments/billing.git', 'gitlab:payments/billing'],
    ['git+https://gitlab.example.com/payments/billing.git', 'gitlab:payments/billing'],
    ['git://github.com/o/r', 'github:o/r'],
    ['scm:git:https://github.com/o/r.git', 'github:o/r'],
    ['https://github.com/o/r/tree/main/services/billing', 'github:o/r'],
    ['github.com/o/r', 'github:o/r'],
    ['https://tools.example.com:8443/gitlab/a/b', 'nested:a/b'],
    ['git@tools.example.com:a/b.git', 'nested:a/b'],
    ['https://tools.example.com:8443/other/a/b', undefined],
    ['https://tools.example.com/gitlab/a/b', undefined],
    ['https://gitlab.example.com/payments', undefined],
    ['https://gitlab.example.com/../../etc', undefined],
    ['https://gitlab.example.com.evil.example/a/b', undefined],
    ['https://elsewhere.example/a/b', undefined],
    ['unknown:payments/billing', undefined],
    ['gitlab:../../x/y', undefined],
    ['', undefined],
    ['not a url', undefined],
  ])('%s', (text, expected) => {
    const found = readSource(text, forges);
    expect(found && `${found.forge}:${found.path}`).toBe(expected);
  });
});

describe('findSource', () => {
  const hints = (more: Partial<SourceHints>): SourceHints => ({ app: 'billing', neighbours: [], ...more });
  const all = {
    configured: 'gitlab:a/configured',
    environment: 'gitlab:a/environment',
    label: 'https://gitlab.example.com/a/label',
    bundle: 'gitlab:a/bundle',
  };

  test('app.yml before environment.yml before the label before the bundle before the name', async () => {
    const order: string[] = [];
    for (const drop of [[], ['configured'], ['configured', 'environment'], ['configured', 'environment', 'label'], Object.keys(all)]) {
      const left = Object.fromEntries(Object.entries(all).filter(([key]) => !drop.includes(key)));
      const { source } = await findSource(hints({ ...left, neighbours: [{ forge: 'gitlab', path: 'payments/billing' }] }), forges);
      order.push(`${source?.claim} ${source?.path}`);
    }
    expect(order).toEqual([
      'app.yml a/configured',
      'environment.yml a/environment',
      'label a/label',
      'bundle a/bundle',
      'name payments/billing',
    ]);
  });

  test('a source on no configured forge is said, and the next claim is used', async () => {
    const { source, problems } = await findSource(hints({ label: 'https://elsewhere.example/a/b', bundle: 'gitlab:a/bundle' }), forges);
    expect(source?.path).toBe('a/bundle');
    expect(problems).toEqual([
      expect.stringMatching(/^The image's label .* names `https:\/\/elsewhere.example\/a\/b` .* on no forge of app.yml/),
    ]);
  });

  test('what a chart or a git tag names is no label of an image', async () => {
    const { source, problems } = await findSource(hints({ release: 'https://elsewhere.example/a/b', bundle: 'gitlab:a/bundle' }), forges);
    expect(source).toMatchObject({ path: 'a/bundle', claim: 'bundle' });
    expect(problems).toEqual([expect.stringMatching(/^The release itself names `https:\/\/elsewhere.example\/a\/b` as the source/)]);
  });

  test('no source: the line says what to set', async () => {
    const { source, problems } = await findSource(hints({ neighbours: [{ forge: 'gitlab', path: 'nobody/billing' }] }), forges);
    expect(source).toBeUndefined();
    expect(problems).toEqual([
      expect.stringMatching(
        /^No changelog: nothing says where the source of `billing` is. Set the image label `org.opencontainers.image.source`/,
      ),
    ]);
  });

  test('a claim that leads nowhere is not said to be missing', async () => {
    const { problems } = await findSource(hints({ label: 'https://elsewhere.example/a/b' }), forges);
    expect(problems[1]).toMatch(/^No changelog: nothing else says where the source of `billing` is/);
  });

  test('a guess that a forge refuses to show is not the source, and no word is lost on it', async () => {
    const refused = new RefusedError('github:pay', 'the GitHub App is not installed in pay');
    const github = pretendForge({}, { 'pay/billing': { failing: { exists: refused } } });
    const { problems, unread } = await findSource(
      hints({ neighbours: [{ forge: 'github', path: 'pay/billing' }] }),
      new Map([['github', github]]),
    );
    expect([problems.length, problems[0], unread]).toEqual([1, expect.stringMatching(/^No changelog: nothing says/), false]);
  });

  test('a forge that does not answer is named', async () => {
    const broken = pretendForge({}, { 'a/billing': { failing: { exists: new OutsideError('gitlab.example.com', 'GET /projects: 503') } } });
    const { problems } = await findSource(hints({ neighbours: [{ forge: 'gitlab', path: 'a/billing' }] }), new Map([['gitlab', broken]]));
    expect(problems[0]).toBe('Whether a/billing is the source could not be asked: GET /projects: 503.');
  });
});

test('neighbours: beside the others, and at the image’s own path', () => {
  const others = [
    { forge: 'gitlab', path: 'payments/search' },
    { forge: 'gitlab', path: 'payments/web' },
  ];
  const paths = neighbours('billing', 'registry.example.com/shop/billing', 'gitlab', others).map(({ forge, path }) => `${forge}:${path}`);
  expect(paths).toEqual(['gitlab:shop/billing', 'gitlab:payments/billing']);
  expect(neighbours('api', 'registry.example.com/shop/billing/api', 'gitlab', []).map(({ path }) => path)).toEqual([
    'shop/billing/api',
    'shop/billing',
  ]);
});
