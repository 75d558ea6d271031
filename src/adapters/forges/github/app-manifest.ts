import { explain, OutsideError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';

/** What the App may do in repositories, and in organisations: docs/github.md says what for. */
const permissions = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  statuses: 'read',
  packages: 'read', // without it, no event tells of them
  members: 'read',
} as const;

export interface ManifestOptions {
  /** Public address of the service, without a trailing slash. */
  readonly url: string;
  /** Name in app.yml. */
  readonly forge: string;
  readonly events: readonly string[];
  /** GitHub can call the service at that address. */
  readonly reachable: boolean;
}

/** Where GitHub sends the one who made the App back to. */
const callbackPath = (forge: string): string => `/setup/github/${forge}/callback`;

/** The App, as GitHub makes it from one click. https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export function appManifest({ url, forge, events, reachable }: ManifestOptions) {
  return {
    name: 'Lockkeeper',
    description: 'Finds newer versions and opens one pull request per app and environment',
    url,
    redirect_url: `${url}${callbackPath(forge)}`,
    public: false,
    default_permissions: permissions,
    ...(reachable && { hook_attributes: { url: `${url}/webhooks/github/${forge}`, active: true }, default_events: events }),
  };
}

/** An App that was just made. */
export interface MadeApp {
  readonly id: number;
  /** Its page. */
  readonly url: string;
  /** PEM. */
  readonly privateKey: string;
  /** Absent for an App without a webhook. */
  readonly webhookSecret: string | undefined;
}

/** Exchanges the code, which works once and for an hour, for the App. Throws OutsideError, which never holds the code: with it anybody could ask. */
export async function convertManifest(http: HttpClient, api: string, code: string): Promise<MadeApp> {
  const { host } = new URL(api);
  const refused = (why: string) => new OutsideError(host, `GitHub did not give out the App that was made: ${why}`);
  const reply = await http
    .request({
      method: 'POST',
      url: `${api}/app-manifests/${encodeURIComponent(code)}/conversions`,
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      redirects: 0,
    })
    .catch((error: unknown) => {
      throw refused(explain(error).replaceAll(encodeURIComponent(code), '…'));
    });
  if (reply.status !== 201) throw refused(`${host} answered ${reply.status}; the code may have been used, or be older than an hour`);
  const made = appIn(reply.body.toString());
  if (made === undefined) throw refused(`${host} answered with something else than an App`);
  return made;
}

function appIn(text: string): MadeApp | undefined {
  try {
    const { id, html_url: url, pem, webhook_secret: secret } = JSON.parse(text) as Record<string, unknown>;
    if (typeof id !== 'number' || typeof url !== 'string' || typeof pem !== 'string' || !pem.includes('PRIVATE KEY')) return undefined;
    return { id, url, privateKey: pem, webhookSecret: typeof secret === 'string' && secret !== '' ? secret : undefined };
  } catch {
    return undefined; // what could not be read may hold a piece of the key
  }
}
