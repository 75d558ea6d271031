import { nextHop } from '../../../src/adapters/http/redirect.ts';

const headers = { authorization: 'Basic x', 'private-token': 'y', cookie: 'z', accept: 'application/json', 'user-agent': 'lockkeeper' };

test('the same origin keeps every header', () => {
  expect(nextHop('https://a.example.com/x/y', '../z', headers)).toEqual({
    kind: 'go',
    url: 'https://a.example.com/z',
    headers,
    sameOrigin: true,
  });
});

test.each(['https://b.example.com/z', 'https://a.example.com:8443/z', '//b.example.com/z'])(
  '%s is another origin and gets no credentials',
  (location) => {
    const hop = nextHop('https://a.example.com/x', location, headers);
    expect(hop).toMatchObject({ kind: 'go', sameOrigin: false, headers: { accept: 'application/json', 'user-agent': 'lockkeeper' } });
    expect(JSON.stringify(hop)).not.toMatch(/Basic|private|cookie/);
  },
);

test.each([
  ['http://a.example.com/x', 'from https to plain http'],
  ['file:///etc/passwd', 'file: address'],
  ['https://[', 'nowhere'],
  [undefined, 'nowhere'],
])('%s is refused', (location, reason) => {
  expect(nextHop('https://a.example.com/x', location, headers)).toMatchObject({
    kind: 'refuse',
    reason: expect.stringContaining(reason) as string,
  });
});
