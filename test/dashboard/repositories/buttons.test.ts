import { ConflictError, RefusedError } from '../../../src/domain/errors.ts';
import type { CommitStatus } from '../../../src/domain/forge.ts';
import type { Viewer } from '../../../src/domain/site.ts';
import { aViewer, press } from '../../support/site-visitor.ts';
import { address, details, head, older, path, person, world } from './world.ts';

const status = (name: string, state: CommitStatus['state']): CommitStatus => ({ name: `lockkeeper/${name}`, state, description: '' });
const red = { statuses: [status('validate', 'failure')] };
const gated = (state?: CommitStatus['state']) => ({
  asksForAccess: true,
  statuses: [status('validate', 'success'), ...(state === undefined ? [] : [status('access', state)])],
});

test.each([
  ['comment', { text: ' Why?\r\nBecause. ' }, ['say', path, 7, 'grace', 'Why?\nBecause.']],
  ['approve', { head }, ['approve', path, 7, 'grace', head]],
  ['withdraw', {}, ['withdraw', path, 7, 'grace']],
  ['draft', {}, ['setDraft', path, 7, 'grace', true]],
  ['ready', {}, ['setDraft', path, 7, 'grace', false]],
  ['merge', { head }, ['merge', path, 7, 'grace', head]],
  ['close', {}, ['close', path, 7, 'grace']],
  ['reopen', {}, ['reopen', path, 7, 'grace']],
  ['validate', {}, ['judgeAgain', path, 7]],
])('%s, as who looks, and back to the page', async (act, fields: Record<string, string>, expected) => {
  const { site, asked } = world();
  const answer = await press(site, `${address}/${act}`, fields, person('grace'));
  expect([answer.status, answer.location, asked]).toEqual([303, address, [expected]]);
});

test.each([
  ['an empty comment', {}, 'comment', { text: ' \n ' }, 'The comment is empty'],
  ['approving a head that moved', {}, 'approve', { head: older }, 'It moved'],
  ['approving without a head', {}, 'approve', {}, 'It moved'],
  ['approving what one opened', { author: 'grace' }, 'approve', { head }, 'somebody else has to approve it'],
  ['merging a head that moved', {}, 'merge', { head: older }, 'It moved'],
  ['merging what is rejected, without a word', red, 'merge', { head }, 'Validation rejects it. Tick the box'],
  ['merging without a verdict', { statuses: [status('validate', 'error')] }, 'merge', { head, anyway: 'no' }, 'no verdict. Tick the box'],
  ['merging a draft', { draft: true }, 'merge', { head, anyway: 'yes' }, 'It is a draft'],
  ['merging what conflicts', { mergeRequest: { conflicts: true } }, 'merge', { head, anyway: 'yes' }, 'It conflicts with main'],
  ['merging what is closed', { mergeRequest: { state: 'closed' as const } }, 'merge', { head, anyway: 'yes' }, 'It is closed'],
  ['merging access that the gate refuses', gated('failure'), 'merge', { head, anyway: 'yes' }, 'once the gate is open'],
  ['merging access that the gate has not seen', gated(), 'merge', { head, anyway: 'yes' }, 'once the gate is open'],
  ['merging access that the gate could not judge', gated('error'), 'merge', { head, anyway: 'yes' }, 'once the gate is open'],
  ['validating what is merged', { mergeRequest: { state: 'merged' as const } }, 'validate', {}, 'nothing to judge'],
])('%s is told why not, and nothing is done', async (_, change, act, fields: Record<string, string>, why) => {
  const { site, asked } = world(details(change));
  const answer = await press(site, `${address}/${act}`, fields, person('grace'));
  expect([answer.status, asked]).toEqual([409, []]);
  expect(answer.body).toContain(why);
  expect(answer.body).toContain(`href="${address}"`);
});

test.each([
  ['what is rejected, by who says so', red, { head, anyway: 'yes' }],
  ['what nobody has judged', { statuses: [] }, { head }],
  ['access behind an open gate', gated('success'), { head }],
])('merges %s', async (_, change, fields: Record<string, string>) => {
  const { site, asked } = world(details(change));
  expect((await press(site, `${address}/merge`, fields, person('grace'))).status).toBe(303);
  expect(asked).toEqual([['merge', path, 7, 'grace', head]]);
});

const acts = ['comment', 'approve', 'withdraw', 'draft', 'ready', 'merge', 'close', 'reopen'];
const fields = { text: 'x', head, anyway: 'yes' };

