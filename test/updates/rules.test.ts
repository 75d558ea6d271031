import { decideAmong, movesTo } from '../support/decisions.ts';

/** The current tag, what the registry has, and the tag moved to. */
type Row = readonly [current: string, tags: string, to: string];

const stays = (rows: readonly (readonly [current: string, tags: string])[]): Row[] =>
  rows.map(([current, tags]) => [current, tags, current]);

const rules: Readonly<Record<string, readonly Row[]>> = {
  '1: a commit is never a version, latest and branch names are never newer': [
    ...stays([
      ['1.2.3', 'abc1234 9876543a latest main stable edge v1 sha-1234567 ffffffffffffffffffffffffffffffffffffffff'],
      ['abc1234', '1.2.3 9.9.9 def5678'],
      ['latest', '1.2.3 2.0.0 newest'],
      ['main', '1.2.3 main2 main-2'],
      ['1234567', 'abc1234 9abcdef'],
      ['pr-122', 'pr-123'],
      ['sha-abc1234', 'sha-def5678'],
    ]),
    ['1234567', 'abc1234 1234568', '1234568'],
  ],
  '2: what stands before the version must match': [
    ['app-1.2.3', 'app-1.2.4 web-1.9.0 1.3.0', 'app-1.2.4'],
    ['app/v1.2.3', 'app/v1.3.0 web/v2.0.0 v3.0.0', 'app/v1.3.0'],
    ['jammy-20240111', 'jammy-20240125 noble-20240605 focal-20240530', 'jammy-20240125'],
    ['amd64-4.0.0.710-ls30', 'amd64-4.0.1.800-ls31 arm64v8-4.0.2.900-ls32 4.0.2.900-ls32', 'amd64-4.0.1.800-ls31'],
    ['php8.2-fpm-1.2.3', 'php8.3-fpm-1.2.4 php8.2-fpm-1.2.4', 'php8.2-fpm-1.2.4'],
    ...stays([
      ['1.2.3', 'app-1.2.4 release-1.3.0'],
      ['App-1.2.3', 'app-1.2.4'],
    ]),
  ],
  '3: v or none does not matter, and the written style is kept': [
    ['v1.2.3', '1.2.4 v1.2.4', 'v1.2.4'],
    ['1.2.3', 'v1.2.4 1.2.4', '1.2.4'],
    ['1.2.3', 'v1.2.4', 'v1.2.4'],
    ['v1.2.3', '1.2.4', '1.2.4'],
    ['app-v1.2.3', 'app-1.2.4', 'app-1.2.4'],
    ...stays([
      ['1.2.3', 'v1.2.3'],
      ['v1.2.3', '1.2.3'],
    ]),
  ],
  '4: the number of dotted parts stays': [
    ['1.2', '1.3 1.3.1 2 1.9.9', '1.3'],
    ['1.9', '1.10 1.9.1', '1.10'],
    ['1.10', '1.9 1.11', '1.11'],
    ['4.0.0.710', '4.0.0.711 4.0.1 5.0', '4.0.0.711'],
    ['16', '17 17.1 18beta1', '17'],
    ['9999999999999999999999.1', '9999999999999999999998.9 10000000000000000000000.0', '10000000000000000000000.0'],
    ...stays([
      ['1.2', '1.2.9 1.1 2'],
      ['1.10', '1.9 1.2'],
      ['1.2.3', '1.2 1 2 3.0'],
    ]),
  ],
  '5: build numbers behind the version compare after it': [
    ['21.0.2_13-jdk-jammy', '21.0.3_9-jdk-jammy 21.0.2_14-jdk-jammy', '21.0.3_9-jdk-jammy'],
    ['21.0.3_9-jdk', '21.0.2_13-jdk 21.0.3_10-jdk', '21.0.3_10-jdk'],
    ['8u402-b06-jdk', '8u392-b08-jdk 8u412-b01-jdk 8u402-b07-jdk', '8u412-b01-jdk'],
    ['8u402-b06-jdk', '8u392-b08-jdk 8u402-b10-jdk', '8u402-b10-jdk'],
    ['1.2.3-9', '1.2.3-10 1.2.3-8', '1.2.3-10'],
    ['1.2.3_4', '1.2.3_5 1.2.2_9', '1.2.3_5'],
    ['1.2.3+build.7', '1.2.3+build.10 1.2.3+build.8', '1.2.3+build.10'],
    ['1.2.3-1', '1.2.4 1.2.3', '1.2.4'],
    ['1.2.3-1', '1.2.4 1.2.4-1', '1.2.4-1'],
    ['9.8p1', '9.9p1 9.9p2', '9.9p2'],
    ...stays([
      ['24.0.1', '24.0.1-0 24.0.2-0'],
      ['1.2.3-2', '1.2.3 1.2.3-1'],
      ['21.0.2_13-jdk', '21.0.2_12-jdk 21.0.2-jdk'],
    ]),
  ],
  '6: a suffix is a variant, with its own version inside compared': [
    ['1.2.3-alpine', '1.2.4-alpine 1.3.0 1.4.0-alpine3.20 1.5.0-slim', '1.2.4-alpine'],
    ['16.1-alpine3.19', '16.1-alpine3.20 16.1-alpine3.9', '16.1-alpine3.20'],
    ['16.1-alpine3.19', '16.2-alpine3.19 16.2-alpine3.20 16.2', '16.2-alpine3.20'],
    ['20.11.0-alpine3.19', '20.12.0-alpine3.18 20.11.1-alpine3.19', '20.11.1-alpine3.19'],
    ['1.2.3-debian-12-r4', '1.2.3-debian-12-r10 1.2.3-debian-11-r99', '1.2.3-debian-12-r10'],
    ['1.2.3-debian-12-r10', '1.2.4-debian-12-r0', '1.2.4-debian-12-r0'],
    ['4.0.0.710-ls30', '4.0.0.710-ls31 4.0.0.710', '4.0.0.710-ls31'],
    ['17.1.2-ce.1', '17.2.0-ce.0 17.3.0-ee.0', '17.2.0-ce.0'],
    ['10.4.2-ubuntu', '10.4.3 10.4.3-ubuntu', '10.4.3-ubuntu'],
    ['8.0-jammy-chiseled', '9.0-jammy 9.0-jammy-chiseled 9.0-noble-chiseled', '9.0-jammy-chiseled'],
    ['v1.29.0-k3s2', 'v1.29.1-k3s1 v1.29.2-rke2r1', 'v1.29.1-k3s1'],
    ['8.0.1-alpine3.19-arm32v7', '8.0.2-alpine3.19-arm64v8 8.0.2-alpine3.19-arm32v7', '8.0.2-alpine3.19-arm32v7'],
    ['3.12.1-slim-bookworm', '3.12.2-slim 3.12.2-slim-bookworm 3.12.3-slim-trixie', '3.12.2-slim-bookworm'],
    ...stays([
      ['1.2.3', '1.2.4-alpine 1.2.4-slim'],
      ['1.2.3-alpine', '1.2.4'],
      ['1.2.3-alpine3', '1.2.3-alpine3.20'],
      ['16.1-alpine3.19', '16.1-alpine3.18 16.1-alpine3.9 16.2-alpine3.18'],
      ['1.2.3-Alpine', '1.2.4-alpine'],
    ]),
  ],
  '7: embedded commit hashes are wildcards': [
    ['main-abc1234-1700000000', 'main-def5678-1700000100 dev-fffffff-1800000000', 'main-def5678-1700000100'],
    ['main-abc1234-1700000000', 'main-7654321-1700000100', 'main-7654321-1700000100'],
    ['1.2.3-abc1234', '1.2.4-def5678', '1.2.4-def5678'],
    ['v1.2.3-14-gabcdef0', 'v1.2.3-15-g1234567', 'v1.2.3-15-g1234567'],
    ['v1.2.3-14-gabcdef0', 'v1.2.4 v1.2.3', 'v1.2.4'],
    ['2024.01.15-abc1234', '2024.01.16-0123abc', '2024.01.16-0123abc'],
    ['v3.27.2-0.dev-123-gabcdef0', 'v3.27.2-0.dev-124-g0123456', 'v3.27.2-0.dev-124-g0123456'],
    ...stays([
      ['1.2.3-abc1234', '1.2.3-def5678 1.2.4-alpine 1.2.4'],
      ['1.2.3', '1.2.4-abc1234 v1.2.3-14-gabcdef0'],
    ]),
  ],
  '8: stable never moves to a pre-release, a pre-release to a newer one of the same release or to a final': [
    ['v3.0.0-rc1', 'v3.0.0-rc2 v3.1.0-rc1', 'v3.0.0-rc2'],
    ['v3.0.0-rc9', 'v3.0.0-rc10', 'v3.0.0-rc10'],
    ['v3.0.0-rc1', 'v3.0.0-rc2 v3.0.0', 'v3.0.0'],
    ['v3.0.0-beta5', 'v3.0.0-rc1 v3.0.0-alpha9', 'v3.0.0-rc1'],
    ['3.12.0b1-slim-bookworm', '3.12.0rc1-slim-bookworm 3.12.0b2-slim 3.13.0a1-slim-bookworm', '3.12.0rc1-slim-bookworm'],
    ['v3.0.0-rc1', 'v2.9.0 v3.1.0', 'v3.1.0'],
    ['8.0-M02', '8.0-rc1 8.2-M01', '8.0-rc1'],
    ['3.0.0.CR1', '3.0.0.Final', '3.0.0.Final'],
    ['1.2.3-SNAPSHOT', '1.2.3', '1.2.3'],
    ['v1.29.0-alpha.0.12+abcdef', 'v1.29.0-alpha.1 v1.29.0-alpha.0.13+fedcba', 'v1.29.0-alpha.1'],
    ['v1.29.0-alpha.0.12+abcdef', 'v1.29.0 v1.28.9', 'v1.29.0'],
    ['7.4-rc1-alpine', '7.4-rc2 7.4-alpine 7.4', '7.4-alpine'],
    ...stays([
      ['1.2.3', '1.3.0-rc1 1.3.0-RC6 1.3.0-beta.2 1.3.0b1 1.3.0-dev 1.3.0-SNAPSHOT 1.3.0-nightly 1.3.0-M1 1.3.0.CR1 1.3.0-preview.1'],
      ['1.2.3', '1.3.0-canary.4 1.3.0-alpha 1.3.0a1 1.3.0.dev1 1.3.0-0.dev-12-gabcdef0 2.0.0-ea-12 1.3.0-pre3 1.3.0-unstable'],
      ['16', '17beta1 17rc1 18-beta2'],
      ['3.12.1-slim-bookworm', '3.13.0rc2-slim-bookworm'],
      ['v3.0.0-rc2', 'v3.0.0-rc1 v3.0.0-beta9 v3.1.0-rc1'],
      ['1.2.3-nightly.5', '1.2.3-alpha.1 1.2.3-dev.9'],
    ]),
  ],
  '9: calendar versions are a shape of their own': [
    ['2024.01.15', '2024.02.01 3.0.0 9999.1.1', '2024.02.01'],
    ['20240115.3', '20240115.4 20240116.1 99999999.1', '20240116.1'],
    ['2024-01-15', '2024-03-01 20240401', '2024-03-01'],
    ['24.04', '24.10 3.19 25.1', '24.10'],
    ['24.10', '25.04 24.04', '25.04'],
    ['1.2', '1.3 24.04 2024.1', '1.3'],
    [
      'RELEASE.2024-01-16T16-07-38Z',
      'RELEASE.2024-02-04T22-36-13Z RELEASE.2024-02-06T21-36-22Z.fips RELEASE.2023-12-31T23-59-59Z',
      'RELEASE.2024-02-04T22-36-13Z',
    ],
    ['1999', '2000 2001', '2001'],
    ...stays([
      ['3.0.0', '2024.01.15 20240115'],
      ['2024.01.15', '3000.0.0 20250101 2025-01-01'],
      ['20231208', '3.19 99999999'],
    ]),
  ],
  '10: never lower than the current one': stays([
    ['2.0.0', '1.9.9 1.10.0 2.0.0 02.0.0'],
    ['16.2-alpine3.20', '16.2-alpine3.19 16.1-alpine3.21'],
    ['20240115.3', '20240115.2 20231231.9'],
  ]),
};

