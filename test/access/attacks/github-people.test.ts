import type { Says } from '../../support/builders/access.ts';
import { tryAttack } from '../../support/contracts/access-attacks.ts';
import { file, path, requestText, type Scene } from '../../support/contracts/attack-scene.ts';
import type { Attack } from '../../support/contracts/attacks/attack.ts';
import { branchHead } from '../../support/git-repository.ts';
import { type AttackedGitHub, attackedEnvironment } from '../../support/github-server/attack-world.ts';
import type { GitHubServer } from '../../support/github-server/github-server.ts';

let world: AttackedGitHub;
beforeEach(async () => {
  world = await attackedEnvironment();
});
afterEach(() => world.fixture.dispose());

/** What happens on GitHub; gives the number of the pull request. */
type Happens = (server: GitHubServer, scene: Scene) => Promise<number>;

const text = requestText();
const needsOne = /needs an approval/;
const [webFlow, grace, ada] = [
  { name: 'GitHub', email: 'noreply@github.com' },
  { name: 'Grace Hopper', email: 'grace@example.com' },
  { name: 'Ada Lovelace', email: 'ada@example.com' },
];

/** Ada asks, grace approves, and then something happens. */
const then =
  (happens: (server: GitHubServer, id: number, scene: Scene) => unknown): Happens =>
  async (server, scene) => {
    const { id } = await scene.ask({ [file]: text });
    await scene.approve(id, 'grace');
    await happens(server, id, scene);
    return id;
  };

/** A branch as it comes about, which ada opens and grace approves. */
const branched =
  (happens: (server: GitHubServer, branch: string) => Promise<unknown>): Happens =>
  async (server, scene) => {
    const branch = scene.branch();
    await happens(server, branch);
    const id = await scene.fixture.openBy(path, 'ada', branch);
    await scene.approve(id, 'grace');
    return id;
  };

const push = (author: typeof ada, more: { committer?: typeof ada; parent?: string } = {}) => ({
  files: { [file]: text },
  text: 'Ask',
  author,
  ...more,
});

describe('whose word it is', () => {
  const rows: readonly (readonly [string, Happens, RegExp, Says?])[] = [
    [
      'changes that are wanted on the fourth page of reviews',
      then((server, id) => {
        for (let count = 0; count < 310; count += 1) server.review(path, id, 'COMMENTED', 'eve');
        server.review(path, id, 'CHANGES_REQUESTED', 'grace');
      }),
      /grace asks for changes/,
    ],
    [
      'an approval on the fourth page, of an older commit',
      async (server, scene) => {
        const { id, branch } = await scene.ask({ [file]: requestText({ duration: '1h' }) });
        for (let count = 0; count < 310; count += 1) server.review(path, id, 'COMMENTED', 'eve');
        await scene.approve(id, 'grace');
        await scene.fixture.pushBy(path, 'ada', branch, { [file]: text });
        return id;
      },
      /grace approved [0-9a-f]{12}, and the newest commit is/,
    ],
    [
      'an approval of what it changed in another branch',
      async (server, scene) => {
        await scene.fixture.pushBy(path, 'ada', 'staging', { [file]: text, 'manifests/app.yaml': 'a: 2\n' });
        const head = (await branchHead(server.directory(path), 'staging')) ?? '';
        await server.moveBranch(path, 'ada', 'tidy', head);
        await server.pushAs(path, 'ada', 'tidy', { files: { 'manifests/app.yaml': 'a: 1\n' }, text: 'Tidy up', author: ada });
        const id = await scene.fixture.openBy(path, 'ada', 'tidy', 'staging');
        await scene.approve(id, 'grace');
        server.changePull(path, id, { target: 'main' });
        return id;
      },
      /grace approved it before/,
    ],
    ['a review that is not handed in', async (server, scene) => pending(server, scene), needsOne],
    [
      'an approval of a commit that is not the head, handed in last',
      then((server, id) => {
        server.dismiss(path, id, 'grace');
        server.review(path, id, 'APPROVED', 'grace', '0'.repeat(40));
      }),
      /grace approved 000000000000, and the newest commit is/,
    ],
    [
      'an approval behind changes that were wanted and dismissed',
      then((server, id) => {
        server.review(path, id, 'CHANGES_REQUESTED', 'grace');
        server.dismiss(path, id, 'grace');
      }),
      needsOne,
    ],
    [
      'approved by an organisation',
      async (server, scene) => {
        const { id } = await scene.ask({ [file]: text });
        server.review(path, id, 'APPROVED', 'acme');
        return id;
      },
      /acme is no person|acme approved it, and is no person/,
      { rules: { approvers: ['grace', 'acme'] } },
    ],
    ['a login that somebody else has by now', then((server) => server.rename('grace', 'grace-hopper')), /is none of those who may/],
    [
      'approved by who took the login',
      async (server, scene) => {
        scene.says({ rules: { approvers: [`grace#${server.userId('grace')}`] } });
        const { id } = await scene.ask({ [file]: text });
        server.rename('grace', 'grace-hopper');
        await scene.approve(id, 'grace');
        return id;
      },
      /grace is user \d+ .* and app\.yml means user \d+/,
    ],
    [
      'one person by two logins, where two are needed',
      then((server, id) => {
        server.rename('grace', 'grace-hopper');
        server.review(path, id, 'APPROVED', 'grace-hopper');
      }),
      needsOne,
      { rules: { approvals: 2, approvers: ['grace-hopper', 'grace', 'eve'] } },
    ],
  ];
  test.each(rows.map(([name, happens, because, says = {}]) => [name, happens, because, says] as const))(
    '%s',
    async (name, happens, because, says) => {
      await attempt({ name, because, says, honest: says.rules?.approvals === 2 ? ['grace', 'eve'] : ['grace'] }, happens);
    },
  );
});

