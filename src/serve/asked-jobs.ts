import type { Notice } from '../dashboard/actions/notice.ts';
import { explain, OutsideError, RefusedError, UsageError } from '../domain/errors.ts';
import type { Job, JobData } from '../domain/queue.ts';
import type { Redact } from '../domain/redact.ts';
import type { Services } from '../services.ts';
import { type Fulfilled, fulfilled } from '../updates/fulfil.ts';
import { rollback } from '../updates/rollback/rollback.ts';
import type { Scanned, ScanPorts, ScanResult } from '../updates/scan.ts';
import { scanWish } from '../updates/scan-wish.ts';
import { endAsked } from './asked.ts';

type Ask<Kind> = Extract<JobData, { readonly kind: Kind }>;
type End = Pick<Notice, 'state' | 'text' | 'url'>;

interface Parts {
  readonly services: Pick<Services, 'persistence' | 'settings' | 'scanPorts'>;
  readonly redact: Redact;
  readonly now: () => Date;
}

/** What people ask for with buttons; whoever asked reads on the page what came of it. */
export class AskedJobs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `scanned` runs the look as every other scan is run. */
  async propose<Rows>(
    { environment, app, package: of, version, by }: Ask<'propose'>,
    job: Job,
    rowsOf: (one: Scanned) => Rows | Promise<Rows>,
    scanned: (look: (ports: ScanPorts) => Promise<ScanResult<Rows>>) => Promise<ScanResult<Rows>>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#told(environment, job, signal, async () => {
      const wish = { package: of, version, by };
      let done: Fulfilled | undefined;
      const { errors } = await scanned((ports) =>
        scanWish(ports, this.#parts.services.settings, { environment, app, ...wish }, (one) => {
          done = fulfilled(
            app,
            one.apps.find((outcome) => outcome.app === app),
          );
          return rowsOf(one);
        }),
      );
      const [failure] = errors;
      if (failure !== undefined && (done === undefined || done.action === 'hold')) throw new OutsideError(failure.scope, failure.message);
      return endOf(done ?? { action: 'hold', reason: `there is no environment ${environment}` });
    });
  }

  async rollback({ environment, app, to, why, by }: Ask<'rollback'>, job: Job, signal: AbortSignal): Promise<void> {
    const { services } = this.#parts;
    await this.#told(environment, job, signal, async () => {
      const ports = services.scanPorts({ add: () => {}, done: () => {} }, signal);
      const request = { environment, app, ...(to !== undefined && { to }), why, by, deployed: [], failed: [], dryRun: false };
      return endOf(await rollback(ports, services.settings, request));
    });
  }

  /** Who asks for what cannot be is told so, and nobody tries it again. */
  async #told(environment: string, job: Job, signal: AbortSignal, work: () => Promise<End>): Promise<void> {
    const tell = ({ text, ...end }: End): Promise<void> => {
      const { services, redact, now } = this.#parts;
      const told = text === undefined ? {} : { text: redact(text).slice(0, 600) };
      return endAsked(services.persistence, environment, noticeKey(job), { ...end, ...told, endedAt: now().toISOString() });
    };
    try {
      await tell(await work());
    } catch (error) {
      if (signal.aborted) throw error; // another process goes on with it
      const isFinal = error instanceof UsageError || error instanceof RefusedError;
      await tell({ state: isFinal ? 'refused' : 'retried', text: explain(error) });
      if (!isFinal) throw error;
    }
  }
}

/** One notice for each thing that is asked for. */
export const noticeKey = ({ data, key }: Pick<Job, 'data' | 'key'>): string => `${data.kind} ${key}`;

const said: Readonly<Record<Exclude<Fulfilled['action'], 'hold'>, string>> = {
  open: 'opened:',
  update: 'updated:',
  keep: 'open as before:',
};

function endOf({ action, title = '', url, reason }: Fulfilled): End {
  const place = url === undefined ? {} : { url };
  return action === 'hold'
    ? { state: 'refused', text: reason ?? '', ...place }
    : { state: 'done', text: `${said[action]} ${title}`, ...place };
}
