import { requestWord } from '../../src/domain/forge.ts';

test.each([
  [['github'], 'pull request'],
  [['github', 'github'], 'pull request'],
  [['gitlab'], 'merge request'],
  [['local'], 'merge request'],
  [['github', 'gitlab'], 'merge request'],
  [[], 'merge request'],
] as const)('where people work in %j they speak of a %s', (types, word) => {
  expect(requestWord(...types)).toBe(word);
});
