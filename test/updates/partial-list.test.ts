import { OutsideError } from '../../src/domain/errors.ts';
import type { ReleaseDetails } from '../../src/domain/release.ts';
import { isListPartial } from '../../src/updates/partial-list.ts';
import { aMergeRequest, aProposal } from '../support/builders/proposals.ts';

const [update] = aProposal().updates;
if (update === undefined) throw new Error('a proposal without updates');
const { reference, to } = update;
const list = (...versions: readonly string[]) => ({ releases: versions.map((version) => ({ version })), complete: true });
const known: ReleaseDetails = { labels: {} };

test.each<[string, readonly string[], () => Promise<ReleaseDetails | undefined>, boolean]>([
  ['the version is listed', [to.version], () => Promise.reject(new Error('not to be asked')), false],
  ['it is not, and the registry has it', ['1.0.0'], () => Promise.resolve(known), true],
  ['it is not, and the registry has it no more', ['1.0.0'], () => Promise.resolve(undefined), false],
  ['it is not, and the registry does not say', ['1.0.0'], () => Promise.reject(new OutsideError('host', 'down')), true],
])('%s', async (_, versions, details, partial) => {
  const registry = { releases: () => Promise.resolve(list(...versions)), details };
  expect(await isListPartial(registry, [{ reference, certain: true }], aMergeRequest())).toBe(partial);
});
