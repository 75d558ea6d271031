import type { Config } from '../config/schema.ts';
import type { ValidationRules } from '../domain/validation-rules.ts';
import type { ValidationSettings } from '../validation/validate.ts';

/** What app.yml says of one environment, over what it says of all; without app.yml, or for a folder that is none of its environments, less is said. */
export function validationSettings(
  config: Pick<Config, 'validation' | 'registries' | 'environments'> | undefined,
  name: string | undefined,
  own: ValidationRules = {},
): ValidationSettings {
  const { kubernetes, definitions, missingDefinitions, checklist, apiserver = 'embedded' } = config?.validation ?? {};
  const cluster = config?.environments.flatMap((one) => ('name' in one && one.name === name ? (one.cluster ?? []) : []))[0];
  return {
    ...(kubernetes !== undefined && { kubernetes }),
    ...(definitions !== undefined && { definitions }),
    ...(missingDefinitions !== undefined && { missingDefinitions }),
    ...own,
    checklist: { ...checklist, ...own.checklist },
    registries: Object.keys(config?.registries ?? {}),
    ...(cluster !== undefined && { cluster }),
    ...(apiserver !== 'embedded' && { judge: apiserver }),
  };
}
