import type { MergeRequest } from '../domain/forge.ts';
import { readMarker } from '../domain/identifiers.ts';
import type { Ended } from './ended.ts';
import { proposalReport } from './report-rows.ts';
import type { Scanned } from './scan.ts';
import type { AppOutcome } from './scan-environment.ts';

/** How a merge request stands after a scan. */
export interface News {
  /** `FORGE:PATH!ID` */
  readonly request: string;
  readonly environment: string;
  readonly title: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** Why we closed it. */
  readonly reason?: string;
  /** Name of the user who merged or closed it, where it is known. */
  readonly by?: string;
  readonly url: string;
  /** Of two that know of different writes to the environment, the one that knows of more is right. */
  readonly shows: number;
  /** RFC 3339: when the forge changed it last, as far as was seen; absent where we have just written to it. */
  readonly updatedAt?: string;
}

/**
 * Of every app: the merge request that is open, and the newest that is not any more, once the journal has who ended that one. Whether people know of it
 * already, who tells them finds out.
 */
export function newsOf({ now, apps, ended }: Scanned): readonly News[] {
  const byOthers = new Map(ended.map((one) => [one.url, one]));
  const { name, repository } = now.settings;
  return apps.flatMap((outcome) =>
    newsOfApp({ environment: name, repository: `${repository.forge}:${repository.path}` }, outcome, byOthers),
  );
}

interface Place {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
}

function newsOfApp({ environment, repository }: Place, outcome: AppOutcome, byOthers: ReadonlyMap<string, Ended>): News[] {
  const { ended, shows = 0 } = outcome;
  const report = proposalReport(environment, outcome);
  const known = (id: number) => ({ request: `${repository}!${id}`, environment, shows });
  const past = ended === undefined ? [] : pastOf(ended, byOthers.get(ended.url)).map((one) => ({ ...known(ended.id), ...one }));
  if (report?.url === undefined || outcome.id === undefined || outcome.action.kind === 'hold') return past;
  const now = known(outcome.id);
  const { url, action, reason } = report;
  const title = titleOf(outcome) ?? report.title;
  if (action !== 'close') return [...past, { ...now, title, url, state: 'open', ...lookedAt(outcome) }];
  return [...past, { ...now, title, url, state: 'closed', ...(reason !== undefined && { reason }) }];
}

/** As it stands on the forge: what was to be written and was not, is not there, and a title that a person changed stays. */
function titleOf({ action, problem }: AppOutcome): string | undefined {
  if (!('request' in action)) return undefined;
  const written = action.kind === 'update' && problem === undefined ? action.texts?.title : undefined;
  return written ?? action.request.title;
}

function lookedAt({ action, problem }: AppOutcome): { readonly updatedAt?: string } {
  const isOlder = action.kind === 'keep' || (action.kind === 'update' && problem !== undefined);
  return isOlder ? { updatedAt: action.request.updatedAt } : {};
}

function pastOf(
  { description, title, url, updatedAt }: MergeRequest,
  byOther: Ended | undefined,
): Omit<News, 'request' | 'environment' | 'shows'>[] {
  const reason = readMarker(description)?.closed;
  const known = { title, url, updatedAt };
  if (byOther !== undefined) return [{ ...known, state: byOther.action, ...(byOther.by !== undefined && { by: byOther.by }) }];
  return reason === undefined ? [] : [{ ...known, state: 'closed', reason }];
}