for (const [rule, rows] of Object.entries(rules)) {
  describe(rule, () => {
    test.each(rows)('%s among %s', (current, tags, to) => {
      const list = tags.split(' ');
      expect(movesTo(current, list)).toBe(to);
      expect(movesTo(current, [...list, current].reverse())).toBe(to);
    });
  });
}

describe('the type of an update is by position', () => {
  test.each([
    ['1.2.3', '2.0.0', 'major'],
    ['1.2.3', '1.3.0', 'minor'],
    ['1.2.3', '1.2.4', 'patch'],
    ['1.2.3.4', '1.2.3.5', 'patch'],
    ['16', '17', 'major'],
    ['1.2', '1.3', 'minor'],
    ['1.2.3-1', '1.2.3-2', 'patch'],
    ['1.2.3-alpine3.19', '1.2.3-alpine3.20', 'patch'],
    ['2.0.0-rc1', '2.0.0', 'patch'],
    ['2024.01.15', '2025.01.01', 'major'],
    ['20240115', '20240116', 'patch'],
    ['20240115', '20240201', 'minor'],
    ['24.04', '24.10', 'minor'],
    ['8u402-b06', '8u412-b01', 'minor'],
  ])('%s to %s is %s', (from, to, type) => {
    expect(decideAmong(from, [to])).toMatchObject({ kind: 'update', type, to: { version: to } });
  });
});
