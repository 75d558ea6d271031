import nock from 'nock';
import { createDatasources } from '../../../../src/adapters/datasources/registry-settings.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
  nock.activate();
});

/** Under its real names, which no server on this machine can have. https://docs.docker.com/reference/api/registry/auth/ */
test('a short name is asked for at Docker Hub, with a token of its own token service and the credentials sent there alone', async () => {
  const login = { user: 'bot', pass: 'not-for-others' };
  const hub = nock('https://registry-1.docker.io');
  const challenge = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"';
  hub.get('/v2/').reply(401, {}, { 'www-authenticate': challenge }).persist();
  nock('https://auth.docker.io')
    .get('/token')
    .query({ service: 'registry.docker.io', scope: 'repository:library/nginx:pull' })
    .basicAuth(login)
    .reply(200, { token: 'for-nginx', expires_in: 300 });
  hub
    .get('/v2/library/nginx/tags/list')
    .query(true)
    .matchHeader('authorization', 'Bearer for-nginx')
    .reply(200, { name: 'library/nginx', tags: ['1.27.0', '1.28.0'] });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  const registries = { 'docker.io': { type: 'oci', username: login.user, password: login.pass } } as const;
  const { oci } = createDatasources({
    registries,
    http,
    store: new MemoryStore(),
    forges: [],
    localTags: () => Promise.resolve(undefined),
  });
  const list = await oci.releases({ datasource: 'oci', name: 'nginx' });
  await http.close();
  expect(list).toMatchObject({ complete: true, releases: [{ version: '1.27.0' }, { version: '1.28.0' }] });
});
