import { renderMarkdown } from '../../../src/dashboard/parts/markdown.ts';
import type { DesiredState } from '../../../src/manifests/desired-object.ts';
import { planOf } from '../../../src/plan/plan.ts';
import { commentText } from '../../../src/validation/report/comment.ts';
import { planParts } from '../../../src/validation/report/plan-parts.ts';
import { desired } from '../../support/desired.ts';
import { expectGolden } from '../../support/golden.ts';
import { liveIn } from '../../support/live-text.ts';
import { verdictOf } from '../../support/verdicts.ts';

const state = (text: string, more: Partial<DesiredState> = {}): DesiredState => ({
  environment: { manifests: [], apps: {}, prune: { protect: ['PersistentVolumeClaim'] } },
  objects: desired(text),
  findings: [],
  complete: true,
  bundles: new Map(),
  ...more,
});
const object = (kind: string, name: string, rest: string, apiVersion = 'v1') =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${JSON.stringify(name)}, namespace: shop }\n${rest}\n`;
const deployment = (image: string) =>
  object('Deployment', 'web', `spec: { replicas: 2, template: { spec: { containers: [{ name: web, image: "${image}" }] } } }`, 'apps/v1');

const base = state(
  [
    deployment('web:1.0.0'),
    object('Secret', 'token', 'stringData: { token: old-secret }'),
    object('Job', 'nightly', '', 'batch/v1'),
    object('PersistentVolumeClaim', 'data', ''),
    object('Service', 'web', ''),
  ].join(''),
);
const head = state(
  [
    deployment('web:1.1.0'),
    object('Secret', 'token', 'stringData: { token: new-secret }'),
    object('Service', 'web', ''),
    object('ConfigMap', 'web', 'data: { a: b }'),
  ].join(''),
);

const gitlab = { name: 'gitlab', type: 'gitlab', descriptionLimit: 1_048_576, url: 'https://gitlab.example.com' } as const;
const comment = (before: DesiredState, after: DesiredState, limit: number = gitlab.descriptionLimit): string =>
  commentText({
    verdict: verdictOf({ findings: [] }),
    concerns: () => true,
    traits: { ...gitlab, descriptionLimit: limit },
    path: 'platform/environments/production',
    serviceUrl: 'https://lockkeeper.example.com',
    plan: planParts(planOf(before, after)),
  });

test('what goes comes first, each object folded away, no secret shown', () => {
  const text = comment(base, head);
  expectGolden('reports/plan-gitlab.md', `${text}\n`);
  expect(text).not.toMatch(/old-secret|new-secret/);
});

test('nothing changes, or not all is known', () => {
  expect(comment(base, base)).toContain('### What changes in the cluster\n\nNothing changes.');
  expect(comment(base, { ...head, complete: false })).toMatch(/^> Not all of the new state could be read/m);
});

test('hostile names and values stay text', () => {
  const name = '<details> @all #1 ``` <script>';
  const value = 'data: { a: "```\\n</details>\\n/merge @all <!-- lockkeeper:comment validate -->" }';
  const text = comment(state(object('Job', `${name}2`, '', 'batch/v1')), state(object('ConfigMap', name, value)));
  const withoutFolds = text.replaceAll(/<\/?(?:details|summary)>/g, '');
  expect(liveIn(withoutFolds).filter((one) => one !== 'mention')).toEqual([]);
  expect(liveIn(withoutFolds.replaceAll(/^(`{3,})\w+\n[\s\S]*?^\1$/gm, ''))).toEqual([]); // in such a block forges call nobody
  const html = renderMarkdown(text).text;
  expect([html.match(/<details>/g)?.length, /<script|<h1/.test(html)]).toEqual([2, false]);
});

test('however large it is, it fits, and says that there is more', () => {
  const many = Array.from({ length: 300 }, (_, index) => object('ConfigMap', `c-${index}`, `data: { a: "${'x'.repeat(3000)}" }`)).join('');
  const text = comment(state(''), state(many), 65_536);
  expect(text.length).toBeLessThanOrEqual(65_536);
  expect(text).toContain('300 objects created');
  expect(text).toContain('The rest of the plan is cut here');
  expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
});
