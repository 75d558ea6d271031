import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { picture, sharedBrowser, type Visit, visitor } from '../support/browser-visit.ts';
import { sharedDemo } from '../support/demo-process.ts';
import { describeWith } from '../support/parts.ts';
import { sharedFolder } from '../support/temporary.ts';

/** Milliseconds until something has to show on a page: clusters start, and grants of a minute end. */
const patience = 180_000;
const wholeChapter = 2 * patience;

describeWith('chromium', 'the story in the browser', () => {
  describeWith('controller-manager', 'on the demo', () => {
    const browser = sharedBrowser();
    const demo = sharedDemo(wholeChapter);
    const folder = sharedFolder();
    let visit: Visit;
    beforeAll(async () => {
      visit = await visitor(await browser(), demo().url);
      visit.page.setDefaultTimeout(patience);
    }, wholeChapter);

    let number = 0;
    let stoodStill: string | undefined;
    /** Told in this order, each from where the one before ended, and none after one that failed; a picture is left of its end, or of where it stood still. */
    const chapter = (name: string, tell: (page: Page) => Promise<void>) => {
      number += 1;
      const about = `${String(number).padStart(2, '0')} ${name}`;
      test(
        about,
        async () => {
          if (stoodStill !== undefined) throw new Error(`not told: the story stood still at ${stoodStill}`);
          try {
            await tell(visit.page);
            expect(visit.troubles()).toEqual([]);
          } catch (error) {
            stoodStill = about;
            await picture(visit.page, `${about} failed`);
            throw error;
          }
          await picture(visit.page, about);
        },
        wholeChapter,
      );
    };

    /** As the header's chooser has it. */
    async function become(page: Page, name: string): Promise<void> {
      await page.locator('details.viewer summary').click();
      await page.getByLabel('Act as').fill(name);
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      await page.locator('details.viewer summary', { hasText: name }).waitFor();
    }

    const billing = 'billing 1.4.2 → 1.6.0';
    const standing = (page: Page) => page.locator('#standing');

    chapter('what runs where is seen', async (page) => {
      await page.goto('/');
      for (const name of ['staging', 'production'])
        await page.getByRole('columnheader', { name: new RegExp(`^${name}\\b.*\\bdeployed`) }).waitFor();
    });

    chapter('an update is proposed', async (page) => {
      await page.goto('/');
      await page
        .getByRole('row', { name: /^billing/ })
        .getByRole('link', { name: '→ 1.6.0 waits' })
        .click();
      await page.getByRole('heading', { level: 1, name: billing }).waitFor();
    });

    chapter('its changelog is read', async (page) => {
      await page.getByRole('heading', { name: 'What changed' }).waitFor();
      await page.getByText('credit notes').first().waitFor();
      await page.getByText('CronJob billing/billing-nightly').first().waitFor();
    });

    chapter('a person makes a slip, and validation is red', async (page) => {
      await page.goto('/platform/environments/staging/merge_requests/1');
      await standing(page).getByText('failed').waitFor();
      await page.getByText('replicass').first().waitFor();
    });

    chapter('it is corrected, and green', async (page) => {
      const commands = /^ {5}(git clone .*)\n {5}(sed .*)$/m.exec(demo().printed)?.slice(1).join('\n') ?? '';
      const person = {
        GIT_AUTHOR_NAME: 'ada',
        GIT_AUTHOR_EMAIL: 'ada@example.com',
        GIT_COMMITTER_NAME: 'ada',
        GIT_COMMITTER_EMAIL: 'ada@example.com',
      };
      execFileSync('sh', ['-ec', commands], {
        cwd: folder(),
        env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', ...person },
        stdio: 'pipe',
      });
      await standing(page).getByText('passed').waitFor();
    });

    chapter('the update is approved', async (page) => {
      await page.goto('/requests');
      await page.getByRole('link', { name: billing }).first().click();
      await become(page, 'grace');
      await standing(page).getByText('passed').waitFor();
      await page.getByRole('button', { name: 'Approve' }).click();
      await standing(page).getByText('grace approved').waitFor();
    });

    chapter('and merged', async (page) => {
      await page.getByRole('button', { name: 'Merge', exact: true }).click();
      await page.locator('header.request').getByText('merged', { exact: true }).waitFor();
    });

    chapter('it is deployed, and what it no longer holds is pruned', async (page) => {
      await page.goto('/environment/production');
      await page
        .locator('#runs')
        .getByText(/1 pruned/)
        .first()
        .waitFor();
      await page
        .locator('#deployed')
        .getByRole('row', { name: /^billing .*1\.6\.0/ })
        .first()
        .waitFor();
      await page
        .locator('#runs')
        .getByRole('row', { name: /1 pruned/ })
        .getByRole('link')
        .first()
        .click();
      await page.getByText('CronJob/billing/billing-nightly').first().waitFor();
    });

    chapter('it is rolled back', async (page) => {
      await page.goto('/environment/production');
      await page
        .getByRole('link', { name: /^Change… billing:/ })
        .first()
        .click();
      await page.getByLabel('Reason').fill('invoices are a cent off');
      await page.getByRole('button', { name: 'Roll back' }).click();
      await page
        .getByRole('link', { name: /billing 1\.6\.0 → 1\.4\.2/ })
        .first()
        .click();
      await standing(page).getByText('passed').waitFor();
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('button', { name: 'Merge', exact: true }).click();
      await page.goto('/environment/production');
      await page
        .locator('#deployed')
        .getByRole('row', { name: /^billing .*1\.4\.2/ })
        .first()
        .waitFor();
      await page
        .locator('#runs')
        .getByRole('row', { name: /1\.6\.0 → 1\.4\.2/ })
        .getByText('succeeded')
        .waitFor();
    });

    chapter('access is asked for', async (page) => {
      await page.goto('/access');
      await become(page, 'ada');
      await page.getByLabel('Environment').selectOption('production');
      await page.getByLabel('Namespace').fill('billing');
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByRole('radio', { name: /^admin/ }).check();
      await page.getByLabel('Why').fill('INC-1234: migration stuck');
      await page.getByRole('button', { name: 'Open the merge request' }).click();
      await page.goto('/access');
      await page.locator('.waiting').getByText(/grace/).waitFor();
    });

    chapter('and approved by somebody else', async (page) => {
      await become(page, 'grace');
      await page.locator('.waiting').getByRole('link').first().click();
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.locator('header.request').getByText('merged', { exact: true }).waitFor();
    });

    chapter('it is there', async (page) => {
      await page.goto('/access');
      await page
        .getByRole('row', { name: /^ada .*admin of billing/ })
        .getByText(/\d+ s$/)
        .waitFor();
    });

    chapter('and ends by itself', async (page) => {
      await page
        .locator('#access-ended')
        .getByRole('row', { name: /^ada production admin of billing/ })
        .waitFor();
      await page.getByRole('region', { name: 'Open grants of production' }).waitFor({ state: 'detached' });
    });

    chapter('all of it is in the journal', async (page) => {
      await page.goto('/journal');
      for (const told of ['deployment-run', 'prune', 'grant', 'revocation'])
        await page.getByText(told).filter({ visible: true }).first().waitFor();
    });
  });
});
