import { RefusedError } from '../../../domain/errors.ts';
import type { Package } from '../../../domain/reference.ts';
import { versionAt, withVersion } from '../nexus-raw/pattern.ts';

/** A package's URL taken apart at the segment that holds its tag or version. */
export interface FileTemplate {
  /** Up to the project, without a trailing slash. */
  readonly project: string;
  /** The tag's segment with `{version}` in it: `v{version}`. */
  readonly tag: string;
  /** What follows it, with `{version}` where the version stands again. */
  readonly file: string;
  readonly url: string;
}

/** `between` stands between project and tag. Throws RefusedError for a URL of another shape. */
export function takeApart(of: Package, pattern: RegExp): FileTemplate {
  const url = of.url ?? '';
  const { project = '', tag = '', file = '' } = pattern.exec(url)?.groups ?? {};
  if (!URL.canParse(project) || !tag.includes('{version}')) throw new RefusedError(of.name, `${url} is not the address of such a file`);
  return { project, tag, file, url };
}

/** A file of one release: its version, its name there, and its address. */
export interface FileOf {
  readonly version: string;
  readonly file: string;
  readonly url: string;
}

/** undefined when the tag is not one of the template's kind. */
export function fileOf(template: FileTemplate, tag: string): FileOf | undefined {
  const version = versionAt(decoded(template.tag), tag);
  return version === undefined
    ? undefined
    : { version, file: decoded(withVersion(template.file, version)), url: withVersion(template.url, version) };
}

/** As it stands where it cannot be decoded. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
