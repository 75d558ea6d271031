import type { NewEntry } from '../domain/journal.ts';
import type { Proposal } from '../domain/update.ts';
import type { Action } from './reconcile.ts';

/** Actions that write something which people should be able to look up later. */
export type Recorded = Extract<Action, { readonly kind: 'open' | 'update' | 'close' }>;

/** What the journal says before it is done. `repository` is `FORGE:PATH`. */
export function entryOf(action: Recorded, app: string, environment: string, repository: string): NewEntry {
  const common = { kind: 'proposal', actor: 'lockkeeper', environment } as const;
  const facts = { action: action.kind, app, repository };
  switch (action.kind) {
    case 'open':
      return {
        ...common,
        what: `open a merge request: ${action.proposal.title}`,
        why: 'newer releases are there',
        links: [],
        facts: { ...facts, ...movesOf(action.proposal), ...(action.build !== undefined && { base: action.build.base }) },
      };
    case 'update':
      return {
        ...common,
        what: `update merge request ${action.request.id}: ${action.proposal.title}`,
        why: action.build === undefined ? 'its text is out of date' : whyRebuilt(action),
        links: linksOf(action.request.url),
        facts: {
          ...facts,
          ...movesOf(action.proposal),
          mergeRequest: action.request.id,
          ...(action.build !== undefined && { base: action.build.base }),
        },
      };
    case 'close':
      return {
        ...common,
        what: `close merge request ${action.request.id}: ${action.request.title}`,
        why: action.reason,
        links: linksOf(action.request.url),
        facts: { ...facts, mergeRequest: action.request.id },
      };
  }
}

const whyRebuilt = ({ request }: Extract<Action, { kind: 'update' }>): string =>
  request.conflicts ? 'it conflicts with its target' : 'what is to be proposed has changed';

const linksOf = (url: string): string[] => (url === '' ? [] : [url]);

/** `registry.example.com/payments/billing`: `1.4.2 → 1.5.0` */
const movesOf = ({ updates }: Proposal): Record<string, string> =>
  Object.fromEntries(updates.map(({ reference, to }) => [reference.package.name, `${reference.version} → ${to.version}`]));
