import type { Store } from '../domain/store.ts';
import { escaped, linked } from './mrkdwn.ts';
import { announce, type ThreadPorts } from './thread.ts';

/** How a scan found a merge request, or left it. */
export interface ProposalNews {
  /** `FORGE:PATH!ID`: what it is told apart by, wherever its page is. */
  readonly request: string;
  readonly environment: string;
  readonly title: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly url: string;
  /** Why we closed it. */
  readonly reason?: string;
  /** Name of the user who merged or closed it, where it is known. */
  readonly by?: string;
  /** Of two, the one that shows more writes to the environment is the later. */
  readonly shows: number;
  /** RFC 3339: of two that were both only seen, the one in which the forge had changed it later is right. */
  readonly updatedAt?: string;
}

/**
 * One thread per merge request: its first message says how it stands now, those below it what happened. What stands so already is not said again;
 * what an earlier scan did and could not say any more is said by the next. One that ended before people heard of it is nothing to them.
 */
export async function announceProposals(ports: ThreadPorts, proposals: readonly ProposalNews[], trace: string): Promise<void> {
  for (const proposal of proposals) {
    const id = threadOf(proposal);
    const news = { environment: proposal.environment, text: textOf(proposal), shows: proposal.shows, updatedAt: proposal.updatedAt };
    await announce(ports, id, { ...news, event: eventOf(proposal), isNew: proposal.state === 'open' }, trace);
  }
}

/** Of those that are open, so that what people were told of them is not forgotten, however long they are. */
export async function keepThreads(store: Pick<Store, 'touch'>, proposals: readonly ProposalNews[]): Promise<void> {
  const open = proposals.filter(({ state }) => state === 'open').map(threadOf);
  if (open.length === 0) return;
  await store.touch('thread', open);
  await store.touch('told', open);
}

const threadOf = ({ request }: ProposalNews): string => `merge-request ${request}`;

const endOf = ({ state, reason, by }: ProposalNews): string =>
  `${state}${by === undefined ? '' : ` by ${escaped(by)}`}${reason === undefined ? '' : `: ${escaped(reason)}`}`;

const textOf = (of: ProposalNews): string =>
  `*${escaped(of.environment)}*: ${linked(of.url, of.title)} ${of.state === 'open' ? 'waits for review' : endOf(of)}`;

/** What has changed, for those who know how it stood. */
function eventOf(of: ProposalNews): string {
  const end = endOf(of);
  return of.state === 'open' ? `Now ${escaped(of.title)}` : `${end.charAt(0).toUpperCase()}${end.slice(1)}`;
}
