import { parseVersion } from '../../src/domain/version.ts';

describe('what is no version', () => {
  test.each([
    ['abc1234', 'commit'],
    ['1234abc', 'commit'],
    ['0a1b2c3d4e5f60718293a4b5c6d7e8f901234567', 'commit'],
    ['sha-1234567', 'commit'],
    ['sha-abc1234', 'commit'],
    ['git-0a1b2c3', 'commit'],
    ['sha256-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.sig', 'commit'],
    ['latest', 'channel'],
    ['main', 'channel'],
    ['lts-alpine', 'channel'],
    ['bookworm-slim', 'channel'],
    ['linux-amd64', 'channel'],
    ['stable-x86_64', 'channel'],
    ['main-abc1234', 'channel'],
    ['feature/login', 'channel'],
    ['feature-123', 'channel'],
    ['pr-123', 'channel'],
    ['k8s', 'channel'],
    ['', 'channel'],
    ['1.2.3\n', 'channel'],
    ['1.2.3 ', 'channel'],
    ['１.２.３', 'channel'],
    ['1.2.3-alpine#', 'channel'],
    [`1.${'0'.repeat(200)}`, 'channel'],
    ['-', 'channel'],
    ['$(VERSION)', 'channel'],
  ])('%s is a %s', (text, kind) => {
    expect(parseVersion(text)).toEqual({ kind, text });
  });
});

interface Parts {
  readonly prefix?: string;
  readonly v?: string;
  readonly parts: string;
  readonly format?: string;
  readonly pre?: string;
  readonly build?: string;
  readonly variant?: string;
  readonly numbers?: string;
}

/** The parts of a tag that are there, in short. */
function inShort(text: string): Parts | undefined {
  const version = parseVersion(text);
  if (version.kind !== 'version') return undefined;
  const found = {
    prefix: version.prefix,
    v: version.v,
    format: version.format,
    pre: version.pre?.identifiers.join('.') ?? '',
    build: version.buildShape === '' ? '' : `${version.buildShape}=${version.build.join('.')}`,
    variant: version.variant,
    numbers: version.numbers.join(' '),
  };
  return { parts: version.parts.join('.'), ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== '')) };
}

