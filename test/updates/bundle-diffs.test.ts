import type { Update } from '../../src/domain/update.ts';
import { createBundleDiffs } from '../../src/updates/bundle-diffs.ts';
import { objectDiffPart } from '../../src/updates/text/object-diff.ts';
import { gzipped, streamOf, tarOf } from '../support/tar.ts';

const update: Update = {
  reference: {
    app: 'shop',
    file: 'environment.yml',
    line: 3,
    package: {
      datasource: 'nexus-raw',
      name: 'nexus.example.com/shop',
      url: 'https://nexus.example.com/repository/raw/shop-{version}.tgz',
    },
    version: '1.0.0',
    spots: [],
  },
  to: { version: '1.1.0' },
  type: 'minor',
  held: [],
};

const bundle = async (...names: readonly string[]) =>
  gzipped(
    await tarOf(
      names.map((name) => ({
        name: `${name}.yaml`,
        content: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { text: "${Array.from({ length: 300 }, (_, at) => `${name}${at ** 3}`).join(' ')}" }\n`,
      })),
    ),
  );

/** What a reviewer reads of two downloads; undefined is a 404. */
async function told(from: Buffer | undefined, to: Buffer | undefined): Promise<string> {
  const downloads = [from, to];
  const { diff, problems } = await createBundleDiffs(async () => {
    const bytes = downloads.shift();
    return bytes === undefined ? undefined : streamOf(bytes);
  })(update);
  return objectDiffPart(diff, problems, '').text;
}

test('a bundle that is not read to its end: nothing is said to be new or gone for what was not read', async () => {
  const [old, whole] = [await bundle('a', 'b'), await bundle('a', 'c')];
  expect(await told(old, whole)).toMatch(/1 object created and 1 \*\*pruned\*\*/);
  for (const broken of [whole.subarray(0, whole.length / 2), Buffer.from('<html>Sign in</html>')]) {
    expect(await told(old, broken)).not.toMatch(/pruned|no longer/);
    expect(await told(old, broken)).toMatch(/No object differs in what could be read.*no tar that can be read to its end/s);
    expect(await told(broken, old)).not.toMatch(/created|\(new\)/);
  }
});

test('a bundle that is not there: the two are not compared', async () => {
  const some = await bundle('a');
  for (const text of [await told(some, undefined), await told(undefined, some)]) {
    expect(text).toMatch(/The two bundles could not be compared.*There is no bundle at/s);
    expect(text).not.toContain('No object differs');
  }
});

test('two that are the same', async () => {
  expect(await told(await bundle('a'), await bundle('a'))).toContain('No object differs between the two bundles.');
});
