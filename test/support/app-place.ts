import type { AppPlace, AppRequest, AppSource } from '../../src/dashboard/app/source.ts';
import type { InventoryRow } from '../../src/domain/fleet.ts';

export const row = (change: Partial<InventoryRow> = {}): InventoryRow => ({
  app: 'billing',
  environment: 'production',
  file: 'manifests/billing.yaml',
  line: 17,
  package: 'registry.example.com/payments/billing',
  version: '1.4.2',
  newest: '1.4.2',
  state: 'current',
  ...change,
});

export const request = (change: Partial<AppRequest> = {}): AppRequest => ({
  id: 7,
  url: 'https://gitlab.example.com/production/-/merge_requests/7',
  title: 'billing 1.4.2 → 1.5.0',
  createdAt: '2026-11-18T12:00:00Z',
  rollback: false,
  draft: false,
  conflicts: false,
  ...change,
});

export const place = (environment: string, change: Partial<AppPlace> = {}): AppPlace => ({
  environment,
  repository: `gitlab:platform/${environment}`,
  url: `https://gitlab.example.com/${environment}`,
  commit: 'c0ffee',
  at: '2026-11-20T11:00:00Z',
  rows: [row({ environment })],
  requests: [],
  ...change,
});

/** What is not said is a question that must not be asked. */
export function sourceOf(places: readonly AppPlace[], change: Partial<AppSource> = {}): AppSource {
  const refused = (): never => {
    throw new Error('nobody asked for that');
  };
  return {
    places: async (app) => (app === 'billing' ? places : []),
    references: async () => [],
    history: async () => [],
    entries: async () => [],
    wanted: async () => undefined,
    look: refused,
    changes: refused,
    grants: async () => [],
    ...change,
  };
}
