import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Protection } from '../../../domain/access-forge.ts';
import { RefusedError } from '../../../domain/errors.ts';
import type { GitHubApi } from './api.ts';

type Rule = RestEndpointMethodTypes['repos']['getBranchRules']['response']['data'][number];
type BranchProtection = RestEndpointMethodTypes['repos']['getBranchProtection']['response']['data'];

/** What rulesets and the older branch protection say together. */
interface Demands {
  readonly pull: boolean;
  readonly approvals: boolean;
  readonly lastPush: boolean;
  readonly dismissed: boolean;
  readonly restricted: boolean;
  /** The verdict of the gate, taken from one App alone. */
  readonly gate: boolean;
}

/** Name of the gate's status. */
const gate = 'lockkeeper/access';
const mostPages = 10;

/** See AccessForge. What GitHub does not show to us counts as not enforced. */
export async function branchProtections(api: GitHubApi, path: string, branch: string): Promise<readonly Protection[]> {
  const [rules, older] = await Promise.all([rulesOf(api, path, branch), olderOf(api, path, branch)]);
  const found = [ofRules(rules), ofOlder(older === 'hidden' ? undefined : older)];
  const demands = (what: keyof Demands): boolean => found.some((one) => one[what]);
  const note =
    older === 'hidden' ? ` (the branch protection, if there is one, is not shown without the permission administration: read)` : '';
  const where = 'in a ruleset (Settings › Rules)';
  const told = (rule: Protection['rule'], enforced: boolean, yes: string, no: string): Protection => ({
    rule,
    enforced,
    detail: enforced ? `${yes}, but for those who may bypass it` : `${no} ${where}${note}`,
  });
  return [
    told(
      'push',
      demands('pull') || demands('restricted'),
      `${branch} changes by pull requests alone`,
      `whoever may write may push to ${branch}; demand a pull request before merging`,
    ),
    told(
      'self-approval',
      demands('approvals') && demands('lastPush'),
      'an approval is needed of somebody else than the author and than who pushed last',
      'the author may not approve, but who pushed may; demand one approval, and approval of the most recent push',
    ),
    told(
      'reset-on-push',
      demands('approvals') && demands('dismissed'),
      'a push dismisses the approvals',
      'approvals stay when something is pushed; have stale ones dismissed',
    ),
    told(
      'who-merges',
      demands('restricted') || demands('gate'),
      demands('gate')
        ? `nothing is merged into ${branch} without the check ${gate}, which is set on requests for access alone: demand it no more, and have updates restricted instead, or every other pull request waits for ever`
        : `only those named may bring anything to ${branch}`,
      `whoever may write may merge into ${branch} whatever the gate says; have updates restricted to few people and the App`,
    ),
  ];
}

/** None, where the plan has no rulesets. */
async function rulesOf(api: GitHubApi, path: string, branch: string): Promise<readonly Rule[]> {
  try {
    const { items } = await api.ask(`listing the rules for branch ${branch} of`, path, (rest, at) =>
      api.list<Rule>((paging) => rest.repos.getBranchRules({ ...at, branch, ...paging }), { maxPages: mostPages }),
    );
    return items;
  } catch (error) {
    if (error instanceof RefusedError && [403, 404].includes(error.status ?? 0)) return [];
    throw error;
  }
}

/** Undefined where there is none; it is shown to administrators only, and a private repository of a free plan has none. */
async function olderOf(api: GitHubApi, path: string, branch: string): Promise<BranchProtection | 'hidden' | undefined> {
  try {
    const found = await api.find(`looking at the protection of branch ${branch} of`, path, (rest, at) =>
      rest.repos.getBranchProtection({ ...at, branch }),
    );
    return found?.data;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 403) return 'hidden';
    throw error;
  }
}

function ofRules(rules: readonly Rule[]): Demands {
  const pulls = rules.filter((rule) => rule.type === 'pull_request');
  const checks = rules.flatMap((rule) => (rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []) : []));
  return {
    pull: pulls.length > 0,
    approvals: pulls.some(({ parameters }) => (parameters?.required_approving_review_count ?? 0) > 0),
    lastPush: pulls.some(({ parameters }) => parameters?.require_last_push_approval === true),
    dismissed: pulls.some(({ parameters }) => parameters?.dismiss_stale_reviews_on_push === true),
    restricted: rules.some(({ type }) => type === 'update'),
    gate: checks.some(({ context, integration_id: app }) => context === gate && app !== undefined),
  };
}

/** One that administrators need not heed is none. */
function ofOlder(of: BranchProtection | undefined): Demands {
  const heeded = of?.enforce_admins?.enabled === true ? of : undefined;
  const reviews = heeded?.required_pull_request_reviews;
  return {
    pull: reviews !== undefined,
    approvals: (reviews?.required_approving_review_count ?? 0) > 0,
    lastPush: reviews?.require_last_push_approval === true,
    dismissed: reviews?.dismiss_stale_reviews === true,
    restricted: heeded?.restrictions !== undefined,
    gate: (heeded?.required_status_checks?.checks ?? []).some(({ context, app_id: app }) => context === gate && app !== null && app > 0),
  };
}
