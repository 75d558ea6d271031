import type { Evidence } from '../../../src/access/gate/evidence.ts';
import { type Judgement, judge } from '../../../src/access/gate/gate.ts';
import type { Grant } from '../../../src/domain/access.ts';
import type { Hand, Person } from '../../../src/domain/access-forge.ts';
import type { Review } from '../../../src/domain/forge.ts';
import type { ForgeUser } from '../../../src/domain/forge-user.ts';
import type { RequestComment } from '../../../src/domain/request-forge.ts';
import { requestText } from '../contracts/attack-scene.ts';
import { type Says, settingsOf } from './access.ts';

export const head = 'a'.repeat(40);
export const older = 'b'.repeat(40);

/** Since when the head is the head; times below are seconds after it. */
const since = Date.parse('2026-11-21T10:00:00Z');
export const at = (seconds: number): string => new Date(since + seconds * 1000).toISOString();

export const user = (name: string, id = `id-${name}`): ForgeUser => ({ id, name, bot: false });
export const person = (name: string, more: Partial<Person> = {}): Person => ({
  ...user(name),
  active: true,
  emails: [`${name}@example.com`],
  ...more,
});

export const approval = (name: string, more: Partial<Review> = {}): Review => ({
  user: user(name),
  state: 'approved',
  submittedAt: at(60),
  ...more,
});

/** As GitHub tells it: of that commit. */
export const approvalOf = (name: string, commit: string, more: Partial<Review> = {}): Review => approval(name, { commit, ...more });

export const comment = (name: string, text: string, more: Partial<RequestComment> = {}): RequestComment => ({
  id: 1,
  text,
  author: user(name),
  createdAt: at(90),
  edited: false,
  ...more,
});

export interface Told {
  readonly forge?: 'gitlab' | 'github' | 'local';
  readonly reviews?: readonly Review[];
  readonly since?: string | undefined;
  readonly hands?: readonly Hand[];
  readonly comments?: readonly RequestComment[];
  readonly people?: readonly Person[];
  /** Under other names than theirs. */
  readonly names?: Readonly<Record<string, Person>>;
  readonly groups?: Readonly<Record<string, readonly ForgeUser[] | undefined>>;
  readonly request?: Partial<Evidence['request']>;
  readonly changes?: Evidence['changes'];
  readonly content?: string;
  readonly asker?: Evidence['asker'];
  readonly author?: ForgeUser;
}

/** Ada asks for herself; grace, linus and eve are there. */
function evidenceOf(told: Told = {}): Evidence {
  const { forge = 'gitlab', reviews = [], hands = [], comments = [], people = [], groups = {}, content = requestText() } = told;
  const everybody = [...['ada', 'grace', 'linus', 'eve'].map((name) => person(name)), ...people];
  const author = told.author ?? user('ada');
  const changed = told.changes ?? { paths: [{ path: 'access/billing/ada.yml', kind: 'added' }], complete: true };
  const [first] = changed.paths;
  return {
    forge: { name: forge, type: forge, descriptionLimit: 60_000, url: 'https://forge.example.com' },
    request: {
      id: 7,
      url: 'https://forge.example.com/7',
      title: 'access for ada',
      branch: 'ask',
      target: 'main',
      commit: head,
      labels: [],
      fork: false,
      author,
      draft: false,
      state: 'open',
      createdAt: at(-60),
      ...(author.name === 'lockkeeper' && { ours: true as const }),
      ...told.request,
    },
    defaultBranch: 'main',
    changes: changed,
    reviews: {
      author,
      commit: head,
      reviews,
      ...('since' in told ? (told.since === undefined ? {} : { since: told.since }) : { since: at(0) }),
    },
    hands: [{ how: 'opener', user: author }, ...hands],
    comments,
    ...(first !== undefined && { file: { path: first.path, mode: '100644', blob: 'c'.repeat(40), content: Buffer.from(content) } }),
    directory: {
      people: new Map([...everybody.map((one) => [one.name, one] as const), ...Object.entries(told.names ?? {})]),
      groups: new Map(Object.entries(groups)),
    },
    ...('asker' in told ? (told.asker === undefined ? {} : { asker: told.asker }) : { asker: { user: person('ada'), mayWrite: true } }),
  };
}

/** With grace as the only approver and a dwell of 30 s, where nothing else is said. */
export const judged = (
  told: Told = {},
  says: Says = {},
  moment: 'before-merge' | 'after-merge' = 'before-merge',
  held: readonly Grant[] = [],
): Judgement =>
  judge(evidenceOf(told), {
    settings: settingsOf({ dwellMs: 30_000, ...says }),
    environment: 'production',
    held,
    now: new Date(at(120)),
    moment,
  });
