import { pino } from 'pino';
import { readConfig } from '../../src/config/load.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import type { Job, NewJob } from '../../src/domain/queue.ts';
import type { Judging } from '../../src/serve/judging.ts';
import { Validation } from '../../src/serve/validation.ts';
import type { Services } from '../../src/services.ts';
import type { ForgeFixture } from './contracts/forge-fixture.ts';
import { MemoryQueue } from './memory-queue.ts';
import { MemoryStore } from './memory-store.ts';

export const path = 'environments/staging';
export const secret = 'glpat-a-very-secret-token';

/** The service's part that judges merge requests, on a forge with people, with jobs worked off one by one; with a kubeconfig the environment has that cluster. */
export function validationWorld(fixture: ForgeFixture, judging: Judging, kubeconfig?: string) {
  const { traits } = fixture.forge;
  const repository = `${traits.name}:${path}`;
  const text = `forges: { ${traits.name}: { type: local, path: ./repositories } }
environments: [{ name: staging, repository: "${repository}", validation: { missingDefinitions: error }${kubeconfig === undefined ? '' : ', cluster: theirs'} }]
${kubeconfig === undefined ? '' : `clusters: { theirs: { kubeconfig: "${kubeconfig}" } }`}
server: { url: "https://lockkeeper.example.com" }
`;
  const { config } = readConfig('app.yml', text, { env: {}, readFile: () => '' });
  const [queue, store] = [new MemoryQueue(), new MemoryStore()];
  let clock = Date.parse('2026-11-21T12:00:00Z');
  const outcomes: string[] = [];
  const log: string[] = [];
  const validation = new Validation({
    config,
    services: {
      forges: new Map([[traits.name, fixture.forge]]),
      persistence: { store, queue: () => queue },
      settings: {
        packages: [],
        environments: [
          {
            name: 'staging',
            repository: { forge: traits.name, path },
            updates: { types: [] },
            validation: { missingDefinitions: 'error' },
          },
        ],
      },
      download: (url: string) => Promise.reject(new OutsideError('nexus.example.com', `GET ${url}: connect ECONNREFUSED with ${secret}`)),
    } as unknown as Services,
    judging,
    metrics: { validated: (outcome) => void outcomes.push(outcome) },
    log: pino({ level: 'debug', formatters: { level: (level) => ({ level }) } }, { write: (line: string) => void log.push(line) }),
    now: () => {
      clock += 60_000; // no two at once
      return new Date(clock);
    },
    redact: (shown) => shown.replaceAll(secret, '[redacted]'),
  });
  const asJob = <T extends NewJob>(job: T) =>
    ({ ...job, id: '1', state: 'running', attempts: 1, addedAt: '2026-11-21T12:00:00Z' }) as const satisfies Job;
  const never = new AbortController().signal;
  const validate = (request: number, signal = never): Promise<void> =>
    validation.validate(
      asJob({ data: { kind: 'validate', repository, request }, key: `${repository}!${request}`, trace: 't' } as const),
      signal,
    );
  const others = (): Promise<void> =>
    validation.sweep(asJob({ data: { kind: 'validate-repository', repository }, key: repository, trace: 't' }), repository, never);
  return {
    ...fixture,
    validation,
    queue,
    store,
    outcomes,
    log,
    validate,
    /** Looks whether comments say of others what is not so any more. */
    others,
    /** Works off what waits in the queue, and what comes of it. Throws where that never ends. */
    work: async (): Promise<void> => {
      for (let left = 50; queue.jobs.length > 0; left -= 1) {
        if (left === 0) throw new Error(`still waiting: ${JSON.stringify(queue.jobs)}`);
        const { data } = queue.jobs.shift() as NewJob;
        if (data.kind === 'validate') await validate(data.request);
        else if (data.kind === 'validate-repository') await others();
        else if (data.kind === 'pipeline') await validation.pipeline(asJob({ data, key: '', trace: 't' }));
        else throw new Error(`a job of the kind ${data.kind}`);
      }
    },
    command: (request: number, comment: number): Promise<void> =>
      validation.command(
        asJob({ data: { kind: 'command', repository, request, comment }, key: '', trace: 't' } as const),
        () => Promise.reject(new Error('nobody asks for access here')),
        never,
      ),
    sweep: (): Promise<void> =>
      validation.sweep(asJob({ data: { kind: 'validate-open' }, key: '', trace: 't' } as const), undefined, never),
    /** As a delivery asks for it. */
    delivered: (request: number) =>
      validation
        .watching(queue as never)
        .add([{ data: { kind: 'validate', repository, request }, key: `${repository}!${request}`, trace: 'd' }]),
    status: async (commit: string) => (await fixture.forge.statuses(path, commit)).find(({ name }) => name === 'lockkeeper/validate'),
    ours: async (id: number) => (await fixture.comments(path, id)).filter((comment) => comment.includes('lockkeeper/validate')),
  };
}
