import type { Wish } from '../domain/wish.ts';
import type { Looked } from './look-up.ts';
import type { Action } from './reconcile.ts';
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

/** Why what was decided with a wish in mind does not bring it about. */
export function unfulfilled(
  wish: Wish,
  { looked, action }: { readonly looked: readonly Looked[]; readonly action: Action },
): string | undefined {
  if (!looked.some(({ update }) => update?.wish !== undefined && isSame(update.wish, wish))) return whyNotTaken(wish, looked);
  if (action.kind === 'open' || action.kind === 'update') return undefined;
  return 'reason' in action ? action.reason : undefined;
}

const isSame = (one: Wish, other: Wish): boolean => one.package === other.package && one.version === other.version;

function whyNotTaken(wish: Wish, looked: readonly Looked[]): string {
  const own = looked.filter(({ reference }) => reference.package.name === wish.package);
  const [first] = own;
  if (first === undefined) return `the app has no package ${wish.package}`;
  const held = own.flatMap((one) => one.held).find(({ version }) => version === wish.version);
  const refused = own.find(({ refusedWish }) => refusedWish !== undefined)?.refusedWish;
  return refused ?? held?.reason ?? first.reason ?? `its registry lists no ${wish.version}`;
}

/** Told when the scan for it is done; `outcome` is of the app, undefined where the environment has none of that name. */
export function fulfilled(app: string, outcome: AppOutcome | undefined): Fulfilled {
  if (outcome === undefined || outcome.looked.length === 0) return { action: 'hold', reason: `there is no app ${app}` };
  const { action, url, refusedWish } = outcome;
  const place = url === undefined ? {} : { url };
  if (refusedWish !== undefined) return { action: 'hold', reason: refusedWish, ...place };
  return action.kind === 'open' || action.kind === 'update' || action.kind === 'keep'
    ? { action: action.kind, title: action.proposal.title, ...place }
    : { action: 'hold', ...place };
}
