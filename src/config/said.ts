import { explain, UsageError } from '../domain/errors.ts';
import { wantedVersion } from '../domain/kubernetes-version.ts';
import { nestedQuantifier } from '../domain/regex-safety.ts';
import { parseDuration } from '../domain/time.ts';
import { parseAllow } from '../domain/version-range.ts';
import { versioningOf } from '../domain/versioning.ts';
import { parseWindow } from '../domain/window.ts';
import { quoted } from './key.ts';
import type { Names } from './names.ts';
import { repositoryRef } from './repository.ts';
import { nearest } from './wording.ts';

/** What is wrong with a text: what was expected, which may always be said, and what was found, which may only where it is no secret. */
export interface Wrong {
  readonly expected: string;
  readonly found?: string;
  /** The whole message, instead, where the value may be shown. */
  readonly whole?: string;
}

/** Gives undefined when nothing is wrong. */
export type TextRule = (text: string, names: Names) => Wrong | undefined;

const found = (text: string, why?: string): string => `${quoted(text)}${why === undefined ? '' : `; ${why}`}`;

/** A web address without credentials, query or fragment. Never shown: one of these may have been pasted with it. */
export const webAddress: TextRule = (text) => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return { expected: 'a URL that begins with https:// or http://' };
  if (url.username !== '' || url.password !== '') return { expected: 'a URL without user and password: they have keys of their own' };
  return url.search === '' && url.hash === '' ? undefined : { expected: 'a URL without ? and #' };
};

export const heartbeat: TextRule = (text) =>
  ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '') ? undefined : { expected: 'a URL that begins with https:// or http://' };

export const storeAddress: TextRule = (text) =>
  /^file:./.test(text) || /^postgres(ql)?:\/\/[^/]/.test(text)
    ? undefined
    : { expected: 'file:FOLDER or postgres://USER:PASSWORD@HOST/DATABASE' };

/** The host, with a port where it is not the usual one, as it stands in image names. */
export const host: TextRule = (text) => {
  const bare = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(text);
  return bare
    ? undefined
    : { expected: 'a host in lower case, with its port where it is not the usual one, without https:// and path', found: found(text) };
};

export const timeZone: TextRule = (text) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return undefined;
  } catch {
    return { expected: 'an IANA time zone such as Etc/UTC or Europe/Stockholm', found: found(text) };
  }
};

/** A path that a shell would expand, and we do not. */
export const path: TextRule = (text) =>
  text.startsWith('~') ? { expected: 'a path without ~: write ${HOME}/…, or a path relative to this file', found: found(text) } : undefined;

/** Name of an environment: it becomes the value of a Kubernetes label (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/). */
export const environmentName: TextRule = (text) =>
  text.length <= 63 && /^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/.test(text)
    ? undefined
    : { expected: 'at most 63 letters, digits, - _ and ., with a letter or digit at both ends (it becomes a label)', found: found(text) };

export const forgeName: TextRule = (text) =>
  /^[A-Za-z0-9][\w.-]{0,62}$/.test(text)
    ? undefined
    : { expected: 'a name of letters, digits, - _ and . (it stands before the : of FORGE:PATH)', found: found(text) };

/** `FORGE:PATH` of a forge that is there. */
function inForge(text: string, { forges }: Names, form: string, pathIsFine: (path: string) => boolean): Wrong | undefined {
  const ref = repositoryRef(text);
  const expected = `${form} with one of the forges ${forges.join(', ')}`;
  if (!ref) return { expected, found: found(text) };
  if (forges.includes(ref.forge)) return pathIsFine(ref.path) ? undefined : { expected, found: found(text) };
  const meant = nearest(ref.forge, forges);
  return { expected, found: found(text, meant === undefined ? 'there is no such forge' : `did you mean "${meant}"?`) };
}

const isPath = (path: string): boolean => /^[^\s:*?{}]+$/.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part));

export const repository: TextRule = (text, names) => inForge(text, names, 'FORGE:PATH', isPath);

export const group: TextRule = (text, names) =>
  inForge(text, names, 'FORGE:GROUP/*', (path) => path === '*' || (path.endsWith('/*') && isPath(path.slice(0, -2))));

/** A repository in which {name} may stand for the last part of the package's name. */
export const source: TextRule = (text, names) =>
  inForge(text, names, 'FORGE:PATH (with {name} for the last part of the package)', (path) => isPath(path.replaceAll('{name}', 'name')));

/** One of the names, said of `what`. */
function known(text: string, what: string, names: readonly string[], also: readonly string[] = []): Wrong | undefined {
  const all = [...also, ...names];
  if (all.includes(text)) return undefined;
  const meant = nearest(text, all);
  const listed = all.length === 0 ? 'none is listed' : all.join(', ');
  return { expected: `${what} (${listed})`, found: found(text, meant && `did you mean "${meant}"?`) };
}

