import type { HttpClient } from '../../http/client.ts';
import type { ForgeTags } from '../git-tags/datasource.ts';
import { apiFor, type ForgeAccess } from './access.ts';
import { githubTags } from './github.ts';
import { gitlabTags } from './gitlab.ts';

/** Asks the forges of app.yml, whose tokens may see what git, which has none, may not. An ssh address is the same project; the port is git's own there. */
export function forgeTags(http: HttpClient, forges: readonly ForgeAccess[]): ForgeTags {
  return (url) => {
    for (const { type, url: base } of forges) {
      const page = pageOf(url, base);
      const api = page === undefined ? undefined : apiFor(type, page, forges);
      if (api?.known === true) return api.type === 'gitlab' ? gitlabTags(http, api) : githubTags(http, api);
    }
    return Promise.resolve(undefined);
  };
}

/** The repository's page on the forge; undefined when it is on another. By ssh the path leaves out where the forge's pages are. */
function pageOf(url: string, base: string): string | undefined {
  if (!URL.canParse(url) || !URL.canParse(base)) return undefined;
  const [repository, forge] = [new URL(url), new URL(base)];
  if (repository.protocol === 'ssh:') return repository.hostname === forge.hostname ? `${base}${repository.pathname}` : undefined;
  const page = `${repository.origin}${repository.pathname}`;
  return page.startsWith(`${base}/`) ? page : undefined;
}
