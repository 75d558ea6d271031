/** What a rollback's merge request notes of itself in its description. Whoever may edit that can write one, as with every marker. */
export interface RollbackMark {
  /** Versions that are left by it. */
  readonly left: readonly LeftVersion[];
  /** Who asked for it, and why, as they said it. */
  readonly by: string;
  readonly why: string;
}

/** A version that an app is taken back from. */
export interface LeftVersion {
  readonly app: string;
  /** See packageKey. */
  readonly package: string;
  /** As written; empty where only a digest is. */
  readonly version: string;
  /** `sha256:…` where it is pinned. */
  readonly digest?: string;
}

/** A version that is not to be proposed again before something newer is out. */
export interface RolledBack extends LeftVersion {
  /** Of the merge request that took it back, or is to. */
  readonly url: string;
  /** When that was opened, RFC 3339, UTC. */
  readonly at: string;
}

export function isRollbackMark(value: unknown): value is RollbackMark {
  if (typeof value !== 'object' || value === null) return false;
  const { left, by, why } = value as Record<keyof RollbackMark, unknown>;
  return Array.isArray(left) && left.every(isLeftVersion) && typeof by === 'string' && typeof why === 'string';
}

function isLeftVersion(value: unknown): value is LeftVersion {
  if (typeof value !== 'object' || value === null) return false;
  const { app, package: of, version, digest } = value as Record<keyof LeftVersion, unknown>;
  return [app, of, version].every((part) => typeof part === 'string') && (digest === undefined || typeof digest === 'string');
}

/** How a failed deployment run can be taken back; plain text, `command` for a shell. */
export interface RollbackOffer {
  readonly command: string;
  /** One sentence. */
  readonly text: string;
}

/**
 * What to offer when a run failed. `from` and `to` are versions of the app, or commits of the environment where no app is named; without
 * `to` the command finds what ran before by itself.
 */
export function rollbackOffer(environment: string, app?: string, from?: string, to?: string): RollbackOffer {
  const words = ['lockkeeper', 'rollback', '--env', environment, ...(app === undefined ? [] : ['--app', app])];
  const command = [...words, ...(to === undefined ? [] : ['--to', to])].map(quoted).join(' ');
  const what = app ?? `the environment ${environment}`;
  const move = [from === undefined ? '' : ` from ${shown(from)}`, to === undefined ? ' to what ran before' : ` to ${shown(to)}`].join('');
  return { command, text: `To go back, open the merge request that takes ${what}${move}: ${command}` };
}

/** Letters that no shell makes anything of; an option's value must not look like another option. */
const quoted = (word: string): string => (/^[\w.,:/@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const shown = (version: string): string => (/^[0-9a-f]{40,64}$/.test(version) ? version.slice(0, 8) : version);