test.each<[string, Viewer, number, string]>([
  ['may not push', person('grace', { acts: () => false }), 403, 'whoever may push'],
  ['does not see it', person('grace', { sees: () => false }), 405, ''],
  ['is nobody of a forge', aViewer(), 403, 'Choose at the top'],
  ['is of another forge', aViewer({ user: { forge: 'gitlab', id: '1', name: 'grace' } }), 403, 'signed in with gitlab'],
])('who %s does none of it', async (_, viewer, expected, why) => {
  const { site, asked } = world();
  for (const act of acts) {
    const answer = await press(site, `${address}/${act}`, fields, viewer);
    expect([act, answer.status]).toEqual([act, expected]);
    expect(answer.body).toContain(why);
  }
  expect(asked).toEqual([]);
});

test('validating again needs no name, and the right to push', async () => {
  const { site, asked } = world();
  expect((await press(site, `${address}/validate`, {}, aViewer({ acts: () => false }))).status).toBe(403);
  expect(asked).toEqual([]);
  expect((await press(site, `${address}/validate`, {}, aViewer())).status).toBe(303);
});

test.each(['/dance', '/merge/x', ''])('%s is no button', async (act) => {
  const { site, asked } = world();
  expect([(await press(site, `${address}${act}`, fields, person('grace'))).status, asked]).toEqual([405, []]);
});

test.each([
  '/platform/environments/staging/merge_requests/07/close',
  '/..%2fsecret/merge_requests/7/close',
  '/nowhere/merge_requests/7/close',
])('%s is no merge request', async (at) => {
  const { site, asked } = world();
  expect([(await press(site, at, fields, person('grace'))).status, asked]).toEqual([405, []]);
});

test.each([
  ['it moved', new ConflictError('local:x', 'local:x: merge request 7 has got another commit'), 409],
  ['the forge says no', new RefusedError('local:x', 'local:x: <b>archived</b>'), 422],
])('%s meanwhile: the page says what the forge said', async (_, error, expected) => {
  const { site } = world(details(), { approve: () => Promise.reject(error), merge: () => Promise.reject(error) });
  for (const act of ['approve', 'merge']) {
    const answer = await press(site, `${address}/${act}`, { head }, person('grace'));
    expect(answer.status).toBe(expected);
    expect(answer.body).not.toContain('<b>archived');
  }
});

test('the forge’s own reason why it does not merge', async () => {
  const { site } = world(details(), { merge: async () => ({ outcome: 'refused', reason: 'it conflicts with main in a.yaml' }) });
  expect((await press(site, `${address}/merge`, { head }, person('grace'))).body).toContain(
    'It was not merged: it conflicts with main in a.yaml.',
  );
});

test('opens a merge request from a branch, and shows it', async () => {
  const { site, asked } = world();
  const form = { branch: 'hot-<b>fix', target: 'main', title: ' A fix ', description: 'Why' };
  const answer = await press(site, `/${path}/merge_requests`, form, person('grace'));
  expect([answer.status, answer.location]).toEqual([303, `/${path}/merge_requests/8`]);
  expect(asked).toEqual([['propose', path, { branch: 'hot-<b>fix', target: 'main', title: 'A fix', description: 'Why' }, 'grace']]);
});

test('a repository has one name, and no button under another', async () => {
  const { site, asked } = world();
  const answer = await press(site, `/${path}.git/merge_requests/7/merge`, { head }, person('grace'));
  expect([answer.status, asked]).toEqual([405, []]);
});

test.each<[string, Record<string, string>, Viewer, number]>([
  ['without a title', { branch: 'x', target: 'main', title: ' ' }, person('grace'), 409],
  ['with a title of several lines', { branch: 'x', target: 'main', title: 'x\n\nRequested-by: alice' }, person('grace'), 409],
  ['with a title that has no end', { branch: 'x', target: 'main', title: 'x'.repeat(256) }, person('grace'), 409],
  ['from a branch that no git has', { branch: 'x'.repeat(60_000), target: 'main', title: 'x' }, person('grace'), 409],
  ['without a name', { branch: 'x', target: 'main', title: 'x' }, aViewer(), 403],
  ['without the right', { branch: 'x', target: 'main', title: 'x' }, person('grace', { acts: () => false }), 403],
  ['unseen', { branch: 'x', target: 'main', title: 'x' }, person('grace', { sees: () => false }), 405],
])('none %s', async (_, form, viewer, expected) => {
  const { site, asked } = world();
  expect([(await press(site, `/${path}/merge_requests`, form, viewer)).status, asked]).toEqual([expected, []]);
});
