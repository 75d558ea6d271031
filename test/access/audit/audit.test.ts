import { auditProtections, auditRows } from '../../../src/access/audit/audit.ts';
import type { Protection } from '../../../src/domain/access-forge.ts';
import { OutsideError } from '../../../src/domain/errors.ts';

const now = new Date('2026-11-21T10:00:00Z');
const state = () => Promise.resolve({ defaultBranch: 'trunk', commit: 'a'.repeat(40), branches: {} });

const audit = (protections: (path: string, branch: string) => Promise<readonly Protection[]>) =>
  auditProtections({ state, protections }, 'production', 'platform/production', now);

test('of the default branch, each rule is said to be enforced by the forge or by Lockkeeper alone', async () => {
  const asked: string[] = [];
  const found = await audit((...of) => {
    asked.push(of.join(' '));
    return Promise.resolve([
      { rule: 'push', enforced: true, detail: 'nobody may push to trunk' },
      { rule: 'self-approval', enforced: false, detail: 'authors may approve their own' },
    ]);
  });
  expect(asked).toEqual(['platform/production trunk']);
  expect(auditRows(found)).toEqual([
    ['production', 'nobody pushes to the default branch', 'enforced by the forge', 'nobody may push to trunk'],
    ['production', 'nobody approves their own', 'enforced only by Lockkeeper', 'authors may approve their own'],
  ]);
});

test('what cannot be asked is not said to be enforced', async () => {
  const found = await audit(() => Promise.reject(new OutsideError('gitlab.example.com', 'gitlab.example.com: 502')));
  expect(auditRows(found)).toEqual([['production', 'all', 'not known', 'gitlab.example.com: 502']]);
});

test('a mistake of ours is no answer of the forge', async () => {
  await expect(audit(() => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
});
