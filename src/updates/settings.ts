import type { RepositoryRef } from '../domain/forge.ts';
import type { UpdateType } from '../domain/update.ts';
import type { ValidationRules } from '../domain/validation-rules.ts';

/** What app.yml says of an environment's updates. */
export interface EnvironmentRules {
  readonly types: readonly UpdateType[];
  readonly windows?: readonly string[];
  readonly after?: { readonly environment: string; readonly soak: string };
  readonly maxOpen?: number;
  /** Where each of these stands, to be shown: `app.yml:31`. */
  readonly where?: Readonly<Partial<Record<'types' | 'windows' | 'after' | 'maxOpen', string>>>;
}

export interface EnvironmentSettings {
  readonly name: string;
  readonly repository: RepositoryRef;
  readonly updates: EnvironmentRules;
  /** How it is judged otherwise than the others. */
  readonly validation?: ValidationRules;
}

/** Every project under the group (`platform/environments` for `platform/environments/*`) that has the topic is an environment. */
export interface DiscoverSettings {
  readonly discover: RepositoryRef;
  readonly topic?: string;
  readonly updates: EnvironmentRules;
  readonly validation?: ValidationRules;
}
