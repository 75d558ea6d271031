import semver from 'semver';
import { UsageError } from './errors.ts';

/** The newest minor version that this Lockkeeper was tried with: what is obtained where nothing else is said, so that the same manifests get the same verdict everywhere. */
export const newestKnown = '1.36';

/** `1.36` or `v1.36.3`, as said by people → `1.36`, `1.36.3`. Throws UsageError for anything else. */
export function wantedVersion(text: string): string {
  const version = /^v?(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)$/.exec(text)?.[1];
  if (version === undefined)
    throw new UsageError(`"${text}" is no version of Kubernetes: write a minor version (${newestKnown}) or a full one (${newestKnown}.1)`);
  return version;
}

/** Whether that version is the wanted one: of a minor version any, of a full one itself; without a wish every one is. */
export function fits(version: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const found = semver.parse(version);
  if (found === null) return false;
  return wanted.split('.').length === 2 ? wanted === `${found.major}.${found.minor}` : wanted === found.version;
}

/** Those that fit, newest first; previews only where nothing else is there. */
export function fitting(versions: readonly string[], wanted: string | undefined): readonly string[] {
  const all = semver.rsort(versions.filter((one) => semver.valid(one) !== null && fits(one, wanted)));
  const final = all.filter((one) => semver.prerelease(one) === null);
  return final.length > 0 ? final : all;
}
