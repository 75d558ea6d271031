import type { Readable } from 'node:stream';
import type { Room } from '../room.ts';
import { liveStyle } from './style.ts';

/** Tells who listens that something changed. */
export interface LiveSource {
  /** Server-sent events; undefined when enough listen already. */
  listen(): Readable | undefined;
}

/**
 * `/events`: that something changed, and never what: whoever hears it asks for the page again, as himself.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const liveRoom = (source: LiveSource): Room => ({
  pages: [
    {
      path: '/events',
      show: async () => {
        const body = source.listen();
        return body === undefined
          ? { status: 503, type: 'text/plain; charset=utf-8', body: 'Enough listen already: ask for the page now and again.\n' }
          : { status: 200, type: 'text/event-stream', body };
      },
    },
  ],
  style: liveStyle,
});
