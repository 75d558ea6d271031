import { randomBytes, verify } from 'node:crypto';
import { type Call, notFound, ok, page, Refused, type Reply } from './call.ts';
import { userEntity } from './entities.ts';
import type { App, World } from './world.ts';

function appOf(call: Call): App {
  if (!call.asApp || call.world.app === undefined) throw new Refused(401, 'A JSON web token could not be decoded');
  return call.world.app;
}

export function getApp(call: Call): Reply {
  const app = appOf(call);
  return ok({ id: app.id, slug: app.slug, name: app.slug, owner: userEntity(call.world, app.bot) });
}

export function listInstallations(call: Call): Reply {
  const app = appOf(call);
  const listed = [...app.installations].map(([id, owner]) => ({
    id,
    account: { login: owner, id, type: 'Organization', site_admin: false },
    app_id: app.id,
    app_slug: app.slug,
    target_type: 'Organization',
    suspended_at: null,
  }));
  return page(call, listed);
}

const hour = 3_600_000;

export function createToken(call: Call): Reply {
  const app = appOf(call);
  const installation = Number(call.at['installation_id']);
  if (!app.installations.has(installation)) throw notFound();
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const until = call.world.now().getTime() + hour;
  app.tokens.set(token, { installation, until });
  return ok(
    {
      token,
      expires_at: new Date(until).toISOString(),
      permissions: { contents: 'write', pull_requests: 'write', issues: 'write', checks: 'write' },
    },
    201,
  );
}

/** RS256, of this App, of at most ten minutes. https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
export function isAppToken({ app }: World, token: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  if (app === undefined || signature === '') return false;
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { iat, exp, iss } = decoded(payload);
  const now = Date.now() / 1000;
  const fits = decoded(header)['alg'] === 'RS256' && String(iss) === String(app.id);
  if (!fits || Number(iat) > now || Number(exp) < now || Number(exp) - now > 600) return false;
  return verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), app.publicKey, Buffer.from(signature, 'base64url'));
}
