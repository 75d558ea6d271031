import { readFileSync } from 'node:fs';

/** What runs in the reader's browser, as it is sent. */
export const script = readFileSync(new URL('browser.js', import.meta.url), 'utf8');
