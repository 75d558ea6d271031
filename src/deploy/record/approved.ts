import type { ObjectId } from '../../domain/finding.ts';
import { some } from '../../domain/wording.ts';
import type { KeptPlan } from '../../plan/kept-plan.ts';
import type { DeployedRequest } from './merged.ts';

/** What a run may prune; without `prune` there is nothing to compare with, and `note` says why. */
export interface Approval {
  readonly prune?: readonly ObjectId[];
  /** Whose plans said so: `merge requests 12 and 14`. */
  readonly by?: string;
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
  return {
    prune: [...outstanding, ...planned.flatMap(({ plan }) => plan?.prune ?? [])],
    by: numbers(planned.map(({ request }) => request.id)),
  };
}

const most = 10;

const numbers = (ids: readonly number[]): string => `merge request${ids.length === 1 ? '' : 's'} ${some(ids.map(String), most)}`;
