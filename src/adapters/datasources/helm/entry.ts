import { sourceLabel } from '../../../domain/labels.ts';
import type { Release, ReleaseDetails } from '../../../domain/release.ts';

/** What is kept of one version of a chart. */
export interface Entry {
  readonly version: string;
  /** Of the chart's archive. */
  readonly sha256?: string;
  /** RFC 3339, UTC. */
  readonly created?: string;
  /** Absolute, http or https. */
  readonly url?: string;
  /** Where the chart says its source is. */
  readonly source?: string;
}

const versionPattern = /^[\w.+~-]{1,128}$/;

/** undefined for one that is broken or was taken back. https://helm.sh/docs/topics/charts/#the-chartyaml-file */
export function readEntry(value: unknown, index: string): Entry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, digest, created, urls, sources, home, removed } = value as Readonly<Record<string, unknown>>;
  if (typeof version !== 'string' || !versionPattern.test(version) || String(removed) === 'true') return undefined;
  const sha256 = typeof digest === 'string' ? digest.replace(/^sha256:/, '').toLowerCase() : '';
  const date = new Date(typeof created === 'string' ? created : '');
  const [url] = texts(urls).flatMap((text) => absolute(text, index) ?? []);
  const source = [...texts(sources), ...texts([home])].find((text) => /^(?:https?|ssh|git):\/\//i.test(text));
  return {
    version,
    ...(/^[0-9a-f]{64}$/.test(sha256) && { sha256 }),
    ...(!Number.isNaN(date.getTime()) && { created: date.toISOString() }),
    ...(url !== undefined && { url }),
    ...(source !== undefined && { source }),
  };
}

const longest = 2048;

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string' && text.length <= longest) : [];

/** Relative addresses count from the index. */
function absolute(text: string, index: string): string | undefined {
  if (!URL.canParse(text, index)) return undefined;
  const url = new URL(text, index);
  return /^https?:$/.test(url.protocol) && url.username === '' ? url.href : undefined;
}

export const releaseOf = ({ version, sha256, created, url }: Entry): Release => ({
  version,
  ...(sha256 !== undefined && { sha256 }),
  ...(created !== undefined && { publishedAt: created }),
  ...(url !== undefined && { url }),
});

export const detailsOf = ({ sha256, created, source }: Entry): ReleaseDetails => ({
  ...(sha256 !== undefined && { sha256 }),
  ...(created !== undefined && { publishedAt: created }),
  labels: source === undefined ? {} : { [sourceLabel]: source },
});
