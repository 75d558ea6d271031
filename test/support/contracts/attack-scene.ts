import { accessBranches } from '../../../src/access/branches.ts';
import { readEvidence } from '../../../src/access/gate/evidence.ts';
import { type Judgement, judge } from '../../../src/access/gate/gate.ts';
import { statusName } from '../../../src/access/gate/report.ts';
import { type ReviewOutcome, type ReviewPorts, reviewAccess } from '../../../src/access/gate/review.ts';
import type { AccessBook } from '../../../src/access/grant/book.ts';
import type { AccessSettings } from '../../../src/access/settings.ts';
import type { Grant } from '../../../src/domain/access.ts';
import { type Says, settingsOf } from '../builders/access.ts';
import type { Files } from '../git-repository.ts';
import type { AttackFixture } from './attack-fixture.ts';

export const path = 'platform/production';

/** What a request says, with lines of it replaced. */
export function requestText(change: Readonly<Record<string, string | undefined>> = {}): string {
  const lines = { user: 'ada', level: 'admin', reason: '"INC-1234: migration stuck"', duration: '2h', ...change };
  return Object.entries(lines)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}\n`]))
    .join('');
}

export const file = 'access/billing/ada.yml';

const against = ({ reasons, passedOver }: Judgement): string => (reasons.length === 0 ? '' : [...reasons, ...passedOver].join('\n'));

/** An environment on the forge, and the gate that watches over it. */
export class Scene {
  readonly fixture: AttackFixture;
  settings: AccessSettings;
  /** How late it is for the gate. */
  lateMs = 0;
  /** Why nothing could be granted there. */
  obstacle: string | undefined;
  hasCluster = true;
  /** Given already. */
  held: readonly Grant[] = [];
  #book: AccessBook = { grants: [], refused: {}, requests: {}, closed: {}, unexplained: {} };
  /** Asked for a look at what was merged. */
  landed = 0;
  /** What people were told, as state and reason. */
  readonly announced: string[] = [];
  #branches = 0;
  readonly #said = new Map<number, string>();

  constructor(fixture: AttackFixture, settings: AccessSettings) {
    this.fixture = fixture;
    this.settings = settings;
  }

  /** Somebody pushes files and opens a merge request for them; ada, where nobody else is named. */
  async ask(files: Files, { by = 'ada', branch = this.branch() } = {}): Promise<{ id: number; branch: string; head: string }> {
    const head = await this.fixture.pushBy(path, by, branch, files);
    return { id: await this.fixture.openBy(path, by, branch), branch, head };
  }

  /** The bot asks on the word of somebody, or of nobody; gives the number. */
  async askByBot(by: string | undefined, lines: Parameters<typeof requestText>[0] = {}): Promise<number> {
    const { forge } = this.fixture;
    const { commit: base, defaultBranch: target } = await forge.state(path);
    const branch = `${accessBranches}billing/ada-0123ab`;
    const files = [{ path: file, content: Buffer.from(requestText(lines)), isNew: true as const }];
    const message = by === undefined ? 'access' : `access\n\nRequested-by: ${by}\n`;
    await forge.commit(path, { branch, base, expected: undefined, files, message });
    return (await forge.open(path, { branch, target, title: 'access', description: '', labels: [] })).id;
  }

  /** app.yml says something else from now on. */
  says(says: Says): void {
    this.settings = settingsOf(says);
  }

  branch(): string {
    this.#branches += 1;
    return `ask-${this.#branches}`;
  }

  async approve(id: number, ...names: readonly string[]): Promise<void> {
    for (const name of names) await this.fixture.approveBy(path, name, id);
  }

  review(id: number, forge: Partial<ReviewPorts['forge']> = {}): Promise<ReviewOutcome> {
    return reviewAccess(
      this.#ports(forge),
      {
        name: 'production',
        repository: { forge: this.fixture.forge.traits.name, path },
        settings: this.settings,
        hasCluster: this.hasCluster,
      },
      id,
    );
  }

  /** All that was said against it when it was looked at last. */
  said(id: number): string {
    return this.#said.get(id) ?? '';
  }

  /** What the status says of the head. */
  async status(id: number): Promise<string | undefined> {
    const { commit } = await this.fixture.forge.gatedRequest(path, id);
    return (await this.fixture.forge.statuses(path, commit)).find(({ name }) => name === statusName)?.state;
  }

  async state(id: number): Promise<string> {
    return (await this.fixture.forge.gatedRequest(path, id)).state;
  }

  /** What the gate says where somebody merged it all the same. */
  async afterMerge(id: number): Promise<string> {
    const evidence = await readEvidence(this.fixture.forge, path, id, this.settings, 'production');
    const judged = judge(evidence, {
      settings: this.settings,
      environment: 'production',
      held: this.held,
      now: this.#now(),
      moment: 'after-merge',
      closedAt: this.#book.closed[id],
    });
    return judged.kind === 'request' ? against(judged) : judged.kind;
  }

  #now(): Date {
    return new Date(Date.now() + this.lateMs);
  }

  #ports(forge: Partial<ReviewPorts['forge']>): ReviewPorts {
    return {
      forge: { ...this.fixture.forge, ...forge },
      readBook: () => Promise.resolve({ ...this.#book, grants: this.held.map((grant) => ({ grant, state: 'active' as const })) }),
      changeBook: (change) => {
        this.#book = change(this.#book);
        return Promise.resolve();
      },
      obstacle: () => Promise.resolve(this.obstacle),
      landed: () => {
        this.landed += 1;
        return Promise.resolve();
      },
      announce: ({ request, judgement, state, because }) => {
        this.announced.push(because === undefined ? state : `${state}: ${because}`);
        if (judgement !== undefined) this.#said.set(request.id, against(judgement));
        return Promise.resolve();
      },
      now: () => this.#now(),
      warn: () => {},
    };
  }
}
