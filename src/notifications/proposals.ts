import { announce, catchUp, type Thread, type ThreadPorts, wanted } from './thread.ts';

/** What a scan says of a merge request. */
export interface ProposalNews {
  readonly environment: string;
  readonly title: string;
  readonly action: 'open' | 'update' | 'keep' | 'close';
  readonly url?: string;
  readonly reason?: string;
}

/** What a scan says of a merge request that somebody merged or closed. */
export interface EndedNews {
  readonly environment: string;
  readonly title: string;
  readonly action: 'merged' | 'closed';
  readonly url: string;
  /** Name of the user, where it is known. */
  readonly by?: string;
}

const idOf = (url: string): string => `merge-request ${url}`;

/** One thread per merge request: its first message says how it stands now, those below it what happened. */
export async function announceProposals(ports: ThreadPorts, proposals: readonly ProposalNews[], trace: string): Promise<void> {
  for (const proposal of proposals) {
    const { url } = proposal;
    if (url === undefined) continue;
    const id = idOf(url);
    if (proposal.action === 'keep') await catchUp(ports, id, trace);
    else await announce(ports, id, threadOf(proposal, url), eventOf(proposal), trace);
  }
}

/** Nothing is said of what nobody was told of when it was opened. */
export async function announceEnded(ports: ThreadPorts, ended: readonly EndedNews[], trace: string): Promise<void> {
  for (const { environment, title, action, url, by } of ended) {
    const id = idOf(url);
    if ((await wanted(ports.store, id)) === undefined) continue;
    const done = `${action}${by === undefined ? '' : ` by ${escaped(by)}`}`;
    const event = `${done.charAt(0).toUpperCase()}${done.slice(1)}`;
    await announce(ports, id, { environment, text: firstMessage(environment, url, title, done) }, event, trace);
  }
}

const firstMessage = (environment: string, url: string, title: string, state: string): string =>
  `*${escaped(environment)}*: <${linkOf(url)}|${escaped(title)}> ${state}`;

function threadOf({ environment, title, action, reason }: ProposalNews, url: string): Omit<Thread, 'log'> {
  const state = action === 'close' ? `closed: ${escaped(reason ?? 'no longer needed')}` : 'waits for review';
  return { environment, text: firstMessage(environment, url, title, state) };
}

function eventOf({ title, action, reason }: ProposalNews): string | undefined {
  if (action === 'open') return undefined; // that is what the first message says
  return action === 'close' ? `Closed: ${escaped(reason ?? 'no longer needed')}` : `Now ${escaped(title)}`;
}

/** https://docs.slack.dev/messaging/formatting-message-text/#escaping: after that nothing is a mention, a channel or a link. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(/\s+/g, ' ').slice(0, longest);

const longest = 500;

const linkOf = (url: string): string => encodeURI(decodeURI(url)).replaceAll(/[|<>]/g, encodeURIComponent);
