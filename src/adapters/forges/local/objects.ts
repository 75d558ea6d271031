import type { Repository } from './repository.ts';

export interface ObjectInfo {
  readonly id: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** What each name (any that git understands, without line ends) stands for, in the same order; undefined where the repository has no such object. */
export async function objects(repository: Repository, names: readonly string[]): Promise<readonly (ObjectInfo | undefined)[]> {
  if (names.length === 0) return [];
  const { out } = await repository.git.run('looking for objects', ['cat-file', '--batch-check'], { input: `${names.join('\n')}\n` });
  const lines = out.toString().split('\n');
  return names.map((_, index) => {
    const [, id, type, size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(lines[index] ?? '') ?? [];
    return id === undefined || type === undefined ? undefined : { id, type, size: Number(size) };
  });
}

/** What `git log -z` or `git for-each-ref` prints in the format of these fields, as lists of as many texts. */
export function rows(out: Buffer, fields: number): string[][] {
  const values = out.toString().split('\0');
  return Array.from({ length: Math.floor(values.length / fields) }, (_, row) => values.slice(row * fields, (row + 1) * fields));
}

/** A commit's message without the line end that git puts behind it. */
export const message = (body: string): string => body.replace(/(?<!\n)\n+$/, '');
