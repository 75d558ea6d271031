import { pino } from 'pino';
import type { Metrics } from '../../src/adapters/metrics.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Access } from '../../src/serve/access/access.ts';
import { createServices } from '../../src/services.ts';

/** One pass over the grants of a repository, as the service does it, in a process of its own: `node landing-program.ts app.yml FORGE:PATH`. */
const [config = '', repository = ''] = process.argv.slice(2);
const loaded = loadConfig(config, {});
const services = await createServices(loaded, { redact: (text) => text, warn: () => {}, unfinished: true });
const metrics = { access: { alarmed: () => {}, removed: () => {} } } as unknown as Metrics;
const log = pino({ level: process.env['LANDING_LOG'] ?? 'silent' });
const access = new Access({ config: loaded.config, services, metrics, log, redact: (text) => text, tells: false, now: () => new Date() });
await access.keep(repository, 'test', new AbortController().signal);
await services.close();
