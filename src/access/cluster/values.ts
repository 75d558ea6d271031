import type { Value } from './objects.ts';

/** What a server wrote, read as if it could be anything. */
export const recordOf = (value: unknown): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
