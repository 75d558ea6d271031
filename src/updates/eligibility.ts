import { instant } from '../domain/time.ts';
import { isOpen, nextOpening, type Window } from '../domain/window.ts';

/** Each gives the reason, a full sentence, why not now; undefined when it does not stand in the way. */

/** `since`: since when the earlier environment runs exactly this version; undefined when it does not. `ran`: for how many milliseconds it ran it before. `soak`: milliseconds it must have; `soakText`: as written in app.yml; `where`: there. */
export function waitsForEnvironment(input: {
  readonly now: Date;
  readonly environment: string;
  readonly since: Date | undefined;
  readonly ran: number | undefined;
  readonly soak: number;
  readonly soakText: string;
  readonly where?: string | undefined;
}): string | undefined {
  const { now, environment, since, ran, soak, soakText, where } = input;
  if (ran !== undefined && ran >= soak) return undefined;
  const after = (what: string): string => `after ${environment}: ${what}${at(where)}`;
  if (since === undefined) return after(ran === undefined ? 'does not run there yet' : `left it before its soak of ${soakText} was over`);
  const end = new Date(since.getTime() + soak);
  return now < end ? after(`runs there since ${instant(since)}, soak of ${soakText} ends ${instant(end)}`) : undefined;
}

export function waitsForWindow({
  now,
  windows,
  where,
}: {
  readonly now: Date;
  readonly windows: readonly Window[];
  readonly where?: string | undefined;
}): string | undefined {
  if (isOpen(windows, now)) return undefined;
  const opening = nextOpening(windows, now);
  return opening === undefined
    ? `held by its windows: none of ${windows.map(({ text }) => text).join(', ')} opens within two weeks${at(where)}`
    : `held until ${onTheWall(opening.at, opening.window.zone)} by its window ${opening.window.text}${at(where)}`;
}

/** `Monday 23 November 09:00`, by the window's own clock. */
function onTheWall(time: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const { weekday, day, month, hour, minute } = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  return `${weekday} ${day} ${month} ${hour}:${minute}`;
}

/** `openCount`: our open merge requests in this environment, without the one in question. */
export function waitsForRoom({
  openCount,
  maxOpen,
  where,
}: {
  readonly openCount: number;
  readonly maxOpen: number | undefined;
  readonly where?: string | undefined;
}): string | undefined {
  if (maxOpen === undefined || openCount < maxOpen) return undefined;
  return `waits for room: ${openCount} are open in this environment, at most ${maxOpen} may be${at(where)}`;
}

/** Where the rule stands. */
const at = (where: string | undefined): string => (where === undefined ? '' : ` (${where})`);
