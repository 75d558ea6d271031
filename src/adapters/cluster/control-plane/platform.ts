import { endianness } from 'node:os';

/** A machine, as Go names it. */
export interface Platform {
  /** `linux`, `darwin`. */
  readonly os: string;
  /** `amd64`, `arm64`. */
  readonly arch: string;
}

const archs: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: endianness() === 'LE' ? 'ppc64le' : 'ppc64' };

export const thisMachine: Platform = { os: process.platform, arch: archs[process.arch] ?? process.arch };
