import type { ChecklistSettings } from './checklist.ts';

/** What app.yml says of how one environment is judged, where it says something. */
export interface ValidationRules {
  /** `1.36` */
  readonly kubernetes?: string;
  /** Folder of CustomResourceDefinitions, absolute. */
  readonly definitions?: string;
  readonly missingDefinitions?: 'warning' | 'error';
  readonly checklist?: ChecklistSettings;
}
