import { type Browser, chromium } from 'playwright-core';

/** The machine's own Chromium. Its sandbox needs rights that containers do not have; nothing but our own pages is opened. */
export const startBrowser = (): Promise<Browser> => chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
