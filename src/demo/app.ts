import type { Person } from './git.ts';

/** The company's people; a key is who signs a commit below. */
export const people = {
  ada: { name: 'Ada Lindqvist', email: 'ada@example.com' },
  grace: { name: 'Grace Mensah', email: 'grace@example.com' },
  alan: { name: 'Alan Castro', email: 'alan@example.com' },
  katherine: { name: 'Katherine Nowak', email: 'katherine@example.com' },
  bot: { name: 'dependency-bot', email: 'dependency-bot@example.com' },
} as const satisfies Record<string, Person>;

export type PersonKey = keyof typeof people;

export interface DemoCommit {
  readonly by: PersonKey;
  readonly message: string;
  /** The file that it adds a line to. */
  readonly file: string;
  /** The subject of an earlier commit that this one takes back. */
  readonly reverts?: string;
}

/** A branch that was merged, as a forge writes it. */
export interface DemoMerge {
  readonly by: PersonKey;
  readonly branch: string;
  readonly id: number;
  readonly title: string;
  readonly commits: readonly DemoCommit[];
}

export interface DemoRelease {
  readonly version: string;
  /** The day on which it was tagged and published; its commits are spread over the days since the release before. */
  readonly date: string;
  readonly work: readonly (DemoCommit | DemoMerge)[];
  /** The text of an annotated tag; a lightweight one without. */
  readonly notes?: string;
  /** Files of the bundle that differ from the release before; null takes one out. `%image%` and `%version%` are filled in. */
  readonly bundle?: Readonly<Record<string, string | null>>;
}

/** A service of the company: its repository, its images, and its bundles where it has any. */
export interface DemoApp {
  readonly name: string;
  /** Of its images in the registry: `payments/billing`. */
  readonly image: string;
  readonly description: string;
  /** Of the repository's tags. */
  readonly tagPrefix: string;
  /** Of the images' tags; none without. */
  readonly imageTagPrefix?: string;
  readonly releases: readonly DemoRelease[];
  /** Keeps a CHANGELOG.md. */
  readonly changelog?: boolean;
  /** `{version}` stands for the version; none, no bundles. */
  readonly bundlePath?: string;
  /** Suffixes of the images that are published of each version; '' is the plain one. */
  readonly variants?: readonly string[];
  /** What `org.opencontainers.image.source` says: the address of the forge's page, or `local:apps/<name>`. */
  readonly sourceLabel: 'pages' | 'local';
  readonly platforms?: readonly string[];
}
