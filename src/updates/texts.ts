import type { Readable } from 'node:stream';
import type { Forge } from '../domain/forge.ts';
import { writeMarker } from '../domain/identifiers.ts';
import type { Proposal } from '../domain/update.ts';
import type { PackageRule } from './package-rules.ts';
import type { EnvironmentNow } from './read-environment.ts';
import type { RegistryView } from './registry-view.ts';

export interface DescribeInput {
  readonly proposal: Proposal;
  readonly now: EnvironmentNow;
  readonly registry: RegistryView;
  readonly packages: readonly PackageRule[];
}
export interface Texts {
  describe(of: DescribeInput): Promise<string>;
}
export interface TextPorts {
  readonly forges: ReadonlyMap<string, Forge>;
  download(url: string): Promise<{ readonly status: number; readonly body: Readable }>;
}
export function createTexts(_ports: TextPorts): Texts {
  return {
    describe: async ({ proposal: { app, environment, content, title } }) =>
      `${title}\n\n${writeMarker({ app, environment, content, title })}\n`,
  };
}
