import { type Core, readCore, startOfCore } from './version-core.ts';
import { readTail, type Tail } from './version-tail.ts';

/** What cannot be compared with anything: a commit, or a name (`latest`, `main`, `bookworm-slim`) that is pointed elsewhere now and then. */
export interface Unnumbered {
  readonly kind: 'commit' | 'channel';
  readonly text: string;
}

/** A tag that holds a version, taken apart. */
export interface Numbered extends Core, Tail {
  readonly kind: 'version';
  /** The tag, exactly as it was. */
  readonly text: string;
  /** What stands before the version, without its `v`; an embedded commit is `*`. */
  readonly prefix: string;
  /** As written: `v`, `V` or nothing. */
  readonly v: string;
}

export type Version = Unnumbered | Numbered;

/** What registries allow (OCI distribution, "pulling manifests": 128 characters), and `+`, `/`, `@`, `~`, `:` for git tags and bundles; all else is no version. */
export const readable: RegExp = /^[\w.+/@~:-]{1,128}$/;

/** Seven to forty lowercase hex digits, one of them a letter, or digits that something in front says are a commit. */
const commit = /^(?:(?=\d*[a-f])[0-9a-f]{7,40}|(?:sha|git|commit)[-_][0-9a-f]{7,64}|sha256[-:][0-9a-f]{64}.*)$/;

/** The number behind these is that of a merge request or a ticket: `pr-123` is not newer than `pr-122`. */
const workBranch = /^(?:pr|mr|pull|merge|feature|feat|fix|bugfix|hotfix|issue|renovate|dependabot|revert|chore|refs)[-_/]/i;

/** Behind the `g` of `git describe` digits alone will do, behind a plus six of them. */
const embeddedCommit = /(?<![0-9A-Za-z])(?:g[0-9a-f]{7,40}|(?=\d*[a-f])(?:[0-9a-f]{7,40}|(?<=\+)[0-9a-f]{6}))(?![0-9A-Za-z])/g;

/** One commit in thirty has digits only; the Unix time that some pipelines write behind it tells it from a number. */
const commitBeforeTime = /(?<=[-_])\d{7,40}(?=[-_]1\d{9}$)/;

const architecture =
  /(?<![0-9A-Za-z])(?:x86[_-]64|amd64|arm64(?:v8)?|arm32(?:v[5-7])?|armv?[5-8](?:hf|l)?|aarch64|i[36]86|x64|x86|s390x|ppc64(?:le)?|riscv64|mips64(?:le|el)?|loong64|win32|win64)(?![0-9A-Za-z])/g;

const superscript = (text: string): string => text.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));

/** Most versions: nothing in them to be masked. */
const plain = /^[vV]?[\d.]+$/;

/** Commits become `*`, the digits of an architecture's name superscript: what is left as a digit belongs to a version. */
function masked(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(commitBeforeTime, '*').replace(embeddedCommit, '*').replace(architecture, superscript);
}

/** Reads a tag by the ten rules. Never throws: what is not understood is a channel. */
export function parseVersion(text: string): Version {
  if (commit.test(text)) return { kind: 'commit', text };
  if (!readable.test(text) || workBranch.test(text)) return { kind: 'channel', text };
  const mask = masked(text);
  const start = startOfCore(mask);
  if (start === undefined) return { kind: 'channel', text };
  const { core, length } = readCore(mask.slice(start.at));
  const tail = readTail(mask.slice(start.at + length), core.format === 'u');
  return { kind: 'version', text, prefix: start.prefix, v: start.v, ...core, ...tail };
}
