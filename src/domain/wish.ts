/** A version that a person wants proposed, whatever types, windows, soak or limits hold it back. */
export interface Wish {
  /** The package's name, as people read it. */
  readonly package: string;
  /** As the registry writes it. */
  readonly version: string;
  /** Who asked: `FORGE:USERNAME`, or the user of a machine. */
  readonly by: string;
}

export function isWish(value: unknown): value is Wish {
  if (typeof value !== 'object' || value === null) return false;
  const { package: of, version, by } = value as Record<keyof Wish, unknown>;
  return [of, version, by].every((part) => typeof part === 'string');
}
