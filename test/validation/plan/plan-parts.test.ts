import { fitParts } from '../../../src/markdown/fit.ts';
import type { Plan } from '../../../src/validation/plan/plan.ts';
import { planParts } from '../../../src/validation/plan/plan-parts.ts';

const object = (name: string, kind = 'ConfigMap') => ({ apiVersion: 'v1', kind, namespace: 'shop', name });
const desired = (name: string) => ({
  ...object(name),
  place: { file: 'a.yaml', line: 1 },
  body: new Uint8Array(),
  type: 'application/yaml' as const,
  value: {},
  at: () => ({ file: 'a.yaml', line: 1 }),
});
const nothing: Plan = { create: [], change: [], prune: [], kept: [], unchanged: 3, notes: [] };
const text = (plan: Partial<Plan>): string => fitParts(planParts({ ...nothing, ...plan }), 10_000);

test('what is pruned is seen first, differences are folded away', () => {
  expect(
    text({
      create: [desired('new')],
      change: [{ object: object('web', 'Service'), diff: '-a: 1\n+a: 2', summary: 'a 1 → 2' }],
      prune: [{ object: object('old'), lost: 'the values of its 2 keys' }],
      kept: [{ object: object('data', 'PersistentVolumeClaim'), reason: 'prune.protect of environment.yml names PersistentVolumeClaim' }],
      notes: ['Not all of the state before could be read.'],
    }),
  ).toBe(`### What changes in the cluster

1 created, 1 changed, 1 pruned, 1 kept though no longer wanted, 3 unchanged

> Not all of the state before could be read.

- **prune** \`ConfigMap/shop/old\`: loses the values of its 2 keys

<details><summary>Service shop/web: a 1 → 2</summary>

\`\`\`diff
-a: 1
+a: 2
\`\`\`

</details>

<details><summary>1 created</summary>

- \`ConfigMap/shop/new\`

</details>

<details><summary>1 kept though no longer wanted</summary>

- \`PersistentVolumeClaim/shop/data\`: prune.protect of environment.yml names PersistentVolumeClaim

</details>`);
});

test('nothing changes', () => {
  expect(text({})).toBe('### What changes in the cluster\n\n3 unchanged');
});

test('names and texts from outside are harmless', () => {
  const evil = '`\n\n</details>\n/merge @all <img src=x>';
  const shown = text({
    prune: [{ object: object(evil), lost: evil }],
    change: [{ object: object(evil), diff: '```\n/close\n```', summary: evil }],
    notes: [evil],
    create: [desired(evil)],
  });
  expect(shown).not.toMatch(/^\/(?:merge|close)/m);
  expect(shown.replaceAll(/``.+?``/g, '')).not.toContain('<img');
  expect(shown.match(/<details>/g)?.length).toBe(shown.match(/^<\/details>$/gm)?.length);
  expect(shown).not.toMatch(/@all\b/);
});

test('a hundred of a kind are listed, the rest is counted', () => {
  const shown = text({ prune: Array.from({ length: 130 }, (_, i) => ({ object: object(`n${i}`), lost: 'x' })) });
  expect(shown).toContain('- and 30 more');
  expect(shown).not.toContain('n100');
});
