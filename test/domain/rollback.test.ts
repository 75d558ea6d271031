import { execFileSync } from 'node:child_process';
import { readMarker, writeMarker } from '../../src/domain/identifiers.ts';
import { rollbackOffer } from '../../src/domain/rollback.ts';

test.each<[Parameters<typeof rollbackOffer>, string, string]>([
  [['staging', 'billing'], 'lockkeeper rollback --env staging --app billing', 'takes billing to what ran before'],
  [
    ['staging', 'billing', '1.6.0', '1.4.2'],
    'lockkeeper rollback --env staging --app billing --to 1.4.2',
    'takes billing from 1.6.0 to 1.4.2',
  ],
  [['staging'], 'lockkeeper rollback --env staging', 'takes the environment staging to what ran before'],
  [
    ['staging', undefined, 'a'.repeat(40), 'b'.repeat(40)],
    `lockkeeper rollback --env staging --to ${'b'.repeat(40)}`,
    'takes the environment staging from aaaaaaaa to bbbbbbbb',
  ],
])('after %j', (of, command, text) => {
  const offer = rollbackOffer(...of);
  expect(offer.command).toBe(command);
  expect(offer.text).toBe(`To go back, open the merge request that ${text}: ${command}`);
});

test('a shell reads back every word as it is', () => {
  const hostile = [`a'b`, '$(reboot)', '`x`; rm -rf /', 'a b\nc'] as const;
  for (const name of hostile) {
    const { command } = rollbackOffer(name, name, undefined, name);
    const words = execFileSync('sh', ['-c', `lockkeeper() { printf '%s\\0' "$@"; }; ${command}`], { encoding: 'utf8' });
    expect(words.split('\0').slice(0, -1)).toEqual(['rollback', '--env', name, '--app', name, '--to', name]);
  }
});

const mark = { left: [{ app: 'billing', package: 'oci x', version: '1.6.0', digest: 'sha256:1' }], by: 'ada', why: 'it --> fails <b>' };
const marker = { app: 'billing', environment: 'staging', content: 'c', title: 't' };

test('what a rollback notes is read back', () => {
  const text = writeMarker({ ...marker, rollback: mark });
  expect(text.match(/-->/g)).toHaveLength(1);
  expect(readMarker(`text\n${text}`)).toEqual({ ...marker, rollback: mark });
});

test.each([null, [], {}, { ...mark, left: [null] }, { ...mark, left: [{ app: 1 }] }, { ...mark, by: 1 }, { left: 'x', by: '', why: '' }])(
  'a marker with %j is none',
  (rollback) => {
    expect(readMarker(writeMarker({ ...marker, rollback: rollback as never }))).toBeUndefined();
  },
);