describe('real tags taken apart', () => {
  const cases: readonly [string, Parts][] = [
    ['1.25.3', { parts: '1.25.3' }],
    ['v1.2', { v: 'v', parts: '1.2' }],
    ['V2', { v: 'V', parts: '2' }],
    ['12.5-slim', { parts: '12.5', variant: '-slim' }],
    ['3.12.1-slim-bookworm', { parts: '3.12.1', variant: '-slim-bookworm' }],
    ['3.12.0b1-slim-bookworm', { parts: '3.12.0', pre: 'beta.1', variant: '-slim-bookworm' }],
    ['3.13.0rc2', { parts: '3.13.0', pre: 'rc.2' }],
    ['16beta1', { parts: '16', pre: 'beta.1' }],
    ['16.1-alpine3.19', { parts: '16.1', variant: '-alpine#.#', numbers: '3 19' }],
    ['7.4-rc1-alpine', { parts: '7.4', pre: 'rc.1', variant: '-alpine' }],
    ['8.0-M02', { parts: '8.0', pre: 'milestone.02' }],
    ['3.0.0.CR1', { parts: '3.0.0', pre: 'rc.1' }],
    ['1.25.3-alpine3.18-perl', { parts: '1.25.3', variant: '-alpine#.#-perl', numbers: '3 18' }],
    ['21.0.2_13-jdk-jammy', { parts: '21.0.2', build: '_#=13', variant: '-jdk-jammy' }],
    ['8u402-b06-jdk', { format: 'u', parts: '8.402', build: '-build#=06', variant: '-jdk' }],
    ['jdk8u402b06', { prefix: 'jdk', format: 'u', parts: '8.402', build: '-build#=06' }],
    ['12.3.1-devel-ubuntu22.04', { parts: '12.3.1', variant: '-devel-ubuntu#.#', numbers: '22 04' }],
    ['1.2.3-a100', { parts: '1.2.3', variant: '-a#', numbers: '100' }],
    ['3.13.0a4', { parts: '3.13.0', pre: 'alpha.4' }],
    ['11.0.0-M16-jdk21', { parts: '11.0.0', pre: 'milestone.16', variant: '-jdk#', numbers: '21' }],
    ['1.40.0.7998-c29d4c0c8-ls205', { parts: '1.40.0.7998', variant: '-*-ls#', numbers: '205' }],
    ['alpine3.19-v16.8.0', { prefix: 'alpine3.19-', v: 'v', parts: '16.8.0' }],
    ['16-3.4-alpine', { parts: '16', build: '-#.#=3.4', variant: '-alpine' }],
    ['22-ea-30-jdk', { parts: '22', pre: 'ea.30', variant: '-jdk' }],
    ['24.0.1-0', { parts: '24.0.1', build: '-#=0' }],
    ['1.2.3_4', { parts: '1.2.3', build: '_#=4' }],
    ['1.2.3+build.7', { parts: '1.2.3', build: '+build.#=7' }],
    ['9.9p1', { parts: '9.9', build: 'p#=1' }],
    ['2.14.0.post1', { parts: '2.14.0', build: '.post#=1' }],
    ['4.0.0.710-ls30', { parts: '4.0.0.710', variant: '-ls#', numbers: '30' }],
    ['amd64-4.0.0.710-ls30', { prefix: 'amd⁶⁴-', parts: '4.0.0.710', variant: '-ls#', numbers: '30' }],
    ['1.2.3-debian-12-r4', { parts: '1.2.3', variant: '-debian-#-r#', numbers: '12 4' }],
    ['17.1.2-ce.0', { parts: '17.1.2', variant: '-ce.#', numbers: '0' }],
    ['10.4.2-ubuntu', { parts: '10.4.2', variant: '-ubuntu' }],
    ['v3.0.0-rc1', { v: 'v', parts: '3.0.0', pre: 'rc.1' }],
    ['v1.29.0-k3s1', { v: 'v', parts: '1.29.0', variant: '-k#s#', numbers: '3 1' }],
    ['v3.27.2-0.dev-123-gabcdef0', { v: 'v', parts: '3.27.2', pre: '0.dev.123' }],
    ['v1.29.0-alpha.0.12+abcdef', { v: 'v', parts: '1.29.0', pre: 'alpha.0.12' }],
    ['v1.2.3-14-gabcdef0', { v: 'v', parts: '1.2.3', build: '-#-*=14' }],
    ['1.2.3-abc1234', { parts: '1.2.3', variant: '-*' }],
    ['1.2.3.abcdef1', { parts: '1.2.3', variant: '.*' }],
    ['v0.0.0-20240115101500-abcdef123456', { v: 'v', parts: '0.0.0', build: '-#-*=20240115101500' }],
    ['1.2.3-SNAPSHOT', { parts: '1.2.3', pre: 'snapshot' }],
    ['1.2.3-nightly.20240115', { parts: '1.2.3', pre: 'nightly.20240115' }],
    ['1.0.0.dev5', { parts: '1.0.0', pre: 'dev.5' }],
    ['1.0.0rc1.dev5', { parts: '1.0.0', pre: 'rc.1.dev.5' }],
    ['8.0-jammy-chiseled', { parts: '8.0', variant: '-jammy-chiseled' }],
    ['8.0.1-alpine3.19-arm64v8', { parts: '8.0.1', variant: '-alpine#.#-arm⁶⁴v⁸', numbers: '3 19' }],
    ['2022-CU12-ubuntu-22.04', { parts: '2022', variant: '-CU#-ubuntu-#.#', numbers: '12 22 04' }],
    ['php8.2-fpm-1.2.3', { prefix: 'php8.2-fpm-', parts: '1.2.3' }],
    ['php8.2-fpm', { prefix: 'php', parts: '8.2', variant: '-fpm' }],
    ['app-1.2.3', { prefix: 'app-', parts: '1.2.3' }],
    ['app/v1.2.3', { prefix: 'app/', v: 'v', parts: '1.2.3' }],
    ['@scope/app@1.2.3', { prefix: '@scope/app@', parts: '1.2.3' }],
    ['main-abc1234-1700000000', { prefix: 'main-*-', parts: '1700000000' }],
    ['main-1234567-1700000000', { prefix: 'main-*-', parts: '1700000000' }],
    ['2024.01.15', { format: 'YYYY', parts: '2024.01.15' }],
    ['2024.1.3', { format: 'YYYY', parts: '2024.1.3' }],
    ['2024-01-15', { format: 'YYYY-MM-DD', parts: '2024.01.15' }],
    ['20240115', { format: 'YYYYMMDD', parts: '2024.01.15' }],
    ['20240115.3', { format: 'YYYYMMDD', parts: '2024.01.15.3' }],
    ['20240115103000', { format: 'YYYYMMDDhhmmss', parts: '2024.01.15.10.30.00' }],
    ['20240115T103000Z', { format: 'YYYYMMDDThhmmssZ', parts: '2024.01.15.10.30.00' }],
    ['20241399', { parts: '20241399' }],
    ['jammy-20240111', { prefix: 'jammy-', format: 'YYYYMMDD', parts: '2024.01.11' }],
    ['bookworm-20240110-slim', { prefix: 'bookworm-', format: 'YYYYMMDD', parts: '2024.01.10', variant: '-slim' }],
    ['RELEASE.2024-01-16T16-07-38Z', { prefix: 'RELEASE.', format: 'YYYY-MM-DDThh-mm-ssZ', parts: '2024.01.16.16.07.38' }],
    [
      'RELEASE.2024-01-16T16-07-38Z-cpuv1',
      { prefix: 'RELEASE.', format: 'YYYY-MM-DDThh-mm-ssZ', parts: '2024.01.16.16.07.38', variant: '-cpuv#', numbers: '1' },
    ],
    ['24.04', { format: 'YY', parts: '24.04' }],
    ['24.10', { format: 'YY or none', parts: '24.10' }],
    ['123456789012345678901234567890', { parts: '123456789012345678901234567890' }],
  ];
  test.each(cases)('%s', (text, parts) => {
    expect(inShort(text)).toEqual(parts);
  });
});

test('ranges see the numbers as a reader counts them', () => {
  const written = (text: string) => {
    const version = parseVersion(text);
    return version.kind === 'version' ? version.written.join('.') : undefined;
  };
  expect(['20240115.3', '2024-01-15', '1.2.3.4', '8u402-b06'].map(written)).toEqual(['20240115.3', '2024.01.15', '1.2.3.4', '8.402']);
});
