import { type Says, settingsOf } from '../../support/builders/access.ts';
import type { AttackFixture } from '../../support/contracts/attack-fixture.ts';
import { file, path, requestText, Scene } from '../../support/contracts/attack-scene.ts';
import { connectGitLab } from '../../support/gitlab-server/access-fixture.ts';
import type { GitLabServer } from '../../support/gitlab-server/gitlab-server.ts';
import type { People } from '../../support/gitlab-server/people.ts';

interface At {
  readonly server: GitLabServer;
  readonly people: People;
  readonly fixture: AttackFixture;
  readonly scene: Scene;
}

interface GitLabAttack {
  readonly name: string;
  readonly premium?: true;
  readonly says?: Says;
  /** Gives the number of its merge request. */
  readonly attack: (at: At) => Promise<number>;
  readonly because: RegExp;
}

const text = requestText();
const needsOne = /needs an approval/;
const dwell: Says = { dwellMs: 30_000 };

/** Ada asks, and grace approves. */
async function approved({ scene }: At, says = text): Promise<{ id: number; branch: string; head: string }> {
  const asked = await scene.ask({ [file]: says });
  await scene.approve(asked.id, 'grace');
  return asked;
}

const attacks: readonly GitLabAttack[] = [
  {
    name: 'an approval right after the push, which may be of the page before it',
    says: dwell,
    because: needsOne,
    attack: async (at) => (await approved(at)).id,
  },
  {
    name: 'a commit named by who took the approval back',
    says: dwell,
    because: needsOne,
    attack: async (at) => {
      const { id, head } = await approved(at);
      await at.fixture.commentBy(path, 'grace', id, `/lockkeeper approve ${head}`);
      await at.fixture.unapproveBy?.(path, 'grace', id);
      return id;
    },
  },
  {
    name: 'the same patch on a newer base',
    because: needsOne,
    attack: async (at) => {
      const { id, branch } = await approved(at);
      await at.fixture.pushBy(path, 'grace', 'main', { 'meanwhile.yaml': 'a: 1\n' });
      await at.fixture.pushBy(path, 'ada', branch, { [file]: text }, 'instead');
      return id;
    },
  },
  {
    name: 'approved: true, with nobody by name',
    premium: true,
    because: needsOne,
    attack: async ({ scene }) => (await scene.ask({ [file]: text })).id,
  },
  {
    name: 'nothing left to approve, by who is no approver',
    premium: true,
    because: /eve approved it, and is none of those who may/,
    attack: async ({ scene }) => {
      const { id } = await scene.ask({ [file]: text });
      await scene.approve(id, 'eve');
      return id;
    },
  },
  {
    name: 'approved while it went into another branch',
    because: needsOne,
    attack: async (at) => {
      const { branch } = await at.scene.ask({ 'other.yaml': 'a: 1\n' });
      const asking = at.scene.branch();
      await at.fixture.pushBy(path, 'ada', asking, { [file]: text });
      const id = await at.fixture.openBy(path, 'ada', asking, branch);
      await at.scene.approve(id, 'grace');
      at.server.changeMergeRequest(path, id, { target: 'main' });
      return id;
    },
  },
  {
    name: 'approved in an older GitLab, which does not say when, before a push',
    because: needsOne,
    attack: async (at) => {
      at.server.forgetApprovalTimes();
      const { id, branch } = await approved(at, requestText({ duration: '1h' }));
      await at.fixture.pushBy(path, 'ada', branch, { [file]: text });
      return id;
    },
  },
  {
    name: "an older GitLab's note of an approval, written by a person after a push",
    because: needsOne,
    attack: async (at) => {
      at.server.forgetApprovalTimes();
      const { id, branch } = await approved(at, requestText({ duration: '1h' }));
      await at.fixture.pushBy(path, 'ada', branch, { [file]: text });
      await at.fixture.commentBy(path, 'grace', id, 'approved this merge request');
      return id;
    },
  },
  {
    name: 'pushed by the approver under the name of another, and reset',
    because: /grace approved it, and pushed to it/,
    attack: async (at) => {
      const { id, branch, head } = await at.scene.ask({ [file]: requestText({ duration: '1h' }) });
      await at.fixture.pushBy(path, 'ada', 'elsewhere', { [file]: text });
      const crafted = await at.fixture.pushBy(path, 'ada', 'elsewhere', { [file]: requestText({ duration: '3h' }) });
      await at.server.pushCommit(path, branch, crafted, 'grace');
      await at.server.pushCommit(path, branch, head, 'ada');
      await at.scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'pushed by the approver to another branch, of which the request is made',
    because: /grace approved it, and pushed to it/,
    attack: async (at) => {
      const commit = await at.fixture.pushBy(path, 'ada', 'scratch', { [file]: text });
      await at.server.pushCommit(path, 'crafted', commit, 'grace');
      await at.server.pushCommit(path, 'asks', commit, 'ada');
      const id = await at.fixture.openBy(path, 'ada', 'asks');
      await at.scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'pushed by the approver under the name of another, below a commit of that one',
    because: /grace approved it, and pushed to it/,
    attack: async (at) => {
      const crafted = await at.fixture.pushBy(path, 'ada', 'scratch', { [file]: requestText({ duration: '1h' }) });
      await at.server.pushCommit(path, 'asks', crafted, 'grace');
      await at.fixture.pushBy(path, 'ada', 'asks', { [file]: text });
      const id = await at.fixture.openBy(path, 'ada', 'asks');
      await at.scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: "approved by a project's token in the group of those who may",
    because: /is no person/,
    says: { rules: { approvers: ['@platform/leads'] } },
    attack: async ({ people, scene, fixture }) => {
      const { robot = '' } = fixture;
      people.group('platform/leads', ['grace', robot]);
      const { id } = await scene.ask({ [file]: text });
      await scene.approve(id, robot);
      return id;
    },
  },
  {
    name: 'approved by a blocked member of the group of those who may',
    because: /grace approved it, and is none of those who may/,
    says: { rules: { approvers: ['@platform/leads'] } },
    attack: async (at) => {
      at.people.group('platform/leads', ['grace', 'eve']);
      const { id } = await approved(at);
      at.people.block('grace');
      return id;
    },
  },
];

async function arranged({ premium, says }: Pick<GitLabAttack, 'premium' | 'says'>): Promise<At> {
  const { server, people, fixture } = await connectGitLab({ premium: premium === true });
  await fixture.createRepository(path, { 'manifests/app.yaml': 'a: 1\n' });
  return { server, people, fixture, scene: new Scene(fixture, settingsOf(says)) };
}

describe('attacks on the approvals of GitLab', () => {
  test.each(attacks)('$name', async (of) => {
    const at = await arranged(of);
    const id = await of.attack(at);
    expect([await at.scene.review(id), await at.scene.status(id), await at.scene.state(id)]).toEqual(['missing', 'failure', 'open']);
    expect(at.scene.said(id)).toMatch(of.because);
    await at.fixture.mergeBy(path, 'ada', id, 'merge commit');
    expect(await at.scene.afterMerge(id)).toMatch(of.because);
    await at.fixture.dispose();
  });

  test('an honest approval, right after the push, with the commit named by the same person', async () => {
    const at = await arranged({ says: dwell });
    const { id, head } = await approved(at);
    await at.fixture.commentBy(path, 'grace', id, `/lockkeeper approve ${head}`);
    expect([await at.scene.review(id), at.scene.said(id), await at.scene.state(id)]).toEqual(['merged', '', 'merged']);
    expect(await at.scene.afterMerge(id)).toBe('');
    await at.fixture.dispose();
  });
});

describe('what GitLab does not say', () => {
  const unknown: readonly (readonly [string, (at: At, of: { id: number; branch: string }) => unknown, RegExp])[] = [
    [
      'which version its newest head is',
      async ({ people, fixture }, { id, branch }) => {
        await fixture.pushBy(path, 'ada', branch, { [file]: requestText({ duration: '1h' }) });
        people.beforeNewestVersion(path, id);
      },
      /has not worked out its newest version yet/,
    ],
    [
      'who pushed a version, among many branches at once',
      async ({ people, fixture, scene }, { id, branch }) => {
        await fixture.pushBy(path, 'ada', branch, { [file]: requestText({ duration: '1h' }) });
        people.pushedWithMany(path);
        await scene.approve(id, 'grace');
      },
      /does not say who pushed [0-9a-f]{40}/,
    ],
  ];

  test.each(unknown)('%s: no verdict, and nothing is merged', async (_, happens, why) => {
    const at = await arranged({});
    const asked = await at.scene.ask({ [file]: text });
    await happens(at, asked);
    await expect(at.scene.review(asked.id)).rejects.toThrow(why);
    expect(await at.scene.state(asked.id)).toBe('open');
    expect(await at.scene.status(asked.id)).not.toBe('success');
    await at.fixture.dispose();
  });
});
