import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommentPorts, obeyAsking } from '../../../src/access/request/comment.ts';
import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import type { Forge } from '../../../src/domain/forge.ts';
import type { RequestComment } from '../../../src/domain/request-forge.ts';
import { settingsOf } from '../../support/builders/access.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { describeWith } from '../../support/parts.ts';

const place = { environment: 'staging', path: 'staging' };
const ask = '/lockkeeper access admin billing for 2h because INC-1234';

const settings = settingsOf({ rules: { approvers: ['lead'] } });

describeWith('git', 'a comment that asks for access', () => {
  let root = '';
  let fixture: ReturnType<typeof localFixture>;
  let store: MemoryStore;
  const ports = (forge: Partial<Forge> = {}): CommentPorts => ({
    forge: Object.assign(Object.create(fixture.forge) as Forge, forge),
    settings,
    held: [],
    store,
    now: new Date('2026-11-22T12:00:00Z'),
  });
  const said = (text: string, otherwise: Partial<RequestComment> = {}): RequestComment => ({
    id: 5,
    text,
    author: { id: 'alice', name: 'alice', bot: false },
    createdAt: '2026-11-22T11:59:00Z',
    edited: false,
    ...otherwise,
  });
  const obey = (comment: RequestComment, { forge = {}, alone = true }: { forge?: Partial<Forge>; alone?: boolean } = {}) =>
    obeyAsking(ports(forge), place, { name: `local:staging issue 3 ${comment.id}`, comment, url: 'https://forge.example.com/3', alone });
  const open = () => fixture.forge.openRequests('staging', 'main');

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'lockkeeper-comment-'));
    fixture = localFixture(root, createLocal({ name: 'local', path: root }));
    store = new MemoryStore();
    await fixture.createRepository('staging', { 'manifests/web.yaml': 'kind: Namespace\n' });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('opens a merge request for its author, and says where', async () => {
    const { text, answers } = await obey(said(`It is stuck again.\n\n${ask}`));
    expect(answers).toEqual([expect.objectContaining({ outcome: 'opened', id: 1 })]);
    expect(text).toMatch(/^\*\*.*access: alice, admin of billing for 2h.*\*\* asks for it, and says who may approve/);
    expect(await open()).toEqual([expect.objectContaining({ title: 'access: alice, admin of billing for 2h' })]);
    expect(fixture.read('staging', 1).description).toContain('https://forge.example.com/3');
  });

  test('again, and by another replica without the memory, is the same merge request', async () => {
    const first = await obey(said(ask));
    expect(await obey(said(ask))).toEqual(first);
    store = new MemoryStore();
    expect((await obey(said(ask))).answers).toEqual([expect.objectContaining({ outcome: 'there', id: 1 })]);
    expect(await fixture.countMergeRequests('staging')).toBe(1);
  });

  test('again after it was merged, or closed, asks for nothing', async () => {
    const first = await obey(said(ask));
    await fixture.mergeAsPerson('staging', 1);
    expect(await obey(said(ask))).toEqual(first);
    expect((await obey(said(ask, { id: 6 }))).answers).toEqual([expect.objectContaining({ outcome: 'opened', id: 2 })]);
    await fixture.closeAsPerson('staging', 2);
    await obey(said(ask, { id: 6 }));
    expect(await fixture.countMergeRequests('staging')).toBe(2);
  });

  test.each(['commit', 'open'] as const)('killed after %s, and merged before it came back: still one', async (step) => {
    const dying = async (...args: never[]): Promise<never> => {
      await (fixture.forge[step] as (...given: never[]) => Promise<unknown>).apply(fixture.forge, args);
      throw new Error('died');
    };
    await expect(obey(said(ask), { forge: { [step]: dying } })).rejects.toThrow('died');
    if (step === 'open') await fixture.mergeAsPerson('staging', 1);
    const { text } = await obey(said(ask));
    expect(await fixture.countMergeRequests('staging')).toBe(1);
    expect(text).toMatch(step === 'open' ? /^That was asked for, and merged\.$/ : /asks for it, and says who may approve/);
  });

  test('several lines are several requests, each answered', async () => {
    const { text, answers } = await obey(said(`${ask}\n/lockkeeper access readonly shop for 1h because INC-2\n/lockkeeper access root x`));
    expect(answers.map(({ outcome }) => outcome)).toEqual(['opened', 'opened']);
    expect(text).toContain('expected a level (readonly, developer, admin), found "root"');
    expect(await open()).toHaveLength(2);
  });

  describe('opens nothing, and says', () => {
    test.each<[string, string, RegExp]>([
      ['how to write it', '/lockkeeper access admin billing', /expected the word for, found nothing\.\n\nTo ask for access for yourself/],
      ['what app.yml does not allow', ask.replace('2h', '9h'), /^Nothing is asked for:\n\n- It asks for 9h, and 8h is the most\.$/],
      [
        'where nobody is given access',
        ask.replace('billing', 'kube-system'),
        /^Nothing is asked for:\n\n- Nobody is given access to kube-system/,
      ],
      ['what can be asked, at an issue', '/lockkeeper help', /^To ask for access for yourself/],
      ['what can be asked, to what it does not know', '/lockkeeper validate --now', /^To ask for access for yourself/],
    ])('%s', async (_, comment, answer) => {
      const { text } = await obey(said(comment));
      expect(text).toMatch(answer);
      expect(await open()).toEqual([]);
    });

    test('who may ask, to somebody who may not push', async () => {
      const { text } = await obey(said(ask), { forge: { mayWrite: () => Promise.resolve(false) } });
      expect(text).toBe('Nothing is asked for: `alice` may not push to this repository, and only who may can ask for access here.');
      expect(await open()).toEqual([]);
    });
  });

  test.each<[string, RequestComment, boolean?]>([
    ['was edited', said(ask, { edited: true })],
    ["is a bot's", said(ask, { author: { id: '9', name: 'robot', bot: true } })],
    ['quotes the line', said(`> ${ask}`)],
    ['has the line in code', said(`\`\`\`\n${ask}\n\`\`\``)],
    ['has it within a line', said(`please ${ask}`)],
    ['turns the line around', said(ask.replace('because', 'because \u202e'))],
    ['asks for something else at a merge request, where that is answered already', said('/lockkeeper validate'), false],
  ])('says and does nothing where it %s', async (_, comment, alone = true) => {
    const mayWrite = () => Promise.reject(new Error('nobody is to be asked for'));
    expect(await obey(comment, { forge: { mayWrite }, alone })).toEqual({ text: undefined, answers: [] });
    expect(await open()).toEqual([]);
  });

  test('at most five lines of one comment', async () => {
    const lines = Array.from({ length: 9 }, (_, at) => `/lockkeeper access admin shop-${at} for 1h because INC-${at}`);
    expect((await obey(said(lines.join('\n')))).answers).toHaveLength(5);
  });
});
