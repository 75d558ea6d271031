/** Whether git would take it as the name of a branch or tag, and never read it as anything else: https://git-scm.com/docs/git-check-ref-format */
export function isRefName(name: string): boolean {
  if (name === '' || name === '@' || name.startsWith('-') || name.endsWith('.')) return false;
  if (/[\p{Cc} ~^:?*[\\]|\.\.|@\{/u.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** A commit's full id, in SHA-1 or SHA-256. */
export const isFullId = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** A commit's id, shortened perhaps. */
export const isId = (text: string): boolean => /^[0-9a-f]{7,64}$/.test(text);

/** Whether it names a file inside a repository: relative, without `.`, `..` or anything that git keeps to itself. */
export function isFilePath(path: string): boolean {
  return (
    !/[\0\n]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git')
  );
}
