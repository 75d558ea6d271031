/** Debian's; Playwright's own is not downloaded. */
export const chromiumFile = '/usr/bin/chromium';
