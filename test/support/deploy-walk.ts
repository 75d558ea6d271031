import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApiServer } from '../../src/domain/cluster.ts';

const root = join(import.meta.dirname, '../..');

/** `lockkeeper deploy` as a pipeline runs it, in its folder, without an app.yml. */
export function startDeploy(folder: string, kubeconfig: string, ...argv: readonly string[]): ChildProcess {
  const program = join(root, 'bin/lockkeeper.js');
  const args = [program, 'deploy', '.', '--kubeconfig', kubeconfig, '--no-wait', '--log-level', 'silent', ...argv];
  return spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 'pipe'] });
}

export function put(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const config = (where: string, name: string, value = 'a'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${where}}\ndata: {key: ${value}}\n`;
const definition = (group: string, kind: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${kind.toLowerCase()}s.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {plural: ${kind.toLowerCase()}s, singular: ${kind.toLowerCase()}, kind: ${kind}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;
const custom = (group: string, kind: string, where: string): string =>
  `apiVersion: ${group}/v1\nkind: ${kind}\nmetadata: {name: one, namespace: ${where}}\n`;

/** An environment that moves on: definitions, namespaces and objects come, change, stay and go. A namespace takes seconds to go. */
export function walkedFiles(env: string, namespaceGoes: boolean): Readonly<Record<'before' | 'after', Readonly<Record<string, string>>>> {
  const group = `${env}.example.com`;
  const files = (...documents: readonly string[]) => ({
    'environment.yml': `name: ${env}\nmanifests: [manifests/]\nprune: {protect: []}\n`,
    'manifests/all.yaml': [namespace(env), config(env, 'same'), ...documents].join('---\n'),
  });
  const gone = `${env}-gone`;
  const going = namespaceGoes ? [namespace(gone), config(gone, 'inside')] : [];
  const before = [...going, config(env, 'goes'), definition(group, 'Old'), custom(group, 'Old', env)];
  const fresh = `${env}-new`;
  const after = [namespace(fresh), config(fresh, 'inside'), config(env, 'comes'), definition(group, 'New'), custom(group, 'New', env)];
  return { before: files(config(env, 'changes'), ...before), after: files(config(env, 'changes', 'b'), ...after) };
}

/** What somebody else has in the environment's namespace. */
export async function putStrangers(server: ApiServer, env: string): Promise<void> {
  const labels = { 'lockkeeper.dev/environment': `${env}-other`, 'lockkeeper.dev/deployed-at': '20200101000000' };
  for (const [name, more] of [
    ['stranger', {}],
    ['theirs', { labels, annotations: { 'lockkeeper.dev/identity': `/ConfigMap/${env}/theirs` } }],
  ] as const) {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data: { key: 'theirs' } });
    const reply = await server.ask({ method: 'POST', path: `/api/v1/namespaces/${env}/configmaps`, body });
    expect(reply.status).toBe(201);
  }
}

interface Item {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** What stands of it in the cluster, each as `name: value`, with its uid and its run. */
export async function standingOf(server: ApiServer, env: string) {
  const group = `${env}.example.com`;
  const of = async (what: string, path: string): Promise<(Item & { readonly what: string })[]> => {
    const { status, body } = await server.ask({ method: 'GET', path });
    if (status === 404) return []; // a definition that is not there has no objects
    const { items } = JSON.parse(body) as { readonly items: readonly Item[] };
    return items.map((item) => ({ ...item, what }));
  };
  const all = [
    ...(await of('Namespace', '/api/v1/namespaces')),
    ...(await of('ConfigMap', '/api/v1/configmaps')),
    ...(await of('CustomResourceDefinition', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions')),
    ...(await of('Old', `/apis/${group}/v1/olds`)),
    ...(await of('New', `/apis/${group}/v1/news`)),
  ];
  const isOurs = ({ metadata: { name, namespace: where = name } }: Item): boolean =>
    [env, `${env}-gone`, `${env}-new`].includes(where) || name.endsWith(`.${group}`);
  const ours = all.filter((item) => isOurs(item) && item.metadata.name !== 'kube-root-ca.crt');
  const nameOf = ({ what, metadata: { namespace: where, name } }: (typeof all)[number]): string =>
    [what, ...(where === undefined ? [] : [where]), name].join('/');
  return {
    values: Object.fromEntries(
      ours.map((item) => [nameOf(item), item.metadata.deletionTimestamp === undefined ? (item.data?.['key'] ?? '') : 'going']),
    ),
    uids: Object.fromEntries(ours.map((item) => [nameOf(item), item.metadata.uid])),
    runs: [
      ...new Set(
        ours.flatMap(({ metadata: { labels = {} } }) =>
          labels['lockkeeper.dev/environment'] === env ? [labels['lockkeeper.dev/deployed-at'] ?? ''] : [],
        ),
      ),
    ],
  };
}

/** All that shall stand in the end. */
export const expectedValues = (env: string): Readonly<Record<string, string>> => ({
  [`Namespace/${env}`]: '',
  [`Namespace/${env}-new`]: '',
  [`ConfigMap/${env}/same`]: 'a',
  [`ConfigMap/${env}/changes`]: 'b',
  [`ConfigMap/${env}/comes`]: 'a',
  [`ConfigMap/${env}/stranger`]: 'theirs',
  [`ConfigMap/${env}/theirs`]: 'theirs',
  [`ConfigMap/${env}-new/inside`]: 'a',
  [`CustomResourceDefinition/news.${env}.example.com`]: '',
  [`New/${env}/one`]: '',
});

interface Lock {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

export async function lockOf(server: ApiServer, env: string): Promise<{ readonly run: string; readonly holder: unknown }> {
  const { body } = await server.ask({
    method: 'GET',
    path: `/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases/lockkeeper-${env}`,
  });
  const { metadata, spec } = JSON.parse(body) as Lock;
  return { run: metadata.annotations['lockkeeper.dev/run'] ?? '', holder: spec['holderIdentity'] };
}
