import type { Place } from '../domain/finding.ts';
import type { DesiredObject } from './desired-object.ts';

/** Lines of the bytes before the first value: comments, empty ones, the dashes. */
function linesBefore(body: Uint8Array): number {
  const lines = Buffer.from(body).toString('utf8', 0, 20_000).split('\n');
  return Math.max(
    0,
    lines.findIndex((line) => !/^\s*(?:#.*|---.*)?$/.test(line)),
  );
}

/** Where a line of an object's own bytes stands, counted from 1. */
export const placeOfLine = ({ place, body }: DesiredObject, line: number): Place => ({
  ...place,
  line: place.line - linesBefore(body) + line - 1,
});
