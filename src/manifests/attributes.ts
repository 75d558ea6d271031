import picomatch from 'picomatch';
import type { Warning } from '../domain/reference.ts';

/** One line of a `.gitattributes`. */
export interface AttributeRule {
  /** Folder of its `.gitattributes`, with a slash behind it; the empty string for the root. */
  readonly folder: string;
  readonly line: number;
  readonly pattern: string;
  readonly matches: (path: string) => boolean;
  /** `undefined` takes back what an earlier line said. */
  readonly states: ReadonlyMap<string, string | boolean | undefined>;
}

/** What makes the text in an archive differ from the commit's (`git archive` writes files as a checkout would: gitattributes(5)). */
const altering: Readonly<Record<string, (state: string | boolean | undefined) => boolean>> = {
  'export-subst': (state) => state === true,
  ident: (state) => state === true,
  eol: (state) => state === 'crlf',
  'working-tree-encoding': (state) => typeof state === 'string',
  filter: (state) => typeof state === 'string',
};

/** More stars in one pattern take a regular expression too long; such a pattern counts as matching everything. */
const mostStars = 3;

export function parseAttributes(path: string, text: string): AttributeRule[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return text.split('\n').flatMap((written, index) => {
    const [, quoted, bare = '', rest = ''] = /^\s*(?:"([^"]*)"|([^\s"#]\S*))\s+(\S.*)$/.exec(written.slice(0, 4096)) ?? [];
    const states = new Map(rest.split(/\s+/).map(stateOf));
    const pattern = quoted ?? bare;
    return rest === '' ? [] : [{ folder, line: index + 1, pattern, states, matches: matcher(folder, pattern) }];
  });
}

function stateOf(word: string): [string, string | boolean | undefined] {
  if (word.startsWith('-')) return [word.slice(1), false];
  if (word.startsWith('!')) return [word.slice(1), undefined];
  const equals = word.indexOf('=');
  return equals < 0 ? [word, true] : [word.slice(0, equals), word.slice(equals + 1)];
}

/** Why the text of this file differs from the commit's; undefined for nearly all. */
export function alteration(path: string, rules: readonly AttributeRule[]): string | undefined {
  const states = new Map<string, string | boolean | undefined>();
  for (const rule of rules.toSorted((a, b) => a.folder.length - b.folder.length)) {
    if (!Object.keys(altering).some((name) => rule.states.has(name)) || !rule.matches(path)) continue;
    for (const [name, state] of rule.states) states.set(name, state);
  }
  const name = Object.keys(altering).find((key) => altering[key]?.(states.get(key)));
  return name && `.gitattributes gives it ${name}, so that an archive holds another text than the commit: it is not edited`;
}

/** As gitignore(5): without a slash a pattern is for the name in any folder below, else for the path from here. */
function matcher(folder: string, pattern: string): (path: string) => boolean {
  if ((pattern.match(/\*+/g)?.length ?? 0) > mostStars) return (path) => path.startsWith(folder);
  const fits = picomatch(pattern.replace(/^\//, ''), { dot: true, nobrace: true, noextglob: true, nonegate: true });
  const below = pattern.includes('/');
  return (path) => path.startsWith(folder) && fits(below ? path.slice(folder.length) : path.slice(path.lastIndexOf('/') + 1));
}

/** What a line of a `.gitattributes` keeps out of archives. */
export interface Hidden extends Warning {
  readonly pattern: string;
}

/** What the archive hides, for people. */
export const hiddenWarnings = (path: string, rules: readonly AttributeRule[]): Hidden[] =>
  rules
    .filter(({ states }) => states.get('export-ignore') === true)
    .map(({ line, pattern }) => ({
      file: path,
      line,
      pattern,
      message: `export-ignore keeps "${pattern.slice(0, 100)}" out of archives: what is in there is not seen`,
    }));

/** Whether a manifest may be hidden that is that file, or lies in that folder (`.`: anywhere). In doubt it may. */
export function mayHide({ file, pattern }: Pick<Hidden, 'file' | 'pattern'>, path: string): boolean {
  if (/\.(?!ya?ml$|json$)[a-z0-9]+$/i.test(pattern)) return false; // another kind of file, or a folder such as `.github`
  const below = file.slice(0, file.lastIndexOf('/') + 1);
  const written = pattern.replace(/\/$/, '');
  const whole = below + (written.includes('/') ? written.replace(/^\//, '') : '');
  const [literal = ''] = whole.split(/[*?[\\]/, 1);
  const start = literal === whole && written.includes('/') ? `${literal}/` : literal;
  return path === '.' || `${path}/`.startsWith(start) || start.startsWith(`${path}/`);
}

/** What the archive alters, for people. */
export const alterationWarnings = (path: string, rules: readonly AttributeRule[]): Warning[] =>
  rules.flatMap(({ line, pattern, states }) => {
    const altered = Object.keys(altering).find((key) => altering[key]?.(states.get(key)));
    if (altered === undefined) return [];
    const name = pattern.slice(0, 100);
    return [{ file: path, line, message: `${altered} alters the text of "${name}" in archives: those files are read, and never edited` }];
  });
