import type { AccessBook } from '../../src/access/grant/book.ts';
import { changeBook, readBook } from '../../src/access/grant/book.ts';
import { alarmEvent, endedEvent } from '../../src/access/grant/entries.ts';
import { landGrants } from '../../src/access/grant/landed.ts';
import type { LandForge, LandPorts } from '../../src/access/grant/ports.ts';
import type { AccessSettings } from '../../src/access/settings.ts';
import type { Grant } from '../../src/domain/access.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { createJournal } from '../../src/journal/record.ts';
import { settingsOf } from './builders/access.ts';
import type { AttackFixture } from './contracts/attack-fixture.ts';
import { path } from './contracts/attack-scene.ts';
import { commitFiles, type Files, git, gitText } from './git-repository.ts';
import { memoryJournal } from './memory-journal.ts';
import { MemoryStore } from './memory-store.ts';

const environment = 'production';

/** An environment on a forge, what is remembered of its grants, and a cluster that notes what it is given. */
export class LandingScene {
  readonly fixture: AttackFixture;
  readonly repository: string;
  settings: AccessSettings = settingsOf();
  store = new MemoryStore();
  entries: Entry[] = [];
  /** What the cluster was given, by id. */
  readonly given = new Map<string, Grant>();
  readonly announced: string[] = [];
  readonly alarms = new Map<string, string>();
  readonly problems: string[] = [];
  /** How late it is for us, milliseconds: not before the times that a stand-in gives, which lets each of its seconds hold one event. */
  lateMs = 60_000;
  unguarded: string | undefined;
  refusal: string | undefined;
  /** What the forge answers instead. */
  instead: Partial<LandForge> = {};
  #branches = 0;
  #journal = this.#openJournal();

  constructor(fixture: AttackFixture) {
    this.fixture = fixture;
    this.repository = `${fixture.forge.traits.name}:${path}`;
  }

  /** Somebody pushes files and opens a merge request for them. */
  async ask(files: Files, { by = 'ada', target }: { by?: string; target?: string } = {}): Promise<{ id: number; branch: string }> {
    this.#branches += 1;
    const branch = `ask-${this.#branches}`;
    await this.fixture.pushBy(path, by, branch, files);
    return { id: await this.fixture.openBy(path, by, branch, target), branch };
  }

  /** As it should be: ada asks, grace approves and merges. Gives the merge request's number. */
  async granted(files: Files): Promise<number> {
    const { id } = await this.ask(files);
    await this.fixture.approveBy(path, 'grace', id);
    await this.merge(id);
    await this.pass();
    return id;
  }

  merge(id: number, how = this.fixture.waysToMerge[0] ?? 'merge commit'): Promise<void> {
    return this.fixture.mergeBy(path, 'grace', id, how);
  }

  /** One look at the default branch, by us. */
  async pass(signal = new AbortController().signal): Promise<void> {
    const place = { environment, repository: this.repository, path, settings: this.settings };
    await landGrants(this.ports(), place, signal);
  }

  ports(): LandPorts {
    const { store } = this;
    const locks = { hold: <T>(_: string, __: number, work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal) };
    return {
      forge: { ...this.fixture.forge, ...this.instead },
      cluster: {
        unguarded: async () => this.unguarded,
        give: async (grant) => {
          if (this.refusal !== undefined) return { outcome: 'refused', reason: this.refusal };
          const outcome = this.given.has(grant.id) ? 'there' : 'given';
          this.given.set(grant.id, grant);
          return { outcome };
        },
      },
      journal: this.#journal,
      news: {
        granted: async ({ id }) => void this.announced.push(id),
        alarm: async ({ key, text }) => {
          const entry = { kind: 'alarm', actor: 'lockkeeper', environment, what: text, why: 'test', links: [], facts: {} } as const;
          await this.#journal.recordOnce(alarmEvent(this.repository, key), [entry]);
          this.alarms.set(key, text);
        },
        problem: (text) => void this.problems.push(text),
      },
      book: () => readBook(store, this.repository),
      change: (change) => changeBook({ store, locks }, this.repository, change),
      now: () => new Date(Date.now() + this.lateMs),
    };
  }

  book(): Promise<AccessBook> {
    return readBook(this.store, this.repository);
  }

  #openJournal() {
    return createJournal(
      () => memoryJournal(this.entries),
      () => new Date(),
    );
  }

  loseStore(): void {
    this.store = new MemoryStore();
  }

  loseJournal(): void {
    this.entries = [];
    this.#journal = this.#openJournal();
  }

  /** What whoever ends grants does of it that concerns the default branch: journal, book, cluster. */
  async end(id: string): Promise<void> {
    const entry = { kind: 'revocation', actor: 'lockkeeper', environment, what: 'ends', why: 'test', links: [], facts: {} } as const;
    await this.#journal.recordOnce(endedEvent(id), [entry]);
    this.given.delete(id);
    await this.ports().change((book) => ({
      ...book,
      grants: book.grants.map((one) => (one.grant.id === id ? { ...one, state: 'ended' as const, goneAt: new Date().toISOString() } : one)),
    }));
  }

  head(): Promise<string> {
    return gitText(this.fixture.directory(path), ['rev-parse', 'refs/heads/main']);
  }

  /** Somebody who may moves the default branch by hand. */
  async reset(commit: string): Promise<void> {
    await git(this.fixture.directory(path), ['update-ref', 'refs/heads/main', commit]);
  }

  /** A merge commit of that branch, made by hand: with those files on top of what the branch has. */
  async evilMerge(branch: string, files: Files): Promise<void> {
    const directory = this.fixture.directory(path);
    const [ours, theirs] = [await this.head(), await gitText(directory, ['rev-parse', `refs/heads/${branch}`])];
    const made = await commitFiles(directory, { branch: 'evil', parent: theirs, files, message: 'x' });
    const args = ['commit-tree', `${made}^{tree}`, '-p', ours, '-p', theirs, '-m', `Merge branch '${branch}'`];
    const env = { GIT_AUTHOR_NAME: 'eve', GIT_AUTHOR_EMAIL: 'e@e', GIT_COMMITTER_NAME: 'eve', GIT_COMMITTER_EMAIL: 'e@e' };
    await this.reset(await gitText(directory, args, { env }));
  }
}
