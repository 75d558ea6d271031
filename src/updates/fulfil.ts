import type { Update } from '../domain/update.ts';
import type { Wish } from '../domain/wish.ts';
import type { Looked } from './look-up.ts';
import type { Action, AppState } from './reconcile.ts';
import type { AppOutcome } from './scan-environment.ts';

/** What became of a wish. */
export interface Fulfilled {
  /** `hold`: nothing was written for it, and `reason` says why. */
  readonly action: 'open' | 'update' | 'keep' | 'hold';
  /** Of the merge request, where it is there. */
  readonly title?: string;
  readonly url?: string;
  readonly reason?: string;
}

/** What is done for a wish: it and nothing else, or nothing. No window and no limit of open ones keeps back what a person asks for. */
export function fulfilling(wish: Wish, { proposal }: Pick<AppState, 'proposal'>, action: Action): Action {
  if (proposal === undefined || !carries(proposal.updates, wish)) return { kind: 'none' };
  return action.kind === 'close' ? { kind: 'hold', proposal, reason: action.reason } : action;
}

const carries = (updates: readonly Update[], wish: Wish): boolean =>
  updates.some((update) => update.wish?.package === wish.package && update.wish.version === wish.version);

/** Told when the scan for it is done; `outcome` is of the app, undefined where the environment has none of that name. */
export function fulfilled(wish: Wish, app: string, outcome: AppOutcome | undefined): Fulfilled {
  if (outcome === undefined || outcome.looked.length === 0) return { action: 'hold', reason: `there is no app ${app}` };
  const { action, looked, url } = outcome;
  const place = url === undefined ? {} : { url };
  if (action.kind === 'open' || action.kind === 'update') return { action: action.kind, title: action.proposal.title, ...place };
  if (action.kind === 'keep' && action.reason === undefined) return { action: 'keep', title: action.proposal.title, ...place };
  const reason = 'reason' in action && action.reason !== undefined ? action.reason : whyNot(wish, looked);
  return { action: 'hold', reason, ...place };
}

function whyNot(wish: Wish, looked: readonly Looked[]): string {
  const own = looked.filter(({ reference }) => reference.package.name === wish.package);
  const [first] = own;
  if (first === undefined) return `the app has no package ${wish.package}`;
  const held = own.flatMap((one) => one.held).find(({ version }) => version === wish.version);
  const refused = own.find(({ refusedWish }) => refusedWish !== undefined)?.refusedWish;
  return refused ?? held?.reason ?? first.reason ?? `its registry lists no ${wish.version}`;
}
