import type { Config } from '../config/schema.ts';
import type { ValidationRules } from '../domain/validation-rules.ts';
import type { ValidationSettings } from '../validation/validate.ts';

/** What app.yml says of one environment, over what it says of all; without app.yml nothing is said. */
export function validationSettings(
  config: Pick<Config, 'validation' | 'registries'> | undefined,
  own: ValidationRules = {},
): ValidationSettings {
  const { kubernetes, definitions, missingDefinitions, checklist } = config?.validation ?? {};
  return {
    ...(kubernetes !== undefined && { kubernetes }),
    ...(definitions !== undefined && { definitions }),
    ...(missingDefinitions !== undefined && { missingDefinitions }),
    ...own,
    checklist: { ...checklist, ...own.checklist },
    registries: Object.keys(config?.registries ?? {}),
  };
}
