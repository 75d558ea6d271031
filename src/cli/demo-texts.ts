import { join } from 'node:path';
import type { DemoClusters } from '../demo/clusters/clusters.ts';
import type { World } from '../demo/world.ts';

type Told = Pick<World, 'directory' | 'configFile' | 'ports' | 'made'>;

export const introduction = ({ directory, ports, made }: Told): string =>
  `${made ? 'Made' : 'Found'} a small company in ${directory}: 5 apps with their histories and 2 environments as git repositories,
a registry at 127.0.0.1:${ports.registry}, a bundle repository at 127.0.0.1:${ports.bundles}`;

export const withClusters = ({ controllers }: Pick<DemoClusters, 'controllers'>): string =>
  `Two clusters, staging and production, are real API servers without nodes: pods do not run, and the demo says that they do
${controllers ? 'Kubernetes itself ends temporary access' : 'Lockkeeper alone ends temporary access: with a kube-controller-manager on the PATH, Kubernetes does'}`;

export const withoutClusters = `No clusters: there is no API server here, so nothing is judged, deployed or granted. "npx lockkeeper apiserver setup" obtains one;
then run the demo again`;

/** The story, and how to tell it on. */
export function whatToTry({ directory, configFile }: Told, url: string, hasClusters: boolean): string {
  const staging = word(join(directory, 'repositories/platform/environments/staging.git'));
  const steps = [
    ['/', 'what runs where, how far behind, whose it is'],
    ['/requests', 'billing 1.4.2 → 1.6.0 in production: changelog, object diff, verdict; approve and merge it'],
    ...(hasClusters
      ? [
          ['/environment/production', 'it is deployed, and a CronJob pruned; roll it back'],
          ['/platform/environments/staging/merge_requests/1', 'a slip of a person, rejected; correct it:', ...correction(staging)],
        ]
      : []),
    ['/access', `ask for a minute of admin in billing as ada, approve it as grace${hasClusters ? '; it ends by itself' : ''}`],
    ['/journal', 'all of it, in a chain that nobody changes unseen'],
  ];
  const lines = steps.flatMap(([path, ...texts], index) => [`  ${index + 1}  ${url}${path}`, ...texts.map((text) => `     ${text}`)]);
  return `
Serving ${url} until you press Ctrl-C. The story, in the browser:

${lines.join('\n')}

Also beside it: npx lockkeeper inventory --config ${word(configFile)}
The next run goes on with it; delete the folder to be rid of it.`;
}

const correction = (repository: string): readonly string[] => [
  `git clone -b web-before-the-sale ${repository} && cd staging`,
  "sed -i s/replicass/replicas/ manifests/web.yaml && git commit -am 'Correct the slip' && git push",
];

/** As a shell reads one word. */
const word = (text: string): string => (/^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
