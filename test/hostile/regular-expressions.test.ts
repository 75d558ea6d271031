import { resolve } from 'node:path';
import { createContext, Script } from 'node:vm';
import { ended, startProgram } from '../support/program.ts';
import { attackOn, type Expression, type Judged } from '../support/regular-expressions.ts';

/**
 * Where the time grows with the square of the text and the text is short: file and beginning of the expression, the most characters it
 * is ever given, and who sees to it. Whatever is not here must be linear.
 */
interface Bounded {
  readonly file: string;
  readonly begins: string;
  readonly most: number;
  readonly because: string;
}
const bounded: readonly Bounded[] = [
  { file: 'access/request/parse.ts', begins: '^(?:~|null|y', most: 16_384, because: 'largestRequest' },
  { file: 'manifests/leaves.ts', begins: '\\.resources\\.', most: 500, because: 'maxPath' },
  { file: 'updates/changelog/conventional.ts', begins: '^(\\w{1,40})', most: 8000, because: 'messageLimit' },
  { file: 'updates/changelog/conventional.ts', begins: '^(?:revert:', most: 8000, because: 'messageLimit' },
  { file: 'updates/changelog/entries.ts', begins: '^(?:chore|build|ci)', most: 300, because: 'sliced in isRelease' },
  { file: 'markdown/harmless.ts', begins: '\\(\\s*(?:<([^<>', most: 2000, because: 'lineLimit' },
  { file: 'markdown/harmless.ts', begins: '\\\\[!-', most: 2000, because: 'lineLimit' },
  { file: 'markdown/markdown.ts', begins: '^ {0,3}\\|?(?=', most: 20_000, because: 'maxCharacters' },
  { file: 'updates/changelog/notes.ts', begins: '^(?:\\[?(?:version', most: 300, because: 'longestTitle' },
  { file: 'updates/changelog/range.ts', begins: '^(\\d+(?:\\.\\d+)*)(.*)$', most: 2048, because: 'the length of a version, and of a URL' },
  { file: 'updates/references/git-url.ts', begins: '^(?:([\\w.-]+)@)?', most: 2048, because: 'longest' },
  { file: 'updates/references/git-url.ts', begins: '^ssh:', most: 2048, because: 'longest' },
  { file: 'updates/references/forge-url.ts', begins: '^(?<project>', most: 2048, because: 'longest' },
  { file: 'updates/references/forge-url.ts', begins: '^(?<folder>', most: 2048, because: 'longest' },
  { file: 'updates/references/images.ts', begins: '\\$\\{[^}]*\\}', most: 512, because: 'sliced in isLikelyImage' },
  {
    file: 'adapters/datasources/forge-files/github.ts',
    begins: '^(?<project>',
    most: 8192,
    because: 'the length of a URL, and of a marked line',
  },
  { file: 'adapters/datasources/forge-files/github.ts', begins: '^[\\w-][\\w.-]*', most: 8192, because: 'the same' },
  { file: 'adapters/datasources/forge-files/gitlab.ts', begins: '^(?<project>.+?)\\/-', most: 8192, because: 'the same' },
  { file: 'plan/help.ts', begins: 'cannot unmarshal (?:bool|number)', most: 4000, because: 'withoutMiddle' },
  { file: 'plan/help.ts', begins: 'cannot unmarshal string .* of type u?int', most: 4000, because: 'withoutMiddle' },
  { file: 'plan/help.ts', begins: 'cannot unmarshal string .* of type bool', most: 4000, because: 'withoutMiddle' },
  { file: 'plan/help.ts', begins: 'cannot unmarshal (?:object|array)', most: 4000, because: 'withoutMiddle' },
  { file: 'plan/help.ts', begins: 'immutable|may not change', most: 4000, because: 'withoutMiddle' },
  { file: 'plan/help.ts', begins: 'must be less than or equal', most: 4000, because: 'withoutMiddle' },
  { file: 'validation/verdict/mend.ts', begins: 'cannot unmarshal (\\w+)', most: 4000, because: 'withoutMiddle' },
  { file: 'adapters/datasources/forge-files/gitlab.ts', begins: '^(?<project>.+?\\/api', most: 8192, because: 'the same' },
];

/** Put together from text that is not known before; each is looked at by hand, and by the tests of its input. */
const atRunTime: Readonly<Record<string, string>> = {
  'config/said.ts': 'of app.yml: whether it is one, and nothing is searched with it',
  'dashboard/access/check.ts': 'of app.yml: nested repetitions are refused, on a reason of at most 500 characters',
  'domain/versioning.ts': 'of app.yml: nested repetitions are refused, and it is interrupted after a second',
  'http/webhooks/served.ts': 'a path of app.yml with everything escaped, on a path of at most 512 characters',
  'markdown/harmless.ts': 'a copy of a literal',
  'markdown/markdown.ts': 'the closing line of a fence, with its marks counted',
  'serve/access/settings.ts': 'of app.yml: nested repetitions are refused, on a reason of at most 500 characters',
  'updates/references/marked-line.ts': 'a package with everything escaped, on a line of at most 8192 characters',
  'webhooks/setup.ts': 'a path of app.yml with everything escaped, on paths that the forge has',
};

/** Far beyond what any text takes: the slowest is done within a fifth of a second. Milliseconds. */
const deadline = 10_000;
const fileOf = (place: string): string => place.replace(/:\d+$/, '');
const isIn = ({ file, begins }: Bounded, { place, source }: Expression): boolean => file === fileOf(place) && source.startsWith(begins);

let judged: Judged;
beforeAll(async () => {
  const module = JSON.stringify(resolve(import.meta.dirname, '../support/regular-expressions.ts'));
  const child = startProgram(`import { judgeSources } from ${module}; console.log(JSON.stringify(await judgeSources())); process.exit(0);`);
  const { out, code } = await ended(child);
  expect(code).toBe(0);
  judged = JSON.parse(out) as Judged;
}, 300_000);

test('every regular expression of the sources is linear, or is only ever given short texts', () => {
  expect(judged.all.length).toBeGreaterThan(300);
  const unknown = judged.weak.filter((one) => !bounded.some((entry) => isIn(entry, one)));
  expect(unknown.map(({ place, source, flags, growth }) => `${place}: /${source}/${flags} is ${growth}`)).toEqual([]);
});

test.each(bounded)('$file /$begins…/ is done with the worst of $most characters', (entry) => {
  expect(judged.all.filter((one) => isIn(entry, one))).not.toEqual([]);
  // In some runs the checker has no time to find the worst of a large one.
  for (const one of judged.weak.filter((each) => isIn(entry, each))) {
    expect(one.growth).toContain('2nd degree');
    const context = createContext({ pattern: new RegExp(one.source, one.flags), text: attackOn(one, entry.most) });
    new Script('pattern.exec(text)').runInContext(context, { timeout: deadline });
  }
});

test('what is put together at run time is known', () => {
  expect(judged.atRunTime.map(fileOf).sort()).toEqual(Object.keys(atRunTime).sort());
});
