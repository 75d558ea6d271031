import type { Page } from 'playwright-core';
import { picture, sharedBrowser, visitor } from '../support/browser-visit.ts';
import { attacks, hostileWorld } from '../support/hostile-world.ts';
import { sortOf, walkPages } from '../support/page-walk.ts';
import { describeWith } from '../support/parts.ts';
import { serve, until } from '../support/served.ts';
import { sharedFolder } from '../support/temporary.ts';

/** Milliseconds. */
const patience = 200_000;

/** Whatever in the page is not as we write it: scripts, what runs at events, links that run, pictures and frames. */
const intruders = (page: Page): Promise<readonly string[]> =>
  page.locator('*').evaluateAll((all) =>
    all.flatMap((one) => {
      const [name, address] = [one.localName, one.getAttribute('href') ?? one.getAttribute('src') ?? one.getAttribute('action') ?? ''];
      const isOurs = name !== 'script' || address === '/script.js';
      const isHarmless = !['img', 'iframe', 'object', 'embed', 'base', 'style', 'animate', 'set', 'foreignobject'].includes(name);
      const isQuiet = one.getAttributeNames().every((attribute: string) => !attribute.startsWith('on') && attribute !== 'style');
      return isOurs && isHarmless && isQuiet && !/^\s*(?:javascript|data|vbscript):/i.test(address) ? [] : [one.outerHTML.slice(0, 200)];
    }),
  );

describeWith('chromium', 'text of others', () => {
  const browser = sharedBrowser();
  const folder = sharedFolder();

  test(
    'stays text on every page',
    async () => {
      const world = await hostileWorld(folder());
      const served = await serve(world.config, { XDG_CACHE_HOME: folder(), HOME: folder(), KUBEBUILDER_ASSETS: folder() });
      try {
        const scanned = async () => /billing|evil/.test(await (await fetch(`${served.url}/api/v1/environments`)).text());
        await until(async () => (await scanned()) || undefined);
        const { page, troubles, close } = await visitor(await browser(), served.url);
        const found: string[] = [];
        let told = '';
        const look = async (path: string) => {
          found.push(...[...troubles(), ...(await intruders(page))].map((one) => `${path}: ${one}`));
          told += await page.locator('body').textContent();
          await picture(page, `hostile ${sortOf(path)}`);
        };
        const seen = await walkPages(page, 5, look);
        for (const path of [
          `/?app=${encodeURIComponent(attacks[1])}`,
          `/journal?text=${encodeURIComponent(attacks[0])}`,
          '/requests?owner=%22%3E%3Cscript%3E',
        ]) {
          await page.goto(path);
          await look(path);
        }
        await close();
        expect(found).toEqual([]);
        for (const attack of attacks) expect(told).toContain(attack);
        for (const sort of [
          '/',
          '/app/*',
          '/environment/*',
          '/requests',
          '/access',
          '/journal',
          '/operations',
          '/*/merge_requests/*',
          '/*/commit/*',
        ])
          expect(seen).toContain(sort);
      } finally {
        await served.stop();
        await world.close();
      }
    },
    patience,
  );
});
