import type { Config, ForgeConfig } from './schema.ts';

/** A GitHub of which there is neither token nor App yet: the service shows a page that makes an App, everything else needs one first. */
export const lacksCredentials = (forge: ForgeConfig): boolean =>
  forge.type === 'github' && forge.token === undefined && forge.appId === undefined;

/** What is still to be done before everything works; app.yml is fine as it is. */
export function hints({ forges }: Pick<Config, 'forges'>): readonly string[] {
  return Object.entries(forges).flatMap(([name, forge]) =>
    lacksCredentials(forge)
      ? [
          `forges.${name}: to scan, it needs token, or appId and privateKey of a GitHub App; lockkeeper serve shows a page that makes the App`,
        ]
      : [],
  );
}
