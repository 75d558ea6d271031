import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import { endingWorld } from '../../support/ending-world.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { describeWith } from '../../support/parts.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const root = temporaryFolder();
const hour = new Date('2026-11-21T14:00:00Z');
const later = (ms: number) => new Date(hour.getTime() + ms);

describeWith('git', 'the end of a grant', () => {
  const clock = { now: hour };
  const begin = () => endingWorld(localFixture(root(), createLocal({ name: 'local', path: root() })), () => clock.now);
  beforeEach(() => {
    clock.now = hour;
  });

  test('before its hour nothing happens, but for one reminder', async () => {
    const { pass, record, told, entries, state } = await begin();
    clock.now = later(-11 * 60_000);
    await pass();
    expect(told.reminders).toEqual([]);
    clock.now = later(-9 * 60_000);
    await pass();
    await pass();
    expect(told.reminders).toEqual([9 * 60_000]);
    expect(record()).toMatchObject({ state: 'active', reminded: true });
    expect([state.live.length, entries(), told.ended]).toEqual([1, [], []]);
  });

  test('at its hour: journal, cluster, journal, people, and the file is gone by a merge request', async () => {
    const { pass, record, told, entries, state, forge, path, file, reads, grant, comments, request } = await begin();
    clock.now = later(700);
    await pass();
    expect(state.live).toEqual([]);
    expect(record()).toMatchObject({ state: 'ended', because: 'its time is up', by: 'lockkeeper', goneAt: '2026-11-21T14:00:00.700Z' });
    const about = {
      kind: 'revocation',
      actor: 'lockkeeper',
      why: 'its time is up',
      grant: grant.id,
      subject: 'user:alice',
      level: 'admin',
    };
    expect(entries()).toEqual([
      expect.objectContaining({ ...about, phase: 'begin', early: false, event: `access end ${grant.id}`, approvedBy: 'lead' }),
      expect.objectContaining({ ...about, phase: 'end', secondsAfterExpiry: 0.7, heldSeconds: 7200.7, event: `access gone ${grant.id}` }),
    ]);
    expect(told).toMatchObject({ alarms: [], problems: [], took: [0.7] });
    expect(told.ended).toEqual([{ grant, because: 'its time is up', goneAt: '2026-11-21T14:00:00.700Z' }]);
    expect(record()?.removal).toMatchObject({ merged: true });
    await reads();
    expect(state.files).toEqual({});
    const { commit } = await forge.state(path);
    expect((await forge.changedBy(path, commit)).paths).toEqual([{ path: file, kind: 'removed' }]);
    expect(await comments(path, request)).toEqual([]); // it came to its hour: nothing could come back
    const before = JSON.stringify([record(), entries(), told]);
    await pass();
    expect(JSON.stringify([record(), entries(), told])).toBe(before);
  });

  test('what the merge request that takes the file away says', async () => {
    const { pass, record, forge, path } = await begin();
    await pass();
    const { title, labels, branch } = await forge.gatedRequest(path, record()?.removal?.request ?? 0);
    expect({ title, labels, branch }).toEqual({
      title: 'access: end alice, admin of billing',
      labels: ['lockkeeper-access'],
      branch: 'lockkeeper-access/end-g00000000000000000001',
    });
  });

  test.each([
    ['by anybody', undefined, 'access/billing/alice.yml was taken off the default branch'],
    [
      'for another request',
      'user: bob\n',
      'access/billing/alice.yml was changed on the default branch: what it says now is another request',
    ],
  ])('a file that goes %s ends the grant at once, and a comment keeps it from coming back', async (_, content, because) => {
    const { pass, record, state, pushAsPerson, path, file, reads, comments, request, countMergeRequests } = await begin();
    clock.now = later(-3_600_000);
    await pushAsPerson(path, 'main', { [file]: content }, 'change of mind');
    await reads();
    await pass();
    expect(state.live).toEqual([]);
    expect(record()).toMatchObject({ state: 'ended', because, noted: true });
    expect(record()?.removal).toBeUndefined();
    expect(await countMergeRequests(path)).toBe(1);
    const [comment = ''] = await comments(path, request);
    expect(comment).toContain('**Ended before its hour**, 2026-11-21 13:00:00 UTC: ');
    expect(comment).toContain('gives nothing any more');
  });

  test('who revokes it, and why, is in the journal before it is gone', async () => {
    const { revoke, record, entries, state, told, comments, path, request, grant } = await begin();
    clock.now = later(-3_600_000);
    expect(await revoke({ by: 'local:lead', reason: '  found\nthe bug @all ' })).toBe('revoked');
    expect(state.live).toEqual([]);
    const because = 'revoked: found the bug @all';
    expect(entries()[0]).toMatchObject({ actor: 'local:lead', why: because, early: true });
    expect(entries()[1]).toMatchObject({ phase: 'end', secondsAfterExpiry: -3600, heldSeconds: 3600 });
    expect(told.ended).toEqual([{ grant, because, by: 'local:lead', goneAt: '2026-11-21T13:00:00.000Z' }]);
    expect(record()).toMatchObject({ state: 'ended', noted: true, removal: { merged: true } });
    const [comment = ''] = await comments(path, request);
    expect(comment).toContain('revoked: found the bug @\u200ball (by local:lead)');
    expect(await revoke({ by: 'local:lead' })).toBe('over');
    expect(await revoke({ by: 'local:lead' }, 'g9')).toBe('unknown');
    expect(entries()).toHaveLength(2);
  });

  test('a grant that was edited in the cluster is taken away with an alarm', async () => {
    const { pass, record, state, told, entries, grant } = await begin();
    clock.now = later(-3_600_000);
    state.edited = 'a subject was added: eve';
    await pass();
    expect(told.alarms).toEqual([
      {
        key: `changed ${grant.id}`,
        text: `the grant ${grant.id} of alice in billing was changed in the cluster, and is taken away: a subject was added: eve`,
        url: grant.url,
      },
    ]);
    expect(state.live).toEqual([]);
    expect(record()).toMatchObject({ state: 'ended', because: 'it was changed in the cluster: a subject was added: eve' });
    expect(entries()[0]).toMatchObject({ why: 'it was changed in the cluster: a subject was added: eve', early: true });
  });

  test('a grant whose binding is gone is not given again, and is no alarm', async () => {
    const { pass, record, state, told } = await begin();
    clock.now = later(-3_600_000);
    state.live = [];
    await pass();
    expect(record()).toMatchObject({ state: 'ended', because: 'its binding was deleted in the cluster before its hour', noted: true });
    expect([told.alarms, told.ended.length]).toEqual([[], 1]);
  });

  test('a grant whose binding has lost its label is one that was changed', async () => {
    const { pass, record, state, told } = await begin();
    clock.now = later(-3_600_000);
    state.live = [];
    state.hidden = true;
    await pass();
    expect(record()).toMatchObject({ state: 'ended', because: 'it was changed in the cluster: its binding has lost its label' });
    expect(told.alarms).toHaveLength(1);
  });

  const stranger = { id: 'g2', namespace: 'vault', binding: { uid: 'u2' } };

  test('a binding of nobody is taken away with an alarm, each time anew', async () => {
    const { pass, state, told } = await begin();
    clock.now = later(-3_600_000);
    const { live } = state;
    state.live = [...live, stranger, { id: 'g3', namespace: 'vault' }];
    await pass();
    expect(state.live).toEqual(live);
    expect(told.alarms).toEqual([
      { key: 'stranger vault/g2 u2', text: 'a binding of the grant g2 in vault came with no merge request, and is taken away' },
      { key: 'stranger vault/g3 timer', text: 'a timer of the grant g3 in vault came with no merge request, and is taken away' },
    ]);
    state.live = [...live, { ...stranger, binding: { uid: 'u3' } }];
    await pass();
    expect(told.alarms.at(-1)?.key).toBe('stranger vault/g2 u3');
  });

  test('a grant that ended and comes back is taken away with an alarm', async () => {
    const { pass, state, told, grant, entries } = await begin();
    const { live } = state;
    await pass();
    state.live = live;
    await pass();
    expect(state.live).toEqual([]);
    expect(told.alarms).toEqual([
      expect.objectContaining({ text: `a binding of the grant ${grant.id} in billing came back after it had ended, and is taken away` }),
    ]);
    expect(entries()).toHaveLength(2);
  });

  test('what another environment of the cluster gave stays, and so does everything while one was never read', async () => {
    const { pass, state, told, grant } = await begin();
    clock.now = later(-3_600_000);
    state.live = [...state.live, stranger];
    state.others = [{ grants: [], files: {} }, { grants: [] }];
    await pass();
    expect(told.problems).toEqual([expect.stringMatching(/no merge request is known for it, and it stays until the files of every/)]);
    state.others = [{ grants: [{ grant: { ...grant, ...stranger }, state: 'active' }], files: {} }];
    await pass();
    expect([state.live.length, told.alarms]).toEqual([2, []]);
    state.others = [{ grants: [{ grant: { ...grant, ...stranger }, state: 'ended' }], files: {} }];
    await pass();
    expect([state.live.length, told.alarms.length]).toEqual([1, 1]);
  });

  test('what came back after its end is taken, though another environment was never read', async () => {
    const { pass, state, told, grant } = await begin();
    clock.now = later(-3_600_000);
    state.live = [...state.live, stranger];
    state.others = [{ grants: [{ grant: { ...grant, ...stranger }, state: 'ended' }], files: {} }, { grants: [] }];
    await pass();
    expect([state.live.length, told.alarms.length, told.problems]).toEqual([1, 1, []]);
  });

  test('while the cluster is silent the journal says what is due, and the next pass takes it', async () => {
    const { pass, state, record, told, entries } = await begin();
    state.silent.cluster = true;
    await pass();
    expect(record()).toMatchObject({ state: 'ending', because: 'its time is up' });
    expect(told.problems).toEqual([
      'looking at the cluster: the cluster does not answer',
      'the grant g00000000000000000001: the cluster does not answer',
    ]);
    state.silent.cluster = false;
    clock.now = later(40_000);
    await pass();
    expect(record()).toMatchObject({ state: 'ended', goneAt: '2026-11-21T14:00:40.000Z' });
    expect(entries().map((entry) => entry['phase'])).toEqual(['begin', 'end']);
    expect(told.took).toEqual([40]);
  });

  test('while the forge is silent the binding goes all the same, and the file follows', async () => {
    const { pass, state, record, told } = await begin();
    state.silent.forge = true;
    await pass();
    expect([state.live, record()?.state, record()?.removal]).toEqual([[], 'ended', undefined]);
    expect(told.problems).toEqual(['the grant g00000000000000000001: the forge does not answer']);
    state.silent.forge = false;
    await pass();
    expect(record()?.removal).toMatchObject({ merged: true });
  });

  test('one grant that cannot be ended keeps nobody from ending the next', async () => {
    const { pass, state, grant } = await begin();
    const broken = { ...grant, id: 'g2', until: 'never' };
    state.known = [{ grant: { ...broken, from: 'ever' }, state: 'ending', because: '', goneAt: 'nonsense' }, ...state.known];
    await pass();
    expect(state.live).toEqual([]);
    expect(state.known[1]).toMatchObject({ state: 'ended' });
  });
});
