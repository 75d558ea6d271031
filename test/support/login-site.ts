import { type LoginOptions, loginEntrance } from '../../src/http/login/login.ts';
import { LoginRefused, type Provider } from '../../src/http/login/provider.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';

export interface LoginSite {
  readonly url: string;
  /** What was logged, and what went wrong. */
  readonly told: string[];
  readonly server: HttpServer;
}

export const secret = '0f4c8b6e1d2a9573f08b6c1e4d7a2395';

/** Pages that say who looks, behind a login at these providers; of every forge ada is a person, number 7 where the provider does not tell. */
export async function startLoginSite(
  port: number,
  providers: readonly Provider[],
  options: Partial<LoginOptions> & Pick<LoginOptions, 'url'>,
): Promise<LoginSite> {
  const told: string[] = [];
  const server = await startServer({
    host: '127.0.0.1',
    port,
    site: async ({ method, path, query, viewer }) => ({
      status: 200,
      type: 'text/html; charset=utf-8',
      body: `${method} ${path}?${query.toString()} ${viewer.actor} ${viewer.user?.id} token=${viewer.token} `,
    }),
    entrance: loginEntrance({
      secret,
      sessions: 3_600_000,
      providers,
      person: async (forge, { id = '7', name }) => {
        if (name !== 'ada') throw new LoginRefused(`${forge} knows no ${name}`);
        return { forge, id, name };
      },
      known: async (user) => ({ name: user.name, actor: `${user.forge}:${user.name}`, user, sees: () => true, acts: () => true }),
      pages: {
        choose: (all, to, left) => `choose ${all.join(' ')} ${to} ${left}`,
        problem: (status, title, text, again) => `${status} ${title}: ${text} (${again})`,
      },
      log: { warn: (text) => told.push(text), info: (text) => told.push(text) },
      now: () => new Date(),
      ...options,
    }),
    onError: (error) => told.push(String(error)),
  });
  return { url: options.url, told, server };
}
