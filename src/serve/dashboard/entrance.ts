import type { Config } from '../../config/schema.ts';
import { UsageError } from '../../domain/errors.ts';
import { type Entrance, noEntrance } from '../../http/login/entrance.ts';
import { isLoopback } from '../../http/origin.ts';
import { isPublished } from '../reach.ts';
import { configuredLogin } from './login.ts';
import { machineEntrance } from './machine.ts';
import type { DashboardParts } from './parts.ts';

/** How people come to the pages, as app.yml says. */
export function createEntrance({ config, services, log }: Pick<DashboardParts, 'config' | 'services' | 'log'>): Entrance {
  const { pages, login } = config.server;
  if (pages === 'off') return noEntrance;
  return login === undefined ? machineEntrance(config, services.forges) : configuredLogin(login, { config, services, log });
}

/** Throws UsageError where others than this machine could see the pages, and nobody would ask who they are. */
export function requireLogin({ server }: Pick<Config, 'server'>): void {
  if (server.pages === 'off' || server.login !== undefined) return;
  const wrong = !isLoopback(server.host)
    ? `server.host: on ${server.host} others reach the pages`
    : isPublished(server)
      ? `server.url: under ${server.url} others reach the pages through a proxy`
      : undefined;
  if (wrong === undefined) return;
  const login = `{ secret: "\${LOGIN_SECRET}", providers: { gitlab: { type: oidc, issuer: …, clientId: …, clientSecret: …, forge: gitlab } } }`;
  throw new UsageError(
    `${wrong}, and nobody would ask who they are. Write server.login: ${login} (docs/login.md), or server.pages: off for webhooks, health and metrics alone, or server.host: 127.0.0.1 without a public server.url`,
  );
}
