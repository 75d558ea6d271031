import type { Tag } from '../domain/forge.ts';
import type { Entry } from '../domain/journal.ts';
import type { Anchor } from './chain.ts';

const prefix = 'lockkeeper-journal/';

export type Head = Pick<Entry, 'number' | 'hash'>;

/** A git tag whose name says all of it: `lockkeeper-journal/120-<hash>`. */
export const anchorTag = ({ number, hash }: Head): string => `${prefix}${number}-${hash}`;

/** `120:<hash>`, as people write it down, and `journal verify --head` reads it. */
export const headText = ({ number, hash }: Head): string => `${number}:${hash}`;

/** Undefined for a text that is no head. */
export function readHead(text: string, place: string): Anchor | undefined {
  const [, number, hash] = /^(\d{1,15})[:-]([0-9a-f]{64})$/.exec(text) ?? [];
  return number === undefined || hash === undefined ? undefined : { number: Number(number), hash, place };
}

/** The anchors among a repository's tags. */
export const anchorsAmong = (tags: readonly Tag[], place: string): Anchor[] =>
  tags.flatMap(({ name }) => (name.startsWith(prefix) ? (readHead(name.slice(prefix.length), place) ?? []) : []));

export { prefix as anchorPrefix };
