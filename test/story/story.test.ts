import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { picture, sharedBrowser, type Visit, visitor } from '../support/browser-visit.ts';
import { type DemoProcess, startDemo } from '../support/demo-process.ts';
import { describeWith } from '../support/parts.ts';
import { sharedFolder } from '../support/temporary.ts';

/** Milliseconds: the access of a minute, on a slow machine. */
const patience = 240_000;

describeWith('chromium', 'the story in the browser', () => {
  describeWith('controller-manager', 'on the demo', () => {
    const browser = sharedBrowser();
    const folder = sharedFolder();
    let demo: DemoProcess;
    let visit: Visit;
    beforeAll(async () => {
      demo = await startDemo(`${folder()}/demo`);
      visit = await visitor(await browser(), demo.url);
      visit.page.setDefaultTimeout(patience);
    }, patience);
    afterAll(async () => {
      await visit.close();
      await demo.stop();
    }, patience);

    let number = 0;
    /** Told in this order, each from where the one before ended; a picture is left of its end, or of where it stood still. */
    const chapter = (name: string, tell: (page: Page) => Promise<void>) => {
      number += 1;
      const about = `${String(number).padStart(2, '0')} ${name}`;
      test(
        about,
        async () => {
          try {
            await tell(visit.page);
            expect(visit.troubles()).toEqual([]);
          } catch (error) {
            await picture(visit.page, `${about} failed`);
            throw error;
          }
          await picture(visit.page, about);
        },
        patience,
      );
    };

    chapter('an update is proposed', async (page) => {
      await page.goto('/requests');
      await page.getByRole('link', { name: 'billing 1.4.2 → 1.6.0' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'billing 1.4.2 → 1.6.0' }).waitFor();
    });

    chapter('its changelog is read', async (page) => {
      await page.getByRole('heading', { name: 'What changed' }).waitFor();
      await page.getByText('credit notes').first().waitFor();
      await page.getByText('CronJob billing/billing-nightly').first().waitFor();
    });

    chapter('validation is red, then green', async (page) => {
      await page.goto('/platform/environments/staging/merge_requests/1');
      await page.getByText('replicass').first().waitFor();
      await page.locator('#standing').getByText('failed').waitFor();
      const commands = /^ {5}(git clone .*)\n {5}(sed .*)$/m.exec(demo.printed)?.slice(1).join('\n') ?? '';
      const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'ada', GIT_AUTHOR_EMAIL: 'ada@example.com' };
      const committer = { GIT_COMMITTER_NAME: 'ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };
      execFileSync('sh', ['-ec', commands], { cwd: folder(), env: { ...env, ...committer }, stdio: 'pipe' });
      await page.locator('#standing').getByText('passed').waitFor();
    });
  });
});
