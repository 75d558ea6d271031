import { instant } from '../domain/time.ts';
import { isOpen, nextOpening, type Window } from '../domain/window.ts';

/** Each gives the reason, a full sentence, why not now; undefined when it does not stand in the way. */

/** `since`: since when the earlier environment runs exactly this version; undefined when it does not. `ran`: for how many milliseconds it ran it before. `soak`: milliseconds it must have; `soakText`: as written in app.yml. */
export function waitsForEnvironment(input: {
  readonly now: Date;
  readonly environment: string;
  readonly since: Date | undefined;
  readonly ran: number | undefined;
  readonly soak: number;
  readonly soakText: string;
}): string | undefined {
  const { now, environment, since, ran, soak, soakText } = input;
  if (ran !== undefined && ran >= soak) return undefined;
  if (since === undefined)
    return ran === undefined ? `not yet in ${environment}` : `left ${environment} before its soak of ${soakText} was over`;
  const end = new Date(since.getTime() + soak);
  return now < end ? `in ${environment} since ${instant(since)}, soak of ${soakText} ends ${instant(end)}` : undefined;
}

export function waitsForWindow({ now, windows }: { readonly now: Date; readonly windows: readonly Window[] }): string | undefined {
  if (isOpen(windows, now)) return undefined;
  const opening = nextOpening(windows, now);
  return opening === undefined
    ? `waits for a window; none of ${windows.map(({ text }) => text).join(', ')} opens within two weeks`
    : `waits for the window ${opening.window.text}, opens ${instant(opening.at)}`;
}

/** `openCount`: our open merge requests in this environment, without the one in question. */
export function waitsForRoom({
  openCount,
  maxOpen,
}: {
  readonly openCount: number;
  readonly maxOpen: number | undefined;
}): string | undefined {
  if (maxOpen === undefined || openCount < maxOpen) return undefined;
  return `waits for room: ${openCount} are open in this environment, at most ${maxOpen} may be`;
}
