/** Where requests for access lie, and what lies there while it holds. */
export const accessFolder = 'access';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

const namespaceName = new RegExp(`^${label}$`);

export const isNamespace = (text: string): boolean => namespaceName.test(text);

const canonical = new RegExp(String.raw`^${accessFolder}/(?<namespace>${label})/(?<name>[a-z0-9][a-z0-9._-]{0,99})\.ya?ml$`);

/** Taken apart where it is `access/NAMESPACE/NAME.yml` (or `.yaml`), written in the one way that there is; undefined for any other path. */
export function accessPath(path: string): { readonly namespace: string; readonly name: string } | undefined {
  const { namespace, name } = canonical.exec(path)?.groups ?? {};
  return namespace === undefined || name === undefined || name.includes('..') ? undefined : { namespace, name };
}

const longestName = 80;

/** A name for a file of the subject, which the forge may write with capitals. */
const fileName = (subject: string): string =>
  subject
    .toLowerCase()
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, longestName) || 'request';

/** The first that is free of `alice.yml`, `alice-2.yml`, … in the namespace's folder. */
export function freePath(namespace: string, subject: string, taken: readonly string[]): string {
  const others = new Set(taken.map((path) => path.toLowerCase().replace(/\.yaml$/, '.yml')));
  const name = fileName(subject);
  for (let count = 1; ; count += 1) {
    const path = requestPath(namespace, count === 1 ? name : `${name}-${count}`);
    if (!others.has(path)) return path;
  }
}

export const requestPath = (namespace: string, name: string): string => `${accessFolder}/${namespace}/${name}.yml`;

/** Characters that some file systems do not see in a name. */
const unseen = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/** Nor these at its end. */
function withoutTail(name: string): string {
  let end = name.length;
  while (end > 0 && '. '.includes(name.charAt(end - 1))) end -= 1;
  return name.slice(0, end);
}

/**
 * Whether a path may mean something in the folder of requests, or the folder itself: in whatever case, through whatever dots, on whatever file system.
 * Generous: which of them are as they should be, `accessPath` says.
 */
export function touchesAccess(path: string): boolean {
  const written = path.normalize('NFKC').toLowerCase().replaceAll('\\', '/').split('/');
  const parts = written.map((part) => (/^\.{1,2}$/.test(part) ? part : withoutTail(part.replaceAll(unseen, '')).trim()));
  const through: string[] = [];
  for (const part of parts) {
    if (part === '..') through.pop();
    else if (part !== '' && part !== '.') through.push(part);
  }
  return [through[0], parts.find((part) => !['', '.', '..'].includes(part))].includes(accessFolder);
}
