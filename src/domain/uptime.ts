/** How a server was seen, asked again and again. */
export interface Uptime {
  readonly up: boolean;
  /** Since when it is like that, as far as it was watched: RFC 3339, UTC. */
  readonly since: string;
  /** When it was asked last. */
  readonly at: string;
  /** Of its last answer, milliseconds. */
  readonly latencyMs?: number;
  /** Why the last question was not answered. */
  readonly problem?: string;
  /** Of the last week, oldest first; hours in which nobody asked are left out. Hours are counted from 1970-01-01T00:00Z. */
  readonly hours: readonly (readonly [hour: number, asked: number, answered: number])[];
}

/** One question: answered after so many milliseconds, or why it was not. */
export type Sample = { readonly at: Date } & ({ readonly latencyMs: number } | { readonly problem: string });

const hourMs = 3_600_000;
/** Hours that are kept: a week. */
export const weekHours = 168;

export const hourOf = (at: Date): number => Math.floor(at.getTime() / hourMs);
export const hourStart = (hour: number): Date => new Date(hour * hourMs);

export function withSample(known: Uptime | undefined, sample: Sample): Uptime {
  const [up, at, hour] = ['latencyMs' in sample, sample.at.toISOString(), hourOf(sample.at)];
  const [, asked, answered] = known?.hours.find(([one]) => one === hour) ?? [hour, 0, 0];
  const others = (known?.hours ?? []).filter(([one]) => one !== hour && one > hour - weekHours);
  const { at: _, ...seen } = sample;
  return {
    up,
    since: known?.up === up ? known.since : at,
    at,
    ...seen,
    hours: [...others, [hour, asked + 1, answered + (up ? 1 : 0)] as const].sort(([a], [b]) => a - b),
  };
}

/** Of the questions in so many hours up to now, the part that was answered, from 0 to 1; undefined when nobody asked. */
export function shareUp({ hours }: Pick<Uptime, 'hours'>, lastHours: number, now: Date): number | undefined {
  const within = hours.filter(([hour]) => hour > hourOf(now) - lastHours);
  const asked = within.reduce((sum, [, one]) => sum + one, 0);
  return asked === 0 ? undefined : within.reduce((sum, [, , one]) => sum + one, 0) / asked;
}
