import type { BranchChange, Forge, MergeRequest } from '../../../src/domain/forge.ts';

export const path = 'platform/staging';
export const branch = 'lockkeeper/billing';
export const files = {
  'manifests/billing.yaml': 'image: billing:1.4.2\r\nreplicas: 2\r\n',
  'manifests/ångström ü.yaml': 'name: å\n',
  'other.yaml': 'b: 1\n',
  'run.sh': { mode: '100755', content: '#!/bin/sh\nVERSION=1.4.2\n' },
  link: { mode: '120000', content: 'manifests' },
} as const;
export const newer = Buffer.from('image: billing:1.5.0\r\nreplicas: 2\r\n');

export const change = (base: string, more: Partial<BranchChange> = {}): BranchChange => ({
  branch,
  base,
  expected: undefined,
  files: [{ path: 'manifests/billing.yaml', content: newer }],
  message: 'billing 1.4.2 → 1.5.0\n\nå second paragraph',
  ...more,
});

export const wanted = {
  branch,
  target: 'main',
  title: 'billing 1.4.2 → 1.5.0',
  description: 'What changed: å\n\n- x',
  labels: ['lockkeeper'],
};

export async function propose(forge: Forge): Promise<{ base: string; head: string; request: MergeRequest }> {
  const { commit: base } = await forge.state(path);
  const head = await forge.commit(path, change(base));
  return { base, head, request: await forge.open(path, wanted) };
}
