import { parseRequest } from '../../../src/access/request/parse.ts';
import { accessPath, freePath } from '../../../src/access/request/path.ts';
import { requestFile, requestTitle } from '../../../src/access/request/text.ts';
import type { AccessRequest } from '../../../src/domain/access.ts';
import { fc } from '../../support/fuzz.ts';

const asked: AccessRequest = {
  namespace: 'billing',
  subject: { kind: 'user', name: 'alice' },
  level: 'admin',
  reason: 'INC-1234: migration stuck',
  durationMs: 7_200_000,
  breakGlass: false,
};

test('the file reads as the design has it', () => {
  expect(requestFile(asked)).toBe('user: alice\nlevel: admin\nreason: "INC-1234: migration stuck"\nduration: 2h\n');
  expect(requestFile({ ...asked, subject: { kind: 'group', name: 'yes' }, reason: 'a "b" \\', breakGlass: true })).toBe(
    'group: "yes"\nlevel: admin\nreason: "a \\"b\\" \\\\"\nduration: 2h\nbreakGlass: true\n',
  );
});

test('what is written is read as it was meant, or refused', () => {
  const names = fc.oneof(
    fc.stringMatching(/^\w[\w.-]{0,20}$/),
    fc.constantFrom('123', 'null', '1e3', '0x1', 'No', '1_0', '2026-01-01', '_'),
  );
  const arbitrary = fc.record({
    namespace: fc.constant('billing'),
    subject: fc.record({ kind: fc.constantFrom('user' as const, 'group' as const), name: names }),
    level: fc.constantFrom('readonly' as const, 'developer' as const, 'admin' as const),
    reason: fc.string({ minLength: 1, maxLength: 500, unit: 'binary' }),
    durationMs: fc.integer({ min: 60, max: 10_000_000 }).map((seconds) => seconds * 1000),
    breakGlass: fc.boolean(),
  });
  fc.assert(
    fc.property(arbitrary, (request) => {
      const parsed = parseRequest('access/billing/x.yml', Buffer.from(requestFile(request)));
      if ('request' in parsed) expect(parsed.request).toEqual(request);
      else expect(request.reason).toMatch(/[^\x21-\x7e]/);
    }),
    { numRuns: 500 },
  );
});

test.each([
  [asked, 'access: alice, admin of billing for 2h'],
  [
    { ...asked, subject: { kind: 'group' as const, name: 'team-payments' }, breakGlass: true, durationMs: 1_800_000 },
    'access: the group team-payments, admin of billing for 30m (break-glass)',
  ],
])('%j', (request, title) => {
  expect(requestTitle(request)).toBe(title);
});

test.each([
  ['alice', [], 'access/billing/alice.yml'],
  ['alice', ['access/billing/alice.yml', 'access/billing/alice-3.yml'], 'access/billing/alice-2.yml'],
  ['Alice', ['access/billing/ALICE.yml'], 'access/billing/alice-2.yml'],
  ['alice', ['access/billing/alice.yaml'], 'access/billing/alice-2.yml'],
  ['_a..b', [], 'access/billing/a.b.yml'],
  ['__', [], 'access/billing/request.yml'],
  ['a'.repeat(300), [], `access/billing/${'a'.repeat(80)}.yml`],
])('%s beside %j', (name, taken, path) => {
  expect(freePath('billing', name, taken)).toBe(path);
  expect(accessPath(path)?.namespace).toBe('billing');
});
