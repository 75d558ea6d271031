import type { Viewer } from '../../domain/site.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';

/** What somebody asked for with a button, and what came of it. */
export interface Notice {
  /** The job's: pressed again, it is the same notice. */
  readonly key: string;
  /** `propose billing 1.6.0` */
  readonly what: string;
  /** As the journal names people. */
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** `refused`: nothing was done, and `text` says why. `retried`: something outside failed, it is tried again. */
  readonly state: 'waiting' | 'retried' | 'done' | 'refused';
  /** When it came to that. RFC 3339, UTC; absent while it waits. */
  readonly endedAt?: string;
  /** One sentence; text from outside. */
  readonly text?: string;
  /** The merge request. */
  readonly url?: string;
}

const words: Readonly<Record<Notice['state'], readonly [Tone, string]>> = {
  waiting: ['wait', 'in the queue'],
  retried: ['warn', 'tried again'],
  done: ['good', 'done'],
  refused: ['bad', 'not done'],
};

/** What was asked for lately; nothing where nothing was. */
export function noticeList(notices: readonly Notice[], now: Date, viewer: Viewer): Html {
  if (notices.length === 0) return html``;
  const line = ({ what, by, at, state, endedAt, text, url }: Notice): Html => {
    const [tone, word] = words[state];
    const who = by === viewer.actor ? 'you' : by;
    const result = [text ?? '', ...(url === undefined ? [] : [externalLink(url, 'merge request')])];
    return html`<li>${badge(tone, word)} <div><p><b>${what}</b> ${url === undefined ? result : html`${result[0]} ${result[1]}`}</p>
<p class="meta">asked for by ${who} ${ago(endedAt ?? at, now)}</p></div></li>
`;
  };
  return html`<section class="notices" id="asked" data-live="asked" aria-label="What was asked for"><ul>${notices.map(line)}</ul></section>`;
}
