import { type ChecklistRule, type ChecklistSettings, checklistRules } from '../../domain/checklist.ts';
import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { findingAt } from '../set/object-set.ts';
import { budgetPoints } from './budgets.ts';
import { barePodPoints } from './drain.ts';
import { imagePoints } from './images.ts';
import { localStatePoints } from './local-state.ts';
import type { Point } from './point.ts';
import { probePoints } from './probes.ts';
import { replicaPoints } from './replicas.ts';
import { resourcePoints } from './resources.ts';
import { securityPoints } from './security.ts';
import { servicePoints } from './selects-nothing.ts';
import { tokenPoints } from './service-account-token.ts';
import { surveyOf } from './survey.ts';
import { terminationPoints } from './termination.ts';
import { waive, waiverPoints } from './waivers.ts';

const groups = [
  replicaPoints,
  terminationPoints,
  budgetPoints,
  barePodPoints,
  localStatePoints,
  probePoints,
  resourcePoints,
  securityPoints,
  tokenPoints,
  servicePoints,
];

/** Budgets, autoscalers, bindings, ranges and pods may stand in what was not read. */
const needAll: ReadonlySet<ChecklistRule> = new Set<ChecklistRule>([
  'single-replica',
  'budget-blocks-drain',
  'budget-selects-nothing',
  'no-budget',
  'no-resource-requests',
  'service-account-token',
  'service-selects-nothing',
]);

interface CheckedBy {
  readonly settings: ChecklistSettings;
  readonly registries: readonly string[];
  readonly complete: boolean;
}

/**
 * The go-live checks of docs/checklist on all objects of an environment: they are judged together, since a budget may stand in another file than
 * its pods. `deprecated-api` is the server's to find. `registries`: hosts that app.yml names. `complete`: false where
 * something of the environment could not be read; then nothing is said that an object in it might take back.
 */
export const checkWorkloads = (objects: readonly DesiredObject[], by: CheckedBy): readonly Finding[] =>
  [...workloadFindings(objects, by)].flat();

/** The same, group by group of rules. */
export function* workloadFindings(
  objects: readonly DesiredObject[],
  { settings, registries, complete }: CheckedBy,
): Generator<readonly Finding[]> {
  const survey = surveyOf(objects);
  for (const points of [...groups, () => imagePoints(survey, registries), () => waiverPoints(objects)])
    yield points(survey)
      .filter(({ rule }) => complete || !needAll.has(rule))
      .flatMap((point) => findingOf(point, settings));
}

function findingOf({ rule, object, path, message, help }: Point, settings: ChecklistSettings): readonly Finding[] {
  const severity = settings[rule] ?? checklistRules[rule];
  return severity === 'off' ? [] : [waive(findingAt(object, path, { severity, rule, message, help }), object)];
}
