/** The JSON object that a delivery carries. What is in it, the sender's users wrote. */
export type Payload = Readonly<Record<string, unknown>>;

export const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands under the keys, one in the other; undefined where nothing does. */
export function at(payload: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isPayload(value) && Object.hasOwn(value, key) ? value[key] : undefined), payload);
}

/** Text that is not empty; undefined where there is none. */
export function textAt(payload: unknown, ...keys: readonly string[]): string | undefined {
  const value = at(payload, ...keys);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The objects of a list; empty where there is none. */
export function listAt(payload: unknown, ...keys: readonly string[]): readonly Payload[] {
  const value = at(payload, ...keys);
  return Array.isArray(value) ? value.filter(isPayload) : [];
}

/** A number that something may have on a forge: an integer above 0. */
export function numberAt(payload: unknown, ...keys: readonly string[]): number | undefined {
  const value = at(payload, ...keys);
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}
