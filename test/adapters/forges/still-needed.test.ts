import { stillNeeded } from '../../../src/adapters/forges/still-needed.ts';
import type { MergeRequest } from '../../../src/domain/forge.ts';
import { writeMarker } from '../../../src/domain/identifiers.ts';
import { aMergeRequest, aProposal } from '../../support/builders/proposals.ts';

const now = new Date('2026-11-20T12:00:00Z');
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();
const newest = aMergeRequest({ id: 9, state: 'merged', endedAt: daysAgo(200) });
const old = (change: Partial<MergeRequest>): MergeRequest => aMergeRequest({ id: 3, updatedAt: daysAgo(200), ...change });
const rollback = writeMarker({
  app: 'billing',
  environment: 'staging',
  content: 'c',
  title: 't',
  rollback: { left: [], by: 'ada', why: '' },
});

test.each<[string, MergeRequest, boolean]>([
  ['one that is open', old({ state: 'open' }), true],
  ['one that a person closed', old({ state: 'closed' }), true],
  ['one that we closed', { ...aMergeRequest({ id: 3, state: 'closed', updatedAt: daysAgo(200) }, aProposal({}), 'gone') }, false],
  ['one that was merged long ago', old({ state: 'merged', endedAt: daysAgo(91) }), false],
  ['one that was merged lately', old({ state: 'merged', endedAt: daysAgo(89) }), true],
  ['one that was merged, nobody knows when, and has not changed for long', old({ state: 'merged' }), false],
  ['a rollback that was merged long ago', old({ state: 'merged', description: rollback }), true],
  ['a rollback that we closed', old({ state: 'closed', description: rollback.replace('"rollback"', '"closed":"gone","rollback"') }), false],
  ['the newest of another branch', old({ state: 'merged', branch: 'lockkeeper/web' }), true],
])('%s: %j', (_, request, expected) => {
  expect([newest, request].filter(stillNeeded(now)).includes(request)).toBe(expected);
  expect([newest, request].filter(stillNeeded(now))).toContain(newest);
});
