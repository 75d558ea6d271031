import { file, path, requestText, type Scene } from '../attack-scene.ts';
import type { Attack } from './attack.ts';

const text = requestText();

/** Ada asks, and these approve. */
const approvedBy =
  (...names: readonly string[]): Attack['attack'] =>
  async (scene) => {
    const { id } = await scene.ask({ [file]: text });
    await scene.approve(id, ...names);
    return id;
  };

/** Ada asks, grace approves, and then something happens. */
const then =
  (happens: (scene: Scene, id: number) => unknown): Attack['attack'] =>
  async (scene) => {
    const { id } = await scene.ask({ [file]: text });
    await scene.approve(id, 'grace');
    await happens(scene, id);
    return id;
  };

const needsOne = /needs an approval/;
const oneOfTwo = { rules: { approvals: 2, approvers: ['grace', 'eve'] } };

/** Whose approval it is. */
export const people: readonly Attack[] = [
  { name: 'approved by nobody', because: needsOne, attack: approvedBy() },
  {
    name: 'approved by who opened it',
    because: /ada approved it, and/,
    says: { rules: { approvers: ['ada', 'grace'] } },
    attack: approvedBy('ada'),
  },
  {
    name: 'approved by whom it is for',
    because: /eve approved it, and is whom it is for/,
    says: { rules: { approvers: ['eve', 'grace'] } },
    attack: async (scene) => {
      const { id } = await scene.ask({ [file]: requestText({ user: 'eve' }) });
      await scene.approve(id, 'eve');
      return id;
    },
  },
  {
    name: 'approved by a member of the group that it is for',
    because: /grace approved it, and is in team-payments/,
    needs: 'createGroup',
    honest: ['eve'],
    says: (fixture) => ({
      rules: { approvers: ['grace', 'eve'] },
      groups: { 'team-payments': `@${fixture.createGroup?.(['grace']) ?? ''}` },
    }),
    attack: async (scene) => {
      const { id } = await scene.ask({ [file]: requestText({ user: undefined, group: 'team-payments' }) });
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'for a group whose members nobody can tell',
    because: /no group nobody\/there/,
    says: { groups: { 'team-payments': '@nobody/there' } },
    attack: async (scene) => {
      const { id } = await scene.ask({ [file]: requestText({ user: undefined, group: 'team-payments' }) });
      await scene.approve(id, 'grace');
      return id;
    },
  },
  { name: 'approved by who is no approver', because: /eve approved it, and is none of those who may/, attack: approvedBy('eve') },
  {
    name: 'approved by who pushed to it',
    because: /grace approved it, and (?:wrote|committed|pushed)/,
    attack: async (scene) => {
      const { id, branch } = await scene.ask({ [file]: requestText({ duration: '1h' }) });
      await scene.fixture.pushBy(path, 'grace', branch, { [file]: text });
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'approved by whose commit was pushed away',
    because: /grace approved it, and (?:wrote|committed|pushed)/,
    attack: async (scene) => {
      const { id, branch } = await scene.ask({ [file]: requestText({ duration: '1h' }) });
      await scene.fixture.pushBy(path, 'grace', branch, { [file]: text });
      await scene.review(id);
      await scene.fixture.pushBy(path, 'ada', branch, { [file]: text }, 'instead');
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'approved by who pushed it for somebody who opened it',
    because: /grace approved it, and (?:wrote|committed|pushed)/,
    attack: async (scene) => {
      const branch = scene.branch();
      await scene.fixture.pushBy(path, 'grace', branch, { [file]: text });
      const id = await scene.fixture.openBy(path, 'ada', branch);
      await scene.approve(id, 'grace');
      return id;
    },
  },
  { name: 'one approval where two are needed', because: needsOne, says: oneOfTwo, honest: ['grace', 'eve'], attack: approvedBy('grace') },
  {
    name: 'one person twice where two are needed',
    because: needsOne,
    says: oneOfTwo,
    honest: ['grace', 'eve'],
    attack: approvedBy('grace', 'grace'),
  },
  {
    name: 'approved by who is no approver any more',
    because: /grace approved it, and is none of those who may/,
    attack: then((scene) => scene.says({ rules: { approvers: ['eve'] } })),
  },
  {
    name: 'approved by a name that is pinned to somebody else',
    because: /grace is user .* and app\.yml means user 999999/,
    attack: then((scene) => scene.says({ rules: { approvers: ['grace#999999'] } })),
  },
  {
    name: 'where app.yml names nobody who may approve',
    because: /Nobody may approve access: access\.approvers/,
    attack: then((scene) => scene.says({ rules: { approvers: [] } })),
  },
  {
    name: 'approved by who is blocked by now',
    because: /grace is blocked|no user grace/,
    needs: 'block',
    attack: then((scene) => scene.fixture.block?.('grace')),
  },
  {
    name: 'approved by who left the group by now',
    because: /grace approved it, and is none of those who may/,
    needs: 'leaveGroup',
    says: (fixture) => {
      const group = fixture.createGroup?.(['grace', 'eve']) ?? '';
      return { rules: { approvers: [`@${group}`] } };
    },
    attack: then((scene) => scene.fixture.leaveGroup?.((scene.settings.rules.approvers[0] ?? '').slice(1), 'grace')),
  },
  {
    name: 'approved by a program',
    because: /is no person/,
    needs: 'robot',
    says: ({ robot = '' }) => ({ rules: { approvers: ['grace', robot] } }),
    attack: (scene) => approvedBy(scene.fixture.robot ?? '')(scene),
  },
  {
    name: 'opened by a program',
    because: /a person must ask/,
    needs: 'robot',
    attack: async (scene) => {
      const { id } = await scene.ask({ [file]: text }, { by: scene.fixture.robot ?? '' });
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'opened by a program that names a person',
    because: /a person must ask/,
    needs: 'robot',
    attack: async (scene) => {
      const branch = 'lockkeeper-access/billing/ada-0123ab';
      const { id } = await scene.ask({ [file]: `# Requested-by: ada\n${text}` }, { by: scene.fixture.robot ?? '', branch });
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'asked by the bot on the word of who approves',
    because: /grace approved it, and asked for it/,
    attack: async (scene) => {
      const id = await scene.askByBot('grace');
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: "asked by the bot on nobody's word",
    because: /a person must ask/,
    attack: async (scene) => {
      const id = await scene.askByBot(undefined);
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: "another's commit where the bot asked, with its words",
    because: /grace approved it, and (?:wrote|committed|pushed|asked)/,
    attack: async (scene) => {
      const id = await scene.askByBot('ada', { duration: '1h' });
      const { branch } = await scene.fixture.forge.gatedRequest(path, id);
      await scene.fixture.pushBy(path, 'grace', branch, { [file]: text });
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'pushed to by a program',
    because: /which is no person, .*: nobody can tell who that was/,
    needs: 'robot',
    attack: async (scene) => {
      const { id, branch } = await scene.ask({ [file]: requestText({ duration: '1h' }) });
      await scene.fixture.pushBy(path, scene.fixture.robot ?? '', branch, { [file]: text });
      await scene.approve(id, 'grace');
      return id;
    },
  },
  {
    name: 'without an approval, with a commit of somebody else',
    because: /has to be ada's alone/,
    says: { rules: { breakGlass: { users: ['ada'], maxDurationMs: 4 * 3_600_000 } } },
    attack: async (scene) => {
      const { id, branch } = await scene.ask({ [file]: requestText({ breakGlass: 'true', duration: '1h' }) });
      await scene.fixture.pushBy(path, 'grace', branch, { [file]: requestText({ breakGlass: 'true' }) });
      return id;
    },
  },
  {
    name: 'an approval that was taken back',
    because: needsOne,
    needs: 'unapproveBy',
    attack: then((scene, id) => scene.fixture.unapproveBy?.(path, 'grace', id)),
  },
  {
    name: 'an approval that was dismissed',
    because: needsOne,
    needs: 'dismiss',
    attack: then((scene, id) => scene.fixture.dismiss?.(path, 'grace', id)),
  },
  {
    name: 'an older approval behind one that was dismissed',
    because: needsOne,
    needs: 'dismiss',
    attack: then(async (scene, id) => {
      await scene.approve(id, 'grace');
      await scene.fixture.dismiss?.(path, 'grace', id);
    }),
  },
  {
    name: 'an approval, and changes that the same person wants',
    because: /grace asks for changes/,
    needs: 'requestChangesBy',
    attack: then((scene, id) => scene.fixture.requestChangesBy?.(path, 'grace', id)),
  },
  {
    name: 'an approval, and changes that another approver wants',
    because: /eve asks for changes/,
    needs: 'requestChangesBy',
    says: { rules: { approvers: ['grace', 'eve'] } },
    attack: then((scene, id) => scene.fixture.requestChangesBy?.(path, 'eve', id)),
  },
];
