import { Type } from 'typebox';
import { type ChecklistRule, type ChecklistSettings, checklistRules } from '../../domain/checklist.ts';
import { choice, section, text } from './build.ts';

const severity = choice(['off', 'warning', 'error'], { description: 'off: not looked at; warning: said; error: validation fails.' });

const rules = Object.keys(checklistRules) as ChecklistRule[];

const judged = {
  kubernetes: Type.Optional(
    text("Version of the API server that judges; without it, the cluster's minor version, else the newest that is known.", {
      examples: ['1.36'],
    }),
  ),
  definitions: Type.Optional(
    text("Folder of CustomResourceDefinitions that clusters have and no environment holds; relative to app.yml's folder.", {
      examples: ['./definitions'],
    }),
  ),
};

const missingDefinitions = { description: 'What a custom resource is whose definition is nowhere: it cannot be checked.' };

const checklist = (about: { readonly default?: unknown }) =>
  Type.Unsafe<ChecklistSettings>({
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(rules.map((rule) => [rule, severity])),
    description: 'How grave each point of the checklist is; what is not named keeps its own severity.',
    examples: [{ 'single-replica': 'warning', 'latest-tag': 'error' }],
    ...about,
  });

export const validation = section(
  {
    apiserver: text('Who judges manifests: embedded (a minimal API server of our own) or the name of a cluster.', {
      default: 'embedded',
      examples: ['embedded', 'staging'],
    }),
    binaries: Type.Optional(
      text("Folder with etcd and kube-apiserver; relative to app.yml's folder. Without it they are found or obtained.", {
        examples: ['./bin'],
      }),
    ),
    ...judged,
    missingDefinitions: choice(['warning', 'error'], { ...missingDefinitions, default: 'warning' }),
    checklist: checklist({ default: {} }),
  },
  { description: 'How manifests are checked before they are merged.', default: {} },
);

/** What one environment has otherwise than the rest. */
export const environmentValidation = section(
  {
    ...judged,
    missingDefinitions: Type.Optional(choice(['warning', 'error'], missingDefinitions)),
    checklist: Type.Optional(checklist({})),
  },
  { description: 'What is checked otherwise here; what is not named is as under validation.', default: {} },
);
