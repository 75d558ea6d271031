import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveGrant } from '../../../src/access/cluster/give.ts';
import { bindingPath, readObject } from '../../../src/access/cluster/live.ts';
import { changeBook, readBook } from '../../../src/access/grant/book.ts';
import { connectCluster } from '../../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { Entry } from '../../../src/domain/journal.ts';
import { grantOf } from '../../support/access-cluster.ts';
import { accessPages, person } from '../../support/access-pages.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';
import { press, visit } from '../../support/site-visitor.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const app = `
store: { url: "file:./data" }
forges: { local: { type: local, path: ./repositories } }
clusters: { real: { kubeconfig: ./kubeconfig } }
environments: [{ name: staging, repository: "local:staging", cluster: real }]
access: { approvers: [lead], guards: optional }
`;
const { signal } = new AbortController();

describeWith('control-plane', 'the button of a grant in a real cluster', () => {
  const plane = sharedControlPlane();
  const temporary = temporaryFolder();

  test('whoever holds it ends it: gone from the cluster, in the journal by name, and said', async () => {
    const root = temporary();
    const { address } = await plane();
    writeFileSync(join(root, 'app.yml'), app);
    writeFileSync(join(root, 'kubeconfig'), kubeconfigText(address));
    const admin = connectCluster(address, { throwAway: true });
    const { site, services, fixture } = await accessPages(root);
    const { persistence } = services;
    try {
      await fixture.createRepository('staging', { 'manifests/web.yaml': 'kind: Namespace\n' });
      const name = `revoke-${randomUUID().slice(0, 8)}`;
      await admin.ask({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name } }) });
      const grant = grantOf(name, { environment: 'staging', repository: 'local:staging' });
      expect(await giveGrant(admin, grant, { usernamePrefix: '', groupsPrefix: '' }, new Date(), signal)).toEqual({ outcome: 'given' });
      await changeBook(persistence, 'local:staging', (book) => ({ ...book, grants: [{ grant, state: 'active' }] }));
      const path = `/access/grants/${grant.id}/revoke`;
      expect((await visit(site, '/access', { viewer: person('alice') })).body).toContain(`action="${path}"`);

      const stranger = await press(site, path, { reason: 'envy' }, person('mallory'));
      expect(stranger.status).toBe(403);
      expect(await readObject(admin, bindingPath(grant), signal)).toBeDefined();

      const answer = await press(site, path, { reason: 'the migration is through' }, person('alice'));
      expect([answer.status, answer.location]).toEqual([303, `/access?revoked=${grant.id}#ended`]);
      expect(await readObject(admin, bindingPath(grant), signal)).toBeUndefined();
      const { grants } = await readBook(persistence.store, 'local:staging');
      expect(grants).toEqual([
        expect.objectContaining({ state: 'ended', by: 'local:alice', because: 'revoked: the migration is through' }),
      ]);
      const entries: Entry[] = [];
      for await (const entry of persistence.journal().entries()) entries.push(entry);
      expect(entries.map(({ kind, actor, why }) => [kind, actor, why])).toEqual([
        ['revocation', 'local:alice', 'revoked: the migration is through'],
        ['revocation', 'lockkeeper', expect.stringContaining('revoked: the migration is through')],
      ]);
      const { body } = await visit(site, `/access?revoked=${grant.id}`, { viewer: person('alice') });
      expect(body).toContain(`The access of alice to <code>${name}</code> is over.`);
      expect(body).toContain('by local:alice');
      expect((await press(site, path, {}, person('alice'))).status).toBe(303);
    } finally {
      await services.close();
      await admin.close();
    }
  }, 120_000);
});
