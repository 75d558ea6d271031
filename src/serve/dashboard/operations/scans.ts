import type { Store } from '../../../domain/store.ts';

/** How the last scan of everything went. */
export interface ScanMemory {
  /** When it ended, RFC 3339, UTC. */
  readonly at: string;
  readonly seconds: number;
  readonly environments: number;
  readonly errors: readonly { readonly scope: string; readonly message: string }[];
}

const mostErrors = 50;

/** For every replica's pages, and after a restart. */
export const noteScan = (store: Pick<Store, 'put'>, scan: ScanMemory): Promise<void> =>
  store.put('service', 'scan', { ...scan, errors: scan.errors.slice(0, mostErrors).map(({ scope, message }) => ({ scope, message })) });

export const notedScan = (store: Pick<Store, 'get'>): Promise<(ScanMemory & { errors: ScanMemory['errors'][number][] }) | undefined> =>
  store.get('service', 'scan');
