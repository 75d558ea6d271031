import { type Claim, Claims, type Held } from '../../../src/validation/verdict/claims.ts';

const never = new AbortController().signal;

/** Claims that write down what happens to them; `key=content`. */
function recorded() {
  const happened: string[] = [];
  const claims = new Claims();
  const claim = (text: string): Claim => {
    const [key = '', content = ''] = text.split('=');
    return {
      key,
      content,
      make: async () => {
        await Promise.resolve();
        happened.push(`+${text}`);
        return { kind: 'ours' };
      },
      remove: async () => {
        await Promise.resolve();
        happened.push(`-${text}`);
      },
    };
  };
  const take = (texts: string, signal = never): Promise<Held> => claims.take(texts.split(' ').map(claim), signal);
  return { happened, claims, take };
}

/** What is waiting stays so until something happens: all that can happen by itself has happened. */
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

test('the same content is made once and removed by the last who holds it', async () => {
  const { happened, take } = recorded();
  const [one, two] = await Promise.all([take('a=1'), take('a=1')]);
  await one.release();
  expect(happened).toEqual(['+a=1']);
  await two.release();
  expect(happened).toEqual(['+a=1', '-a=1']);
});

test('another content waits until the first is gone', async () => {
  const { happened, take } = recorded();
  const one = await take('a=1');
  const waiting = take('a=2');
  await settle();
  expect(happened).toEqual(['+a=1']);
  await one.release();
  await (await waiting).release();
  expect(happened).toEqual(['+a=1', '-a=1', '+a=2', '-a=2']);
});

test('who comes later does not pass who waits, but joins those who want the same', async () => {
  const { happened, take } = recorded();
  const first = await take('a=1');
  const all = [take('a=2'), take('a=1'), take('a=2')];
  await settle();
  expect(happened).toEqual(['+a=1']);
  await first.release();
  const [two, , again] = all;
  await Promise.all([(await two)?.release(), (await again)?.release()]);
  await (await all[1])?.release();
  expect(happened).toEqual(['+a=1', '-a=1', '+a=2', '-a=2', '+a=1', '-a=1']);
});

test('sets that want the same things in other orders do not wait for one another in a circle', async () => {
  const { take } = recorded();
  const contents = ['1', '2', '3'];
  const held = Array.from({ length: 30 }, async (_, index) => {
    const content = contents[index % contents.length] ?? '';
    const wanted = index % 2 === 0 ? `a=${content} b=${content} c=1` : `c=2 b=${content} a=1`;
    await settle();
    await (await take(wanted)).release();
    return true;
  });
  expect(await Promise.all(held)).toHaveLength(30);
});

test('who stops waiting holds nothing, and keeps nobody else waiting', async () => {
  const { happened, take } = recorded();
  const one = await take('b=1');
  const stop = new AbortController();
  const waiting = take('a=1 b=2', stop.signal);
  await settle();
  stop.abort(new Error('superseded'));
  await expect(waiting).rejects.toThrow('superseded');
  const other = await take('a=2 b=1');
  await Promise.all([one.release(), other.release()]);
  expect(happened.slice(0, 4)).toEqual(['+b=1', '+a=1', '-a=1', '+a=2']);
  expect(happened.slice(4).toSorted()).toEqual(['-a=2', '-b=1']);
});

test('what cannot be made is told to all who want it, and can be tried again', async () => {
  const claims = new Claims();
  let fails = true;
  const claim: Claim = {
    key: 'a',
    content: '1',
    make: () => (fails ? Promise.reject(new Error('no server')) : Promise.resolve({ kind: 'ours' })),
    remove: () => Promise.resolve(),
  };
  const both = [claims.take([claim], never), claims.take([claim], never)];
  for (const one of both) await expect(one).rejects.toThrow('no server');
  fails = false;
  await expect(claims.take([claim], never)).resolves.toBeDefined();
});
