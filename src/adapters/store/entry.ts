import type { Entry } from '../../domain/journal.ts';

/** An entry as it was kept. One that somebody made unreadable comes with its number and no hash, so that whoever verifies the chain can name it. */
export function readEntry(number: number, text: unknown): Entry {
  const value = parsed(text);
  return isEntry(value) ? value : { ...unreadable, number };
}

const unreadable: Omit<Entry, 'number'> = {
  kind: 'configuration',
  actor: 'unknown',
  what: 'unreadable: changed in the store after it was written',
  why: 'unknown',
  links: [],
  facts: {},
  at: '1970-01-01T00:00:00.000Z',
  previous: '',
  hash: '',
};

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { number, environment, links, facts, ...rest } = value as Record<keyof Entry, unknown>;
  const texts = [rest.kind, rest.actor, rest.what, rest.why, rest.at, rest.previous, rest.hash, environment ?? ''];
  return (
    Number.isSafeInteger(number) &&
    texts.every((one) => typeof one === 'string') &&
    Array.isArray(links) &&
    links.every((link) => typeof link === 'string') &&
    typeof facts === 'object' &&
    facts !== null
  );
}
