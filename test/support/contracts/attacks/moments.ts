import { statusName } from '../../../../src/access/gate/report.ts';
import { file, path, requestText, type Scene } from '../attack-scene.ts';
import type { Attack } from './attack.ts';

const text = requestText();
const needsOne = /needs an approval/;
const dwell = { dwellMs: 30_000 };

/** Ada asks for an hour, grace approves it, and then something happens on the branch. */
const then =
  (happens: (scene: Scene, of: { id: number; branch: string; head: string }) => Promise<unknown>): Attack['attack'] =>
  async (scene) => {
    const asked = await scene.ask({ [file]: requestText({ duration: '1h' }) });
    await scene.approve(asked.id, 'grace');
    await happens(scene, asked);
    return asked.id;
  };

/** For which commit an approval is. */
export const moments: readonly Attack[] = [
  {
    name: 'a commit after the approval',
    because: needsOne,
    attack: then((scene, { branch }) => scene.fixture.pushBy(path, 'ada', branch, { [file]: text })),
  },
  {
    name: 'another commit in place of the approved one',
    because: needsOne,
    attack: then((scene, { branch }) => scene.fixture.pushBy(path, 'ada', branch, { [file]: text }, 'instead')),
  },
  {
    name: 'a line that says nothing, after the approval',
    because: needsOne,
    attack: then((scene, { branch }) =>
      scene.fixture.pushBy(path, 'ada', branch, { [file]: `${requestText({ duration: '1h' })}# thanks\n` }),
    ),
  },
  {
    name: 'the approved commit pushed away and back',
    because: needsOne,
    needs: 'pushBack',
    attack: then(async (scene, { branch, head }) => {
      await scene.fixture.pushBy(path, 'ada', branch, { [file]: text });
      await scene.fixture.pushBack?.(path, 'ada', branch, head);
    }),
    merged: false,
  },
  {
    name: 'an approval that may be of an older page',
    because: needsOne,
    needs: 'approvalsByTime',
    says: dwell,
    honest: ['written'],
    attack: then(() => Promise.resolve()),
  },
  {
    name: 'an approval that is only written',
    because: needsOne,
    attack: async (scene) => {
      const { id, head } = await scene.ask({ [file]: text });
      await scene.fixture.commentBy(path, 'grace', id, `/lockkeeper approve ${head}`);
      return id;
    },
  },
  {
    name: 'an approval in words',
    because: needsOne,
    attack: async (scene) => {
      const { id } = await scene.ask({ [file]: text });
      await scene.fixture.commentBy(path, 'grace', id, 'LGTM, approved :+1:\n\n/approve');
      return id;
    },
  },
  {
    name: 'a commit named by somebody else',
    because: needsOne,
    needs: 'approvalsByTime',
    says: dwell,
    honest: ['written'],
    attack: then((scene, { id, head }) => scene.fixture.commentBy(path, 'ada', id, `/lockkeeper approve ${head}`)),
  },
  {
    name: 'another commit named',
    because: needsOne,
    needs: 'approvalsByTime',
    says: dwell,
    honest: ['written'],
    attack: then(async (scene, { id, branch, head }) => {
      await scene.fixture.commentBy(path, 'grace', id, `/lockkeeper approve ${head}`);
      await scene.fixture.pushBy(path, 'ada', branch, { [file]: text });
    }),
  },
  {
    name: 'a short name of the commit',
    because: needsOne,
    needs: 'approvalsByTime',
    says: dwell,
    honest: ['written'],
    attack: then((scene, { id, head }) => scene.fixture.commentBy(path, 'grace', id, `/lockkeeper approve ${head.slice(0, 12)}`)),
  },
  {
    name: 'a comment that somebody edited',
    because: needsOne,
    needs: 'approvalsByTime',
    says: dwell,
    honest: ['written'],
    attack: then(async (scene, { id, head }) => {
      const comment = await scene.fixture.commentBy(path, 'grace', id, 'looks good');
      await scene.fixture.editCommentAsPerson(path, id, comment, `/lockkeeper approve ${head}`);
    }),
  },
  {
    name: 'a commit named in a quote',
    because: needsOne,
    needs: 'approvalsByTime',
    says: dwell,
    honest: ['written'],
    attack: then((scene, { id, head }) => scene.fixture.commentBy(path, 'grace', id, `> /lockkeeper approve ${head}\n\nno`)),
  },
  {
    name: 'a status that somebody set',
    because: needsOne,
    attack: async (scene) => {
      const { id, branch, head } = await scene.ask({ [file]: text });
      await scene.fixture.forge.setStatus(
        path,
        { commit: head, branch, request: id },
        { name: statusName, state: 'success', description: 'approved' },
      );
      return id;
    },
  },
  {
    name: 'an approval after the merge',
    because: needsOne,
    needs: 'approveMergedBy',
    attack: async (scene) => (await scene.ask({ [file]: text })).id,
    merged: needsOne,
  },
  {
    name: 'one that waited too long',
    because: needsOne,
    attack: async (scene) => {
      const { id } = await scene.ask({ [file]: text });
      await scene.review(id);
      scene.lateMs = 25 * 3_600_000;
      return id;
    },
    merged: false,
  },
];
