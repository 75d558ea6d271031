import type { Package } from '../../src/domain/reference.ts';
import type { Datasource } from '../../src/domain/release.ts';
import { shareLookups } from '../../src/domain/share-lookups.ts';

const web: Package = { datasource: 'oci', name: 'registry.example.com/shop/web' };
const api: Package = { datasource: 'oci', name: 'registry.example.com/shop/api' };

function counting(asked: string[]): Datasource {
  return {
    releases: (of) => {
      asked.push(of.name);
      return of === api ? Promise.reject(new Error('down')) : Promise.resolve({ releases: [], complete: true });
    },
    details: (of, version, digest) => {
      asked.push([of.name, version, digest].join(' '));
      return Promise.resolve(undefined);
    },
  };
}

test('the same lookup is one, at once or later, failed or not', async () => {
  const asked: string[] = [];
  const shared = shareLookups(counting(asked));
  await Promise.all([shared.releases(web), shared.releases({ ...web })]);
  await shared.releases(web);
  await expect(shared.releases(api)).rejects.toThrow('down');
  await expect(shared.releases(api)).rejects.toThrow('down');
  expect(asked).toEqual([web.name, api.name]);
});

test('another version or digest is another lookup', async () => {
  const asked: string[] = [];
  const shared = shareLookups(counting(asked));
  for (const digest of ['sha256:a', 'sha256:b', 'sha256:a', undefined]) await shared.details(web, '1.0', digest);
  await shared.details(web, '1.0');
  await shared.details(web, '1.1');
  expect(asked).toEqual([`${web.name} 1.0 sha256:a`, `${web.name} 1.0 sha256:b`, `${web.name} 1.0 `, `${web.name} 1.1 `]);
});
