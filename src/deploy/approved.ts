import type { ObjectId } from '../domain/finding.ts';
import type { KeptPlan } from '../plan/kept-plan.ts';
import type { DeployedRequest } from './merged.ts';

/** What a run may prune; without `prune` there is nothing to compare with, and `note` says why. */
export interface Approval {
  readonly prune?: readonly ObjectId[];
  readonly note?: string;
}

/** What the merge requests' plans said would be pruned, and what earlier ones said and no run has done yet. */
export function approvalOf(
  planned: readonly { readonly request: Pick<DeployedRequest, 'id'>; readonly plan: KeptPlan | undefined }[],
  outstanding: readonly ObjectId[],
): Approval {
  if (planned.length === 0) return {};
  const unknown = planned.flatMap(({ request, plan }) => (plan === undefined ? [request.id] : []));
  if (unknown.length > 0)
    return { note: `What is pruned was not compared with what was approved: nobody was shown a plan of ${numbers(unknown)}.` };
  return { prune: [...outstanding, ...planned.flatMap(({ plan }) => plan?.prune ?? [])] };
}

const most = 10;

const numbers = (ids: readonly number[]): string =>
  `merge request${ids.length === 1 ? '' : 's'} ${ids.slice(0, most).join(', ')}${ids.length > most ? ` and ${ids.length - most} more` : ''}`;
