import type { ForgeTraits } from '../domain/forge.ts';

/** The project that a text comes from: what its `#12` means. */
export interface Origin {
  readonly type: ForgeTraits['type'];
  /** Base URL of the forge, without a trailing slash. */
  readonly url: string;
  /** Path of the project. */
  readonly path: string;
}

/** Longer ones are dropped: no honest link needs more. */
const hrefLimit = 1000;

/** `#12` or `!34` of the origin, or of the project named, as the URL of a page; undefined where the forge has none. */
export function referenceUrl(origin: Origin | undefined, sigil: string, id: string, project = origin?.path): string | undefined {
  if (origin === undefined || project === undefined) return undefined;
  const base = `${origin.url}/${project}`;
  if (origin.type === 'gitlab') return safeHref(`${base}/-/${sigil === '!' ? 'merge_requests' : 'issues'}/${id}`);
  return origin.type === 'github' ? safeHref(`${base}/${sigil === '!' ? 'pull' : 'issues'}/${id}`) : undefined;
}

/** `#12`, `!34` or `group/project#12` for the page of an issue or merge request on the origin's forge; undefined for any other URL. */
export function shortName(origin: Origin | undefined, href: string): string | undefined {
  if (origin === undefined || !href.startsWith(`${origin.url}/`)) return undefined;
  const [, project = '', kind = '', id = ''] =
    /^\/([\w./-]{1,200}?)\/(?:-\/)?(issues|work_items|merge_requests|pull)\/(\d{1,10})\/?(?:[?#].*)?$/.exec(
      href.slice(origin.url.length),
    ) ?? [];
  if (id === '') return undefined;
  return `${project === origin.path ? '' : project}${kind === 'merge_requests' ? '!' : '#'}${id}`;
}

/** An http(s) address that can stand between the brackets of a Markdown link, without credentials; undefined for anything else. */
export function safeHref(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address) || address.length > hrefLimit || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.replaceAll(
    /[()<>[\]@|\\`*'"{}^$~!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
