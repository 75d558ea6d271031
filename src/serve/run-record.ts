import type { Persistence } from '../adapters/store/open.ts';
import type { RunPlan } from '../deploy/ports.ts';
import { beginEntry, endEntry, pruneEntry, type RunAbout } from '../deploy/record/entries.ts';
import type { DeployReport } from '../domain/deployment.ts';
import type { ObjectId } from '../domain/finding.ts';
import type { Journal } from '../domain/journal.ts';
import type { Queue } from '../domain/queue.ts';
import type { Redact } from '../domain/redact.ts';
import { announceBegin, announceEnd, type RunNews } from '../notifications/deployments.ts';
import type { ThreadPorts } from '../notifications/thread.ts';

/** What remembers, tells and asks for more. */
export interface Keeping extends Pick<Persistence, 'store' | 'locks'> {
  queue(): Pick<Queue, 'add'>;
}

export interface RecordPorts {
  readonly journal: Pick<Journal, 'record'>;
  /** Absent where people are told of nothing. */
  readonly threads?: ThreadPorts;
}

/** No secret of ours reaches a journal or a chat. */
export const shown = (report: DeployReport, redact: Redact): DeployReport => ({
  ...report,
  failures: report.failures.map((one) => ({
    ...one,
    message: redact(one.message),
    ...(one.help !== undefined && { help: redact(one.help) }),
  })),
  notes: report.notes.map(redact),
});

/** What is written down and said of one run: in the journal before it takes effect, in the chat after that. */
export class RunRecord {
  readonly #ports: RecordPorts;
  readonly #about: RunAbout;
  readonly #trace: string;

  constructor(ports: RecordPorts, about: RunAbout, trace: string) {
    this.#ports = ports;
    this.#about = about;
    this.#trace = trace;
  }

  /** Before the first write. */
  async begin(run: string, plan: RunPlan): Promise<void> {
    const { number } = await this.#ports.journal.record(beginEntry(this.#about, run, plan));
    const { threads } = this.#ports;
    if (threads !== undefined && plan.created + plan.changed + plan.pruned > 0)
      await announceBegin(threads, this.#news(number), this.#trace);
  }

  /** Before the first deletion. */
  async prune(run: string, objects: readonly ObjectId[]): Promise<void> {
    await this.#ports.journal.record(pruneEntry(this.#about, run, objects));
  }

  async end(report: DeployReport, offer: string): Promise<void> {
    const { number } = await this.#ports.journal.record(endEntry(this.#about, report));
    if (this.#ports.threads !== undefined) await announceEnd(this.#ports.threads, this.#news(number), report, offer, this.#trace);
  }

  #news(shows: number): RunNews {
    const { environment, repository, commit, work } = this.#about;
    return { environment, repository, commit, requests: work?.requests ?? [], shows };
  }
}