async function pending(server: GitHubServer, scene: Scene): Promise<number> {
  const { id } = await scene.ask({ [file]: text });
  server.review(path, id, 'PENDING', 'grace');
  return id;
}

describe('whose hand is in it', () => {
  test.each<[string, Happens, RegExp]>([
    [
      "the approver's commit, pushed by another",
      branched((server, branch) => server.pushAs(path, 'ada', branch, push(grace, { committer: ada }))),
      /grace approved it, and wrote/,
    ],
    [
      "the approver's push, under the author's name",
      branched((server, branch) => server.pushAs(path, 'grace', branch, push(ada))),
      /grace approved it, and pushed/,
    ],
    [
      "a commit of the approver's made on GitHub's pages",
      branched((server, branch) => server.pushAs(path, 'ada', branch, push(grace, { committer: webFlow }))),
      /grace approved it, and wrote/,
    ],
    [
      "the approver's push, with GitHub named as the committer",
      branched((server, branch) => server.pushAs(path, 'grace', branch, push(ada, { committer: webFlow }))),
      /grace approved it, and pushed/,
    ],
    [
      'committed by the approver',
      branched((server, branch) => server.pushAs(path, 'ada', branch, push(ada, { committer: grace }))),
      /grace approved it, and committed/,
    ],
    [
      'a commit with the hidden address of the approver',
      branched((server, branch) =>
        server.pushAs(path, 'ada', branch, push({ name: 'x', email: `${server.userId('grace')}+grace@users.noreply.github.com` })),
      ),
      /grace approved it, and/,
    ],
    [
      "a commit with the approver's login for a name",
      branched((server, branch) => server.pushAs(path, 'ada', branch, push({ name: 'GRACE', email: 'x@example.com' }))),
      /grace approved it, and/,
    ],
    [
      'a version of the approver that was pushed away before it was opened',
      branched(async (server, branch) => {
        await server.pushAs(path, 'grace', branch, push(ada));
        await server.replaceAs(path, 'ada', branch, { ...push(ada), text: 'Ask again' });
      }),
      /grace approved it, and pushed/,
    ],
    [
      'a branch that the approver made',
      branched(async (server, branch) => {
        await server.moveBranch(path, 'grace', branch, (await branchHead(server.directory(path), 'main')) ?? '');
        await server.pushAs(path, 'ada', branch, push(ada));
      }),
      /grace approved it, and pushed/,
    ],
    [
      'a push of the approver among a hundred and thirty others',
      branched(async (server, branch) => {
        const first = await server.pushAs(path, 'grace', branch, push(ada));
        const second = await server.pushAs(path, 'ada', branch, { ...push(ada), files: { [file]: requestText({ duration: '1h' }) } });
        for (let count = 0; count < 65; count += 1)
          for (const commit of [first, second]) await server.moveBranch(path, 'ada', branch, commit);
      }),
      /grace approved it, and pushed/,
    ],
    [
      "a workflow's request on a branch like the bot's, which names a person",
      async (server, scene) => {
        const branch = 'lockkeeper-access/billing/ada-0123ab';
        const author = { name: 'renovate[bot]', email: 'renovate@example.com' };
        await server.pushAs(path, 'renovate[bot]', branch, { files: { [file]: text }, text: 'Ask\n\nRequested-by: ada\n', author });
        const id = await server.openPull(path, branch, 'access: ada', { login: 'renovate[bot]' });
        await scene.approve(id, 'grace');
        return id;
      },
      /a person must ask|which is no person/,
    ],
    [
      'a branch that the approver brought back',
      async (server, scene) => {
        const { id, branch, head } = await scene.ask({ [file]: text });
        await server.deleteBranch(path, branch);
        await server.moveBranch(path, 'grace', branch, head);
        server.changePull(path, id, { state: 'open' });
        await scene.approve(id, 'grace');
        return id;
      },
      /grace approved it, and pushed/,
    ],
  ])('%s', async (name, happens, because) => {
    await attempt({ name, because }, happens);
  });
});

const attempt = (of: Omit<Attack, 'attack'>, happens: Happens): Promise<void> =>
  tryAttack(world.fixture, { ...of, attack: (scene) => happens(world.server, scene) });
