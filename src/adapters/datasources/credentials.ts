import type { RegistrySettings } from './registry-settings.ts';

/**
 * Basic authentication for a host of app.yml's registries, for datasources that are not asked for it first. Of a Nexus the HTTP client sends
 * them by itself. Over plain http only where `insecure` says so.
 */
export function basicCredentials(registries: Readonly<Record<string, RegistrySettings>>, url: string): { authorization?: string } {
  const { host, protocol } = new URL(url);
  const { type, username, password, insecure } = registries[host] ?? {};
  if (type === 'nexus' || password === undefined || (protocol !== 'https:' && insecure !== true)) return {};
  return { authorization: `Basic ${Buffer.from(`${username ?? ''}:${password}`).toString('base64')}` };
}
