/** A name as people write it, taken apart; offsets into the text that was parsed. Grammar: https://pkg.go.dev/github.com/distribution/reference */
export interface Image {
  /** As written, without tag and digest. */
  readonly name: string;
  readonly tag?: Part;
  /** `sha256:…` */
  readonly digest?: Part;
}

interface Part {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The specification's limit for a name, plus a tag and a sha512 digest. */
const longest = 255 + 1 + 128 + 1 + 135;

const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/;
const component = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const tagText = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestText = /^[a-z][a-z0-9]*(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,128}$/;

/** Taken apart as Docker does: a colon before the last slash is a port (`registry:5000/org/app` has no tag). undefined when it is no image reference. */
export function parseImage(text: string): Image | undefined {
  if (text.length === 0 || text.length > longest) return undefined;
  const at = text.indexOf('@');
  const beforeDigest = at < 0 ? text.length : at;
  const colon = text.lastIndexOf(':', beforeDigest - 1);
  const nameEnd = colon > text.lastIndexOf('/', beforeDigest - 1) ? colon : beforeDigest;
  const name = text.slice(0, nameEnd);
  const tag = nameEnd < beforeDigest ? partOf(text, nameEnd + 1, beforeDigest) : undefined;
  const digest = at < 0 ? undefined : partOf(text, at + 1, text.length);
  if (!isImageName(name) || (tag && !tagText.test(tag.text)) || (digest && !digestText.test(digest.text))) return undefined;
  return { name, ...(tag && { tag }), ...(digest && { digest }) };
}

/** A name without tag and digest: `nginx`, `registry:5000/org/app`. */
export function isImageName(name: string): boolean {
  if (name.length > 255) return false;
  const segments = name.split('/');
  const [first = ''] = segments;
  const path = segments.length > 1 && isHost(first) ? segments.slice(1) : segments;
  return path.every((segment) => component.test(segment)) && (path.length === segments.length || host.test(first));
}

export const isTag = (text: string): boolean => tagText.test(text);
export const isDigest = (text: string): boolean => digestText.test(text);

/** Where a name is really asked for: short names are Docker Hub's, one without a folder is in its `library`. */
export function imageRepository(name: string): { readonly host: string; readonly repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const hub = first === 'docker.io' || first === 'index.docker.io';
  if (slash > 0 && isHost(first) && !hub) return { host: first, repository: name.slice(slash + 1) };
  const repository = hub ? name.slice(slash + 1) : name;
  return { host: 'docker.io', repository: repository.includes('/') ? repository : `library/${repository}` };
}

/** What Docker takes for a host: the first part, when it has a dot or a port, is `localhost`, or has capitals. */
const isHost = (first: string): boolean => /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();

const partOf = (text: string, start: number, end: number): Part => ({ text: text.slice(start, end), start, end });
