/** Makes a version one that comes before the release of the same numbers. */
export interface PreRelease {
  /** Pre-releases with different ones (`dev`, `nightly`) cannot be compared; alpha, beta, … rc are `stage`. */
  readonly channel: string;
  /** In the sense of semver.org, item 11.4, with the long names: `b1` is `beta`, `1`. */
  readonly identifiers: readonly string[];
}

/** The version of something else inside a variant: the `3.19` of `-alpine3.19`. */
export interface Platform {
  readonly name: string;
  readonly numbers: readonly string[];
}

/** What stands behind the numbers of a version. In patterns a number is `#`, a commit `*`. */
export interface Tail {
  readonly pre?: PreRelease;
  /** Pattern of the build number, with what introduces it: `_#`, `-r#`, `+build.#`; empty without one. */
  readonly buildShape: string;
  readonly build: readonly string[];
  /** Pattern of the variant: `-alpine#.#`. */
  readonly variant: string;
  /** The numbers in the variant. */
  readonly numbers: readonly string[];
  /** Those of them that must not fall. */
  readonly platforms: readonly Platform[];
}

/** Long names, in the order of the alphabet, which is that of their age. */
const stages: Readonly<Record<string, string>> = {
  a: 'alpha',
  alpha: 'alpha',
  b: 'beta',
  beta: 'beta',
  m: 'milestone',
  milestone: 'milestone',
  pre: 'preview',
  preview: 'preview',
  prerelease: 'preview',
  rc: 'rc',
  cr: 'rc',
};

const separator = '[-_.+~]';
const stageWords = 'alpha|beta|milestone|prerelease|preview|pre|rc|cr';
const channelWords = 'dev|snapshot|nightly|canary|edge|next|unstable|insiders?|experimental|eap|ea';
/** Of the letters `a` only right behind the version (`3.13.0a1`) and `M` only as a capital: `-a100` and `-m1` are processors. */
const preLetter = '(?:b|^a|(?-i:M))(?=\\d)';
const preWord = `(?<![A-Za-z])(?:(?:${stageWords}|${channelWords})(?![A-Za-z])|${preLetter})`;
const numberOrCommit = `${separator}?(?:\\d+(?![0-9A-Za-z])|\\*)`;
/** `-rc1`, `b2`, `-0.dev-123-*`, `.alpha.0.12`; a second word (`.dev2`) may follow. */
const preRelease = new RegExp(`(?:${separator}(?:\\d+\\.)*)?${preWord}(?:${numberOrCommit}|${separator}?${preWord})*`, 'i');

/** Behind `8u402` `b06` is a build, not a beta. */
const javaBuild = /^-?b(?=\d+(?![0-9A-Za-z]))/;

const buildNumber = /^(?:[-_.+~]?(?:build|rev|patch|post|r|p)?[-_.]?#)+(?:[-_.+~]\*)?(?![0-9A-Za-z])/;

/** Operating systems and runtimes: moving to an older one is a step back even when the app's version rises. Any other number may start anew with each version. */
const platform =
  /(?<![A-Za-z])(alpine|debian|deb|ubuntu|centos|fedora|rocky(?:linux)?|almalinux|oraclelinux|ol|el|rhel|ubi|photon|leap|sles|amazonlinux|ltsc|jdk|jre|java|openjdk|php|python|py|node|ruby|golang|go|cuda|cudnn|scala|postgres|postgresql|pg)-?(\d+(?:\.\d+)*)/g;

/** One for all: of 20,000 tags, as one list can have them, most have no tail. */
const noTail: Tail = { buildShape: '', build: [], variant: '', numbers: [], platforms: [] };

/** Reads what stands behind the core of a masked tag. */
export function readTail(text: string, java = false): Tail {
  if (text === '') return noTail;
  const found = java ? null : preRelease.exec(text);
  const pre = found === null ? {} : { pre: readPreRelease(found[0]) };
  const rest = found === null ? text : text.slice(0, found.index) + text.slice(found.index + found[0].length);
  const pattern = (java ? rest.replace(javaBuild, '-build') : rest).replace(/\d+/g, '#');
  const numbers = rest.match(/\d+/g) ?? [];
  const buildShape = buildNumber.exec(pattern)?.[0] ?? '';
  const builds = buildShape.split('#').length - 1;
  return {
    ...pre,
    buildShape,
    build: numbers.slice(0, builds),
    variant: pattern.slice(buildShape.length),
    numbers: numbers.slice(builds),
    platforms: [...rest.matchAll(platform)].map(([, name = '', version = '']) => ({ name, numbers: version.split('.') })),
  };
}

function readPreRelease(text: string): PreRelease {
  const identifiers = (text.toLowerCase().match(/\d+|[a-z]+/g) ?? []).map((word) => stages[word] ?? word);
  const words = identifiers.filter((word) => !/^\d/.test(word));
  const staged = new Set(Object.values(stages));
  return { channel: words.map((word) => (staged.has(word) ? 'stage' : word)).join(' '), identifiers };
}
