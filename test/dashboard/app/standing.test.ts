import { standingOf } from '../../../src/dashboard/app/standing.ts';
import type { InventoryRow } from '../../../src/domain/fleet.ts';
import { row } from '../../support/app-place.ts';

const bundle = { package: 'nexus.example.com/raw/billing/billing' };
const worker = { package: 'registry.example.com/payments/worker' };

const cases: readonly (readonly [name: string, rows: readonly Partial<InventoryRow>[], told: readonly string[]])[] = [
  ['nothing', [], []],
  ['one reference', [{}], ['1.4.2: current']],
  ['packages that stand alike', [{}, bundle, { file: 'other.yaml' }], ['1.4.2: current']],
  [
    'another version of one',
    [{}, { ...worker, version: '1.0.0', newest: '3.0.0' }],
    ['1.4.2 billing: current', '1.0.0 worker: 2 major behind'],
  ],
  ['the same version, behind differently', [{ newest: '1.4.3' }, worker], ['1.4.2: 1 patch behind']],
  ['a tag that was pointed elsewhere', [{ state: 'proposed' }], ['1.4.2: newer build']],
  [
    'one without a version comes last',
    [
      { version: '', newest: undefined as unknown as string },
      { ...worker, newest: '1.4.2' },
    ],
    ['1.4.2 worker: current', ' billing: newest unknown'],
  ],
  ['nothing is known of what is out', [{ ...worker, newest: undefined as unknown as string }], ['1.4.2: newest unknown']],
];

test.each(cases)('%s', (_, rows, told) => {
  const all = standingOf({ rows: rows.map((change) => row(change)) });
  expect(all.map(({ version, name, behind }) => `${version}${name === '' ? '' : ` ${name}`}: ${behind.text}`)).toEqual(told);
});
