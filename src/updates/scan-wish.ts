import type { Wish } from '../domain/wish.ts';
import { type Scanned, type ScanPorts, type ScanResult, type ScanSettings, scan } from './scan.ts';

/** A version of a package that somebody wants proposed for an app of an environment. */
export interface WishedUpdate extends Wish {
  readonly environment: string;
  readonly app: string;
}

/** The scan of that app, for the sake of the wish alone. Throws UsageError where there is no such environment. */
export const scanWish = <Rows>(
  ports: ScanPorts,
  settings: ScanSettings,
  { environment, app, ...wish }: WishedUpdate,
  rowsOf: (scanned: Scanned) => Rows | Promise<Rows>,
): Promise<ScanResult<Rows>> => scan(ports, settings, { only: [environment], apps: [app], wish, mayMiss: true, dryRun: false }, rowsOf);