export const clusterName: TextRule = (text, { clusters }) => known(text, 'the name of a cluster', clusters);
export const knownForge: TextRule = (text, { forges }) => known(text, 'the name of a forge', forges);
export const apiserver: TextRule = (text, { clusters }) => known(text, 'embedded or the name of a cluster', clusters, ['embedded']);
export const knownEnvironment: TextRule = (text, { environments, listed, discovers }) =>
  discovers || environments.includes(text) ? undefined : known(text, 'the name of an environment', listed);

/** A glob over package names, which have no scheme and no tag. */
export const packageGlob: TextRule = (text) =>
  /^[a-z]+:\/\//.test(text) || /\s/.test(text)
    ? { expected: 'HOST/PATH, with * and **, without https:// and blanks', found: found(text) }
    : undefined;

const longestShown = 120;

/** The rule that the text can be read; the reader's own words are shown where the value may be. */
const readable =
  (read: (text: string) => unknown, expected: string): TextRule =>
  (text) => {
    try {
      read(text);
      return undefined;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return text.length > longestShown ? { expected } : { expected, whole: explain(error).replaceAll(/\s+/g, ' ') };
    }
  };

export const duration = readable(parseDuration, 'a duration such as 90m, 24h or 3d');

/** How long something is granted, or waited for. */
export const atLeastAMinute: TextRule = (text, names) => {
  const wrong = duration(text, names);
  if (wrong !== undefined || parseDuration(text) >= 60_000) return wrong;
  return { expected: 'at least 1m', found: found(text) };
};

export const window = readable(parseWindow, 'a window such as "Mon-Thu 09:00-15:00 Europe/Stockholm"');
export const versioning = readable(
  versioningOf,
  'semver, loose, calver, or regex: and a pattern with the named groups major, minor, patch',
);
export const range = readable(parseAllow, 'a range as npm\'s semver reads it, such as ">=1.0 <3"');

/** A version exactly as the registry writes it, or a range. */
export const versionOrRange: TextRule = (text, names) =>
  /[<>=^~|*\s]/.test(text) && range(text, names)
    ? { expected: "a version, or a range as npm's semver reads it", found: found(text) }
    : undefined;

/** The text of a key, not where it lies. */
export const pem: TextRule = (text) =>
  /^\S+$/.test(text) && /^[./~]|\.pem$|\.key$/.test(text)
    ? { expected: 'the text of the key: ${file:PATH} reads it from a file' }
    : undefined;

export const kubernetesVersion = readable(wantedVersion, 'a version of Kubernetes such as "1.36" or "1.36.3"');

/** A user, pinned to their number or not, or a group of the forge. */
export const approver: TextRule = (text) =>
  /^\w[\w.-]*(?:#\d{1,18})?$|^@\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(text)
    ? undefined
    : { expected: 'a user such as lead, pinned as lead#42, or a group such as @platform/leads', found: found(text) };

export const forgeGroup: TextRule = (text) =>
  /^@\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(text)
    ? undefined
    : { expected: 'a group of the forge with @, such as @payments/team', found: found(text) };

/** As requests name it, and RBAC; `system:` is Kubernetes' own. */
export const clusterGroup: TextRule = (text) =>
  /^\w[\w.-]*$/.test(text) ? undefined : { expected: 'a name of letters, digits, ".", "_" and "-"', found: found(text) };

export const namespacePattern: TextRule = (text) =>
  text.length <= 63 && /^[a-z0-9*-]+$/.test(text)
    ? undefined
    : { expected: 'a namespace (at most 63 lower-case letters, digits and -), with * for any part of it', found: found(text) };

const builtIn = ['admin', 'cluster-admin'];

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
export const grantedRole: TextRule = (text) => {
  if (builtIn.includes(text))
    return { expected: 'a ClusterRole whose holder cannot make it last: that one may bind again; lockkeeper-admin is the same without' };
  return /^[a-z0-9][a-z0-9.-]*$/.test(text)
    ? undefined
    : { expected: 'the name of a ClusterRole that is not one of the system, such as lockkeeper-admin', found: found(text) };
};

export const pattern: TextRule = (text) => {
  const nested = nestedQuantifier(text);
  if (nested !== undefined)
    return {
      expected: 'a regular expression without a repetition of what repeats or branches itself, which can take for ever',
      found: found(nested),
    };
  try {
    new RegExp(text, 'u');
    return undefined;
  } catch (error) {
    return { expected: 'a regular expression', found: found(text, explain(error)) };
  }
};
