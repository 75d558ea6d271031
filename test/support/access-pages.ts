import { join } from 'node:path';
import { pino } from 'pino';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import { createMetrics } from '../../src/adapters/metrics.ts';
import { loadConfig } from '../../src/config/load.ts';
import { accessRoom } from '../../src/dashboard/access/room.ts';
import type { Site, Viewer } from '../../src/domain/site.ts';
import { followJournal } from '../../src/journal/follow.ts';
import { reviewRequest } from '../../src/serve/access/review.ts';
import { accessSettings } from '../../src/serve/access/settings.ts';
import { accessSource } from '../../src/serve/dashboard/access.ts';
import { createServices, type Services } from '../../src/services.ts';
import { localFixture } from './local-fixture.ts';
import { aViewer, siteOf } from './site-visitor.ts';

/** The pages of access over what an app.yml in a folder says, whose forge `local` is in `repositories` there. */
export interface AccessPages {
  readonly site: Site;
  readonly services: Services;
  readonly fixture: ReturnType<typeof localFixture>;
  /** The gate looks at that merge request of `local:staging`. */
  readonly look: (request: number) => Promise<void>;
}

/** Somebody whom the forge knows. */
export const person = (name: string, more: Partial<Viewer> = {}): Viewer =>
  aViewer({ name, actor: `local:${name}`, user: { forge: 'local', id: name, name }, ...more });

const plain = (text: string): string => text;

export async function accessPages(root: string): Promise<AccessPages> {
  const path = join(root, 'repositories');
  const loaded = loadConfig(join(root, 'app.yml'), {});
  const services = await createServices(loaded, { redact: plain, warn: () => {}, unfinished: true });
  const { config } = loaded;
  const { persistence } = services;
  const metrics = createMetrics({
    queue: () => persistence.queue().stats(),
    journal: () => Promise.resolve(0),
    anchor: () => Promise.resolve(undefined),
    lastScan: () => Promise.resolve(undefined),
    clusters: () => Promise.resolve([]),
    access: () => Promise.resolve([]),
    stoppedWebhooks: () => Promise.resolve(new Map()),
  });
  const parts = { config, services, metrics, log: pino({ level: 'silent' }), redact: plain, tells: false };
  const journal = followJournal(() => persistence.journal());
  const reviewing = { ...parts, settings: accessSettings(config), now: () => new Date() };
  const environment = { name: 'staging', repository: { forge: 'local', path: 'staging' } };
  return {
    site: siteOf([accessRoom(accessSource({ ...parts, journal }))], new Date()),
    services,
    fixture: localFixture(path, createLocal({ name: 'local', path })),
    look: (request) => reviewRequest(reviewing, environment, request, 'test', new AbortController().signal),
  };
}
