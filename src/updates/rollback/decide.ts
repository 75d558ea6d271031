import { readMarker } from '../../domain/identifiers.ts';
import type { RollbackMark } from '../../domain/rollback.ts';
import { type Action, type AppState, reconcile } from '../reconcile.ts';

/**
 * What a rollback's merge request needs: the life of a proposal, but that one which was closed says no to nothing, since somebody asks again, and
 * that it says who asked last.
 */
export function decideRollback(state: AppState, { by, why }: RollbackMark): Action {
  const action = reconcile({ ...state, requests: state.requests.filter((one) => one.state !== 'closed') });
  if (action.kind !== 'keep' || action.say !== undefined) return action;
  const { proposal, request } = action;
  const told = readMarker(request.description)?.rollback;
  return told?.by === by && told.why === why ? action : { kind: 'update', proposal, request, build: undefined, texts: {} };
}
