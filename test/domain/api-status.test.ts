import { statusOf } from '../../src/domain/api-status.ts';

const reply = (body: string) => statusOf({ status: 400, warnings: [], body });

test('what was sent is not repeated', () => {
  const message = 'the object provided is unrecognized (must be of type Secret): json: unsupported value: +Inf (61706956657273696f6e ...)';
  expect(reply(JSON.stringify({ message })).message).toBe(
    'the object provided is unrecognized (must be of type Secret): json: unsupported value: +Inf',
  );
});

test.each([
  ['a text', '404 page not found\n', '404 page not found'],
  ['nothing', '', 'answered 400'],
  ['JSON that is no Status', '[1]', '[1]'],
])('an answer that is %s is its own message', (_, body, message) => {
  expect(reply(body)).toEqual({ code: 400, reason: '', message, causes: [] });
});
