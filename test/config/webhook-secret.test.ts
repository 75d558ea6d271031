import { webhookSecret } from '../../src/config/webhook-secret.ts';
import { fc } from '../support/fuzz.ts';

const names = { forges: [], clusters: [], environments: [], listed: [], discovers: false };
const isTaken = (secret: string): boolean => webhookSecret(secret, names) === undefined;

test.each([
  'development',
  'b1946ac92492d23',
  'changemechangeme',
  'secret-secret-secret',
  'my-webhook-secret-1',
  'MyWebhookSecret2026',
  'gitlab_webhook_token',
  'your-secret-here',
  'development-development',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  '1212121212121212',
  '0123456789abcdef',
  'fedcba9876543210',
  'correct horse battery staple',
  'whsec_c2hvcnQ=',
  `b1946ac92492d234\n`,
])('%j is refused', (secret) => {
  expect(isTaken(secret)).toBe(false);
});

test.each(['correct-horse-battery', 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=', 'b1946ac92492d234'])('%j is taken', (secret) => {
  expect(isTaken(secret)).toBe(true);
});

test('whatever a machine makes up is taken', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 64 }), (bytes) => {
      const random = Buffer.from(bytes);
      fc.pre(new Set(random).size > 14);
      return ['hex', 'base64', 'base64url'].every((encoding) => isTaken(random.toString(encoding as BufferEncoding)));
    }),
  );
});

test('what was found is never said', () => {
  expect(webhookSecret('changemechangeme', names)).toEqual({ expected: expect.stringContaining('at least 16 characters') });
});
