import type { PagesSource } from '../../domain/pages.ts';
import type { Answer } from '../../domain/site.ts';
import type { Asked, Room } from '../room.ts';
import { page } from '../site.ts';
import { createButtons, type Desk } from './buttons.ts';
import { commitPage, comparePage, repositoryPage, tagPage } from './pages.ts';
import { personOf } from './person.ts';
import { requestPage } from './request-page.ts';
import { type Route, routeOf } from './route.ts';
import { style } from './style.ts';

/** Repositories of the local forge, and what people do there. */
export const repositoriesRoom = (source: PagesSource, desk: Desk): Room => ({ pages: [], buttons: createButtons(source, desk), style });

/** `/<path>`, `/<path>/merge_requests/<id>`, `/<path>/commit/<sha>`, `/<path>/tags/<tag>`, `/<path>/compare/<a>...<b>`. */
export const createRepositories =
  (source: PagesSource, desk: Pick<Desk, 'forge' | 'isJudging'>) =>
  async (path: string, asked: Asked): Promise<Answer | undefined> => {
    const route = routeOf(path);
    if (route === undefined || !asked.viewer.sees(await source.environmentOf(route.path))) return undefined;
    const text = await render(source, desk, route, asked);
    return text === undefined ? undefined : page(text);
  };

async function render(
  source: PagesSource,
  desk: Pick<Desk, 'forge' | 'isJudging'>,
  route: Route,
  { now, viewer }: Asked,
): Promise<string | undefined> {
  const { path } = route;
  switch (route.kind) {
    case 'merge request': {
      const of = await source.mergeRequest(path, route.id);
      if (of === undefined) return undefined;
      const judging = of.mergeRequest.state === 'open' && (await desk.isJudging(path, route.id));
      return requestPage({ of, viewer, person: personOf(viewer, desk.forge), judging, now });
    }
    case 'commit': {
      const found = await source.commit(path, route.sha);
      return found && commitPage(path, found, { now, viewer });
    }
    case 'tag': {
      const found = (await source.repository(path))?.tags.find(({ name }) => name === route.name);
      return found && tagPage(path, found, { now, viewer });
    }
    case 'compare': {
      const found = await source.diff(path, route.from, route.to);
      return found && comparePage(path, route.from, route.to, found, { now, viewer });
    }
    case 'repository': {
      const [found, listed, environment] = await Promise.all([source.repository(path), source.list(), source.environmentOf(path)]);
      const requests = listed.filter((one) => one.path === path);
      return found && repositoryPage({ path, environment, of: found, requests, person: personOf(viewer, desk.forge) }, { now, viewer });
    }
  }
}
