/** An entry of a forge's reply, whose fields may be anything. */
export type Entry = Readonly<Record<string, unknown>>;

export const entry = (value: unknown): Entry => (typeof value === 'object' && value !== null ? (value as Entry) : {});

export const entries = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value.map(entry) : []);

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** RFC 3339, UTC; nothing for what is no date. */
export function publishedAt(value: unknown): { publishedAt?: string } {
  const date = new Date(text(value));
  return Number.isNaN(date.getTime()) ? {} : { publishedAt: date.toISOString() };
}

/** A checksum with or without its algorithm; nothing for any other. */
export function sha256(value: unknown): { sha256?: string } {
  const digits = text(value)
    .replace(/^sha256:/, '')
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? { sha256: digits } : {};
}
