import { startDockerRegistry } from '../../support/docker-registry.ts';
import { image, index } from '../../support/images.ts';
import { describeWith } from '../../support/parts.ts';
import { startReceiver } from '../../support/webhook-receiver.ts';

const secret = 'b1946ac92492d2347c6235b4d2611184';

describeWith('docker-registry', 'a real docker-registry that notifies', () => {
  test('asks for a look at the package whose tag was pushed, and at nothing else', async () => {
    await using receiver = await startReceiver({ registries: [{ host: 'registry.example.com', secrets: [secret] }] });
    const until = async (count: number): Promise<void> => {
      while (receiver.counts.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const notify = { url: `${receiver.url}/webhooks/registry/registry.example.com`, authorization: `Bearer ${secret}` };
    const registry = await startDockerRegistry({ notify });
    try {
      const [amd, arm] = [image({ labels: { a: '1' } }), image({ labels: { a: '2' }, architecture: 'arm64' })];
      for (const one of [amd, arm]) await registry.pushImage('payments/billing', one);
      await registry.pushManifest('payments/billing', index([amd, arm], 'oci'), '1.5.0');
      // Two configurations, two manifests by digest, one index with a tag.
      await until(5);
      expect(receiver.counts.toSorted()).toEqual([
        'registry/registry.example.com accepted',
        ...Array.from({ length: 4 }, () => 'registry/registry.example.com uninteresting'),
      ]);
      expect(receiver.queue.jobs.map(({ data }) => data)).toEqual([
        { kind: 'scan-package', package: 'registry.example.com/payments/billing' },
      ]);
    } finally {
      await registry.stop();
    }
  });

  test('is refused with another secret', async () => {
    await using receiver = await startReceiver({ registries: [{ host: 'registry.example.com', secrets: [secret] }] });
    const notify = { url: `${receiver.url}/webhooks/registry/registry.example.com`, authorization: 'Bearer another-secret' };
    const registry = await startDockerRegistry({ notify });
    try {
      await registry.pushImage('payments/billing', image(), '1.5.0');
      while (receiver.counts.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(receiver.counts[0]).toBe('registry/registry.example.com bad-signature');
      expect(receiver.queue.jobs).toEqual([]);
    } finally {
      await registry.stop();
    }
  });
});
