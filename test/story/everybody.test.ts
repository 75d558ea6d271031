import type { BrowserContextOptions } from 'playwright-core';
import { picture, sharedBrowser, telephone, visitor } from '../support/browser-visit.ts';
import { sharedDemo } from '../support/demo-process.ts';
import { sortOf, walkPages } from '../support/page-walk.ts';
import { describeWith } from '../support/parts.ts';
import { barriers } from './axe.ts';

/** Milliseconds. */
const patience = 240_000;

describeWith('chromium', 'pages that everybody can use', () => {
  const browser = sharedBrowser();
  const demo = sharedDemo(patience);

  const sorts = [
    '/',
    '/requests',
    '/access',
    '/journal',
    '/operations',
    '/app/*',
    '/environment/*',
    '/*',
    '/*/merge_requests/*',
    '/*/commit/*',
    '/*/compare/*',
  ];

  test.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a telephone', telephone],
  ])(
    'nothing serious keeps anybody out of any page: %s',
    async (how, options) => {
      const { page, close } = await visitor(await browser(), demo().url, { ...options, bypassCSP: true });
      const found: string[] = [];
      const seen = await walkPages(page, 1, async (path) => {
        await picture(page, `${how} ${sortOf(path)}`);
        found.push(...(await barriers(page)).map((one) => `${path}: ${one}`));
      });
      await close();
      expect(found).toEqual([]);
      for (const sort of sorts) expect(seen).toContain(sort);
    },
    patience,
  );

  test(
    'no page is wider than a telephone',
    async () => {
      const { page, close } = await visitor(await browser(), demo().url, telephone);
      const wide: string[] = [];
      await walkPages(page, 1, async (path) => {
        const [width, shown] = await page.evaluate<[number, number]>(
          '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
        );
        if (width > shown) wide.push(`${path} is ${width} wide, and ${shown} are shown`);
      });
      await close();
      expect(wide).toEqual([]);
    },
    patience,
  );

  test(
    'the keyboard gets everywhere: first past the menu, then through it',
    async () => {
      const { page, close } = await visitor(await browser(), demo().url);
      await page.goto('/requests');
      const places: string[] = [];
      for (let step = 0; step < 12; step += 1) {
        await page.keyboard.press('Tab');
        places.push(await page.locator(':focus').evaluate((element) => element.textContent?.trim() ?? ''));
      }
      expect(places[0]).toBe('Skip to the content');
      const menu = ['Environments', 'Merge requests', 'Access', 'Journal', 'Operations'];
      expect(places.filter((one) => menu.includes(one))).toEqual(menu);
      await page.goto('/requests');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.locator('main :focus').count()).toBe(1);
      await close();
    },
    patience,
  );
});
