/** A digest by its first digits, as people compare it; of a reference without any version that there is none. */
export const versionText = (version: string): string =>
  version === '' ? 'no version' : version.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');
