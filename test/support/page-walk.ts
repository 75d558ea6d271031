import type { Page } from 'playwright-core';

/** Pages of one sort have one name: `/app/*`. */
export function sortOf(path: string): string {
  const [, place = ''] = path.split('/');
  if (['app', 'environment', 'docs'].includes(place)) return `/${place}/*`;
  const below = /\/(merge_requests|commit|compare|tags)\/[^?]+$/.exec(path)?.[1];
  if (below !== undefined) return `/*/${below}/*`;
  return path.split('/').length > 2 && place !== 'access' ? '/*' : path;
}

/**
 * Visits what links of ours lead to, from `/` on, so many of each sort; a page is looked at when it is there. Gives the sorts that were seen.
 */
export async function walkPages(page: Page, ofEachSort: number, look: (path: string) => Promise<void>): Promise<ReadonlySet<string>> {
  const counts = new Map<string, number>();
  const [queue, known] = [['/'], new Set(['/'])];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const sort = sortOf(path);
    const count = counts.get(sort) ?? 0;
    if (count >= ofEachSort) continue;
    counts.set(sort, count + 1);
    await page.goto(path);
    await look(path);
    for (const next of await linksOf(page)) {
      if (known.has(next)) continue;
      known.add(next);
      queue.push(next);
    }
  }
  return new Set(counts.keys());
}

/** Paths of this server's pages that the page links to, without queries: filters are no pages of their own. */
async function linksOf(page: Page): Promise<readonly string[]> {
  const hrefs = await page.locator('a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  return hrefs.flatMap((href) => {
    const url = URL.parse(href, page.url());
    const isPage = url?.origin === new URL(page.url()).origin && !url.pathname.startsWith('/api/') && !url.pathname.endsWith('.jsonl');
    return isPage ? [url.pathname] : [];
  });
}
