import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from './browser.ts';

/** One for a test file; to be called once, inside `describeWith('chromium', …)`. */
export function sharedBrowser(): () => Promise<Browser> {
  let running: Promise<Browser> | undefined;
  afterAll(async () => (await running)?.close());
  return () => {
    running ??= startBrowser();
    return running;
  };
}

/** A page of a visitor without history, and what the browser complains about or asks others for while it is looked at. */
export interface Visit {
  readonly page: Page;
  /** Empties the list. */
  readonly troubles: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** `base`: the only place that may be asked. */
export async function visitor(browser: Browser, base: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`the console says at ${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`a script failed at ${page.url()}: ${error.message}`));
  page.on('dialog', (dialog) => {
    troubles.push(`a dialog opened at ${page.url()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${base}/`)) troubles.push(`${page.url()} asks for ${request.url()}`);
  });
  return { page, troubles: () => troubles.splice(0), close: () => context.close() };
}

export const telephone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** Where pictures of pages are put. */
const pictures = process.env['LOCKKEEPER_SCREENSHOTS'] ?? resolve(import.meta.dirname, '../../test-results');

/** The whole page, as `NAME.png`. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name.replaceAll('*', 'N').replaceAll(/[^\w-]+/g, '-')}.png`), fullPage: true });
}
