import type { RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import { json, routes } from '../../../support/http-server.ts';
import { sandbox, tagList } from '../../../support/sandbox.ts';

const box = sandbox();
const oci = (host: string, settings: Partial<RegistrySettings> = {}): Datasource =>
  box.connect({ [host]: { type: 'oci', insecure: true, ...settings } }).oci;
const pack = (host: string, name = 'org/sub/app'): Package => ({ datasource: 'oci', name: `${host}/${name}` });
const list = '/v2/org/sub/app/tags/list';
const versions = ({ releases }: { releases: readonly { version: string }[] }): string[] => releases.map(({ version }) => version);

describe('pages', () => {
  test('are followed to the end', async () => {
    const server = await box.serve(
      routes({
        [`GET ${list}?n=50000`]: tagList(['1.0.0', '1.1.0'], { link: `<${list}?last=1.1.0>; rel="next"` }),
        [`GET ${list}?last=1.1.0`]: (_request, response) =>
          json(response, { tags: ['1.2.0', '1.1.0'] }, { link: `<http://${_request.headers.host ?? ''}${list}?last=1.2.0>; rel=next` }),
        [`GET ${list}?last=1.2.0`]: tagList(['1.3.0']),
      }),
    );
    const found = await oci(server.host).releases(pack(server.host));
    expect(found).toEqual({ releases: ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version) => ({ version })), complete: true });
  });

  test.each([
    ['another host', '<https://evil.example.com/v2/x>; rel="next"', /evil\.example\.com.*not asked/],
    ['a circle', `<${list}?n=50000>; rel="next"`, /circle/],
    ['a page that is missing', `<${list}?last=gone>; rel="next"`, /page 2 .* failed.*404/],
    ['a page that is no JSON', `<${list}?last=html>; rel="next"`, /page 2 .* failed.*no list of tags/],
    ['a page that fails', `<${list}?last=500>; rel="next"`, /page 2 .* failed.*status 500/],
  ])('%s leaves an incomplete list, and says why', async (_name, link, problem) => {
    const server = await box.serve(
      routes({
        [`GET ${list}?n=50000`]: tagList(['1.0.0'], { link }),
        [`GET ${list}?last=html`]: (_request, response) => void response.end('<html>'),
        [`GET ${list}?last=500`]: (_request, response) => void response.writeHead(500).end(),
      }),
    );
    const found = await oci(server.host).releases(pack(server.host));
    expect(found).toMatchObject({ releases: [{ version: '1.0.0' }], complete: false, problem: expect.stringMatching(problem) as string });
  });

  test('smaller pages where large ones are refused, from the first request on the next time', async () => {
    const server = await box.serve(
      routes({
        [`GET ${list}?n=50000`]: (_request, response) => json(response, { errors: [{ code: 'PAGINATION_NUMBER_INVALID' }] }, {}, 400),
        [`GET ${list}?n=1000`]: tagList(['1.0.0']),
      }),
    );
    expect(versions(await oci(server.host).releases(pack(server.host)))).toEqual(['1.0.0']);
    await oci(server.host).releases(pack(server.host));
    expect(server.seen).toEqual([`GET ${list}?n=50000`, `GET ${list}?n=1000`, `GET ${list}?n=1000`]);
  });

  test('no page size where any is refused', async () => {
    const server = await box.serve((request, response) => {
      if (request.url === list) return json(response, { tags: ['1.0.0'] });
      return json(response, {}, {}, 400);
    });
    await oci(server.host).releases(pack(server.host));
    expect(versions(await oci(server.host).releases(pack(server.host)))).toEqual(['1.0.0']);
    expect(server.seen.at(-1)).toBe(`GET ${list}`);
    expect(server.seen).toHaveLength(5);
  });

  test.each([50, 100, 1000, 10_000])('a list cut after %p without a link is not believed to be whole', async (most) => {
    const all = Array.from({ length: most + 7 }, (_none, at) => `1.0.${String(at).padStart(5, '0')}`);
    const server = await box.serve((request, response) => {
      const start = all.indexOf(new URL(request.url ?? '', 'http://x').searchParams.get('last') ?? '') + 1;
      json(response, { tags: all.slice(start, start + most) });
    });
    const found = await oci(server.host).releases(pack(server.host));
    expect([found.releases.length, found.complete, server.seen.length]).toEqual([all.length, true, 2]);
  });

  test('a registry that has exactly one full page and ignores paging is no circle', async () => {
    const server = await box.serve(tagList(Array.from({ length: 1000 }, (_none, at) => `1.0.${at}`)));
    const found = await oci(server.host).releases(pack(server.host));
    expect([found.releases.length, found.complete]).toEqual([1000, true]);
  });

  test('20,000 tags, duplicates, null and what is no tag', async () => {
    const many = Array.from({ length: 20_000 }, (_none, at) => `1.${at}.0`);
    const server = await box.serve(tagList([...many, '1.0.0', null, 7, { a: 1 }, '', 'a b', '-x', 'x'.repeat(129), '../x', 'a\nb']));
    const found = await oci(server.host).releases(pack(server.host));
    expect(versions(found)).toEqual(many);
  });

  test('null is no tags', async () => {
    const server = await box.serve(tagList(null));
    expect(await oci(server.host).releases(pack(server.host))).toEqual({ releases: [], complete: true });
  });

  test.each(['', '<html>', '[]', '{}', '{"tags":"1.0.0"}', 'null'])('a first page that says %p is an error', async (body) => {
    const server = await box.serve((_request, response) => void response.end(body));
    await expect(oci(server.host).releases(pack(server.host))).rejects.toThrow(/no list of tags/);
  });

  test('nothing new costs one request and no body', async () => {
    const statuses: number[] = [];
    const server = await box.serve((request, response) => {
      const known = request.headers['if-none-match'] === '"7"';
      statuses.push(known ? 304 : 200);
      if (known) return void response.writeHead(304).end();
      return json(response, { tags: ['1.0.0'] }, { etag: '"7"' });
    });
    const first = await oci(server.host).releases(pack(server.host));
    expect(await oci(server.host).releases(pack(server.host))).toEqual(first);
    expect(statuses).toEqual([200, 304]);
  });
});
