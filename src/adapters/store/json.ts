/** A value as the stores keep it. All of it is ASCII-safe where it matters: JSON escapes U+0000 and halves of characters, which Postgres cannot hold. */
export function asJson(space: string, key: string, value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${space} ${key}: JSON cannot hold this value (${typeof value})`);
  return text;
}
