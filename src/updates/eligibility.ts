import { instant } from '../domain/time.ts';
import { isOpen, nextOpening, type Window } from '../domain/window.ts';

/** What must be true before a merge request may be opened or merged by us. */
export interface EligibilityInput {
  readonly now: Date;
  readonly windows: readonly Window[];
  /** The environment that comes before this one. */
  readonly after?:
    | {
        readonly environment: string;
        /** Since when it runs exactly this version; undefined when it does not. */
        readonly since: Date | undefined;
        /** How long it must have, in milliseconds. */
        readonly soak: number;
        /** As written in app.yml, to be shown. */
        readonly soakText: string;
      }
    | undefined;
  /** Our open merge requests in this environment, without the one in question. */
  readonly openCount: number;
  readonly maxOpen?: number | undefined;
}

/** The first reason, a full sentence, why not now; undefined when nothing stands in the way. */
export function eligible(input: EligibilityInput): string | undefined {
  return waitsForEnvironment(input) ?? waitsForWindow(input) ?? waitsForRoom(input);
}

function waitsForEnvironment({ now, after }: EligibilityInput): string | undefined {
  if (after === undefined) return undefined;
  const { environment, since, soak, soakText } = after;
  if (since === undefined) return `not yet in ${environment}`;
  const end = new Date(since.getTime() + soak);
  return now < end ? `in ${environment} since ${instant(since)}, soak of ${soakText} ends ${instant(end)}` : undefined;
}

function waitsForWindow({ now, windows }: EligibilityInput): string | undefined {
  if (isOpen(windows, now)) return undefined;
  const opening = nextOpening(windows, now);
  return opening === undefined
    ? `waits for a window; none of ${windows.map(({ text }) => text).join(', ')} opens within two weeks`
    : `waits for the window ${opening.window.text}, opens ${instant(opening.at)}`;
}

function waitsForRoom({ openCount, maxOpen }: EligibilityInput): string | undefined {
  if (maxOpen === undefined || openCount < maxOpen) return undefined;
  return `waits for room: ${openCount} merge requests are open in this environment, at most ${maxOpen} may be`;
}
