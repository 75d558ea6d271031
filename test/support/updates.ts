import type { Package, Reference } from '../../src/domain/reference.ts';
import type { Release } from '../../src/domain/release.ts';
import type { HeldVersion, Update, UpdateType } from '../../src/domain/update.ts';

export interface UpdateBrief {
  readonly app?: string;
  readonly file?: string;
  readonly line?: number;
  readonly package?: Partial<Package>;
  readonly from?: string;
  readonly fromDigest?: string;
  /** The file holds a digest beside the version. */
  readonly pinned?: boolean;
  readonly to?: Partial<Release>;
  readonly type?: UpdateType;
  readonly held?: readonly HeldVersion[];
}

/** An update of `registry.example.com/payments/billing` from 1.4.2 to 1.6.0, unless said otherwise. */
export function updateOf(brief: UpdateBrief = {}): Update {
  const { app = 'billing', file = 'manifests/billing.yaml', line = 17, from = '1.4.2', fromDigest, to, type = 'minor', held = [] } = brief;
  const reference: Reference = {
    app,
    file,
    line,
    package: { datasource: 'oci', name: 'registry.example.com/payments/billing', ...brief.package },
    version: from,
    ...(fromDigest === undefined ? {} : { digest: fromDigest }),
    spots: brief.pinned === true ? [{ start: 0, end: 1, text: '', holds: 'digest' }] : [],
  };
  return { reference, to: { version: '1.6.0', ...to }, type, held };
}
