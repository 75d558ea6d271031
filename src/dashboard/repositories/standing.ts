import type { CommitStatus } from '../../domain/forge.ts';
import type { MergeRequestDetails } from '../../domain/pages.ts';

/** The judges, by the keys of their comments; their statuses are `lockkeeper/<key>`. */
export const validate = 'validate';
export const access = 'access';

export const verdictOf = (statuses: readonly CommitStatus[], judge: typeof validate | typeof access): CommitStatus | undefined =>
  statuses.find(({ name }) => name === `lockkeeper/${judge}`);

/**
 * Whether a person may merge it, as a forge with these protections would say. `never`: not as it is; `sure`: who does so says that they have seen what
 * is wrong; with a sentence each.
 */
export type Mergeable =
  | { readonly kind: 'yes' }
  | { readonly kind: 'sure'; readonly why: string }
  | { readonly kind: 'never'; readonly why: string };

export function mergeable({ mergeRequest: { state, conflicts, target }, draft, asksForAccess, statuses }: MergeRequestDetails): Mergeable {
  const never = (why: string): Mergeable => ({ kind: 'never', why });
  if (state !== 'open') return never(`It is ${state}.`);
  if (draft) return never('It is a draft: mark it ready first.');
  if (conflicts) return never(`It conflicts with ${target}.`);
  if (asksForAccess && verdictOf(statuses, access)?.state !== 'success')
    return never('It changes who has access: it can be merged once the gate is open. What is missing, the gate says below.');
  const verdict = verdictOf(statuses, validate);
  if (verdict?.state === 'failure') return { kind: 'sure', why: 'Validation rejects it.' };
  if (verdict?.state === 'error') return { kind: 'sure', why: 'Validation came to no verdict.' };
  return { kind: 'yes' };
}
