import { askForm, readWords } from '../../../src/access/request/words.ts';

const words = (text: string) => readWords(text.split(' ').filter((word) => word !== ''));

test.each([
  [
    'admin billing for 2h because INC-1234',
    { level: 'admin', namespace: 'billing', durationMs: 7_200_000, reason: 'INC-1234', breakGlass: false },
  ],
  [
    'readonly shop-1 for 1d12h because  it is  slow, for all because of me',
    { level: 'readonly', namespace: 'shop-1', durationMs: 129_600_000, reason: 'it is slow, for all because of me', breakGlass: false },
  ],
  [
    'break-glass admin billing for 30m because INC-1',
    { level: 'admin', namespace: 'billing', durationMs: 1_800_000, reason: 'INC-1', breakGlass: true },
  ],
])('%s', (text, asked) => {
  expect(words(text)).toEqual({ asked });
});

test.each([
  ['', 'expected a level (readonly, developer, admin), found nothing'],
  ['break-glass', 'expected a level (readonly, developer, admin), found nothing'],
  ['Admin billing for 2h because x', 'expected a level (readonly, developer, admin), found "Admin"'],
  ['constructor billing for 2h because x', 'expected a level (readonly, developer, admin), found "constructor"'],
  ['admin', 'expected a namespace, found nothing'],
  ['admin Billing for 2h because x', 'expected a namespace, found "Billing"'],
  ['admin billing/../vault for 2h because x', 'expected a namespace, found "billing/../vault"'],
  ['admin billing 2h because x', 'expected the word for, found "2h"'],
  ['admin billing for two hours because x', 'expected a duration such as 90m or 2h, found "two"'],
  ['admin billing for 2h', 'expected the word because, found nothing'],
  ['admin billing for 2h INC-1234', 'expected the word because, found "INC-1234"'],
  ['admin billing for 2h because', 'expected a reason, found nothing'],
  ['admin break-glass billing for 2h because x', 'expected the word for, found "billing"'],
  [`admin ${'A'.repeat(100)} for 2h because x`, `expected a namespace, found "${'A'.repeat(40)}"`],
])('%j is not understood', (text, problem) => {
  expect(words(text)).toEqual({ problem });
});

test('the form is one that is understood once its words are filled in', () => {
  const filled = askForm.replace('/lockkeeper access LEVEL NAMESPACE', 'developer shop').replace('DURATION', '1h').replace('REASON', 'x');
  expect(words(filled)).toMatchObject({ asked: { namespace: 'shop' } });
});
