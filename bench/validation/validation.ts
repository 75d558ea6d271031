import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program, startServer } from '../api-server.ts';
import { type Goal, median, megabyte } from '../goals.ts';
import { measure } from '../measure.ts';
import { buildKubectl, timedKubectl, version } from '../peer/kubectl.ts';
import { bareLimit } from './limit.ts';
import { makeEnvironment } from './world.ts';

const warm = fileURLToPath(new URL('./warm.ts', import.meta.url));
const warmings = 3;
const [large, small] = [1000, 100];
const concurrencies = [4, 8, 12, 16, 24];

export interface ValidationReport {
  /** What, and its median. */
  readonly figures: readonly (readonly [what: string, value: string])[];
  readonly goals: readonly Goal[];
}

/**
 * Ours, kubectl and the bare requests on one warm server, turn by turn; and a cold start. Against kubectl ours is a new process each time, as it is;
 * against the bare requests, which have no start either, it is one that has validated before, as the service has.
 */
export async function validationGoals(runs: number): Promise<ValidationReport> {
  const kubectl = await buildKubectl();
  const home = mkdtempSync(join(tmpdir(), 'lockkeeper-bench-'));
  const [much, little] = [join(home, 'large'), join(home, 'small')];
  const documents = makeEnvironment(much, large);
  makeEnvironment(little, small);
  const kubeconfig = join(home, 'kubeconfig');
  const server = await startServer(kubeconfig);
  try {
    const config = join(home, 'app.yml');
    writeFileSync(config, configuration(kubeconfig));
    const warmed = async (folder: string): Promise<number> => {
      const { stdout } = await measure([warm, config, folder, `${1 + warmings}`]);
      return median((JSON.parse(stdout) as number[]).slice(1));
    };
    const ours = (folder: string, ...flags: string[]) => measure([program, 'validate', folder, '--json', ...flags]);
    const theirs = () =>
      timedKubectl(kubectl, ['--kubeconfig', kubeconfig, 'apply', '--dry-run=server', '--recursive', '-f', join(much, 'manifests')]);
    const best = async (): Promise<number> => {
      const all: number[] = [];
      for (const inFlight of concurrencies) all.push(await bareLimit(kubeconfig, documents, inFlight));
      return Math.min(...all);
    };
    await bareLimit(kubeconfig, documents, 8); // warms the server
    const rounds: {
      bare: number;
      service: number;
      serviceSmall: number;
      lockkeeper: number;
      kubectl: number;
      small: number;
      cold: number;
      memory: number;
    }[] = [];
    for (let round = 0; round < runs; round += 1) {
      const bare = await best();
      const service = await warmed(much);
      const serviceSmall = await warmed(little);
      const whole = await ours(much, '--config', config);
      const other = await theirs();
      const part = await ours(little, '--config', config);
      const cold = await ours(little);
      rounds.push({
        bare,
        service,
        serviceSmall,
        lockkeeper: whole.wall,
        kubectl: other,
        small: part.wall,
        cold: cold.wall,
        memory: Math.max(whole.memory, cold.memory),
      });
    }
    const of = (figure: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[figure]));
    return {
      figures: [
        [`bare requests, ${large} objects`, `${of('bare').toFixed(2)} s (${Math.round(large / of('bare'))} a second)`],
        [`the service, ${large} objects`, `${of('service').toFixed(2)} s`],
        [`the service, ${small} objects`, `${of('serviceSmall').toFixed(2)} s`],
        [`lockkeeper validate, ${large} objects`, `${of('lockkeeper').toFixed(2)} s`],
        [`kubectl ${version} apply --dry-run=server, ${large} objects`, `${of('kubectl').toFixed(2)} s`],
        [`lockkeeper validate, ${small} objects, warm server`, `${of('small').toFixed(2)} s`],
        [`lockkeeper validate, ${small} objects, server included`, `${of('cold').toFixed(2)} s`],
      ],
      goals: [
        { what: `${large} objects, the service: wall time ÷ bare limit`, value: of('service') / of('bare'), most: 1.3 },
        { what: `${large} objects, the command: wall time ÷ bare limit`, value: of('lockkeeper') / of('bare'), most: 1.3 },
        { what: `${large} objects: wall time ÷ kubectl ${version}`, value: of('lockkeeper') / of('kubectl'), most: 1 / 2.5 },
        { what: `${small} objects, the service, seconds`, value: of('serviceSmall'), most: 1 },
        { what: `${small} objects, the command on a warm server, seconds`, value: of('small'), most: 1 },
        { what: `${small} objects, cold start, seconds`, value: of('cold'), most: 10 },
        { what: 'peak memory, MB', value: of('memory') / megabyte, most: 200 },
      ],
    };
  } finally {
    await server.stop();
    rmSync(home, { recursive: true });
  }
}

const configuration = (kubeconfig: string): string => `forges:
  local: { type: local, path: ./repositories }
environments:
  - { name: bench, repository: local:bench }
clusters:
  warm: { kubeconfig: ${kubeconfig} }
validation: { apiserver: warm }
registries:
  registry.example.com: { type: oci } # which the images are from: nothing is wrong in this environment
`;
