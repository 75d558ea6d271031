import type { NewEntry } from '../domain/journal.ts';
import type { Proposal } from '../domain/update.ts';
import type { Wish } from '../domain/wish.ts';
import type { Action } from './reconcile.ts';
import { wishStands } from './wishes.ts';

/** Actions that write something which people should be able to look up later. */
export type Recorded = Extract<Action, { readonly kind: 'open' | 'update' | 'close' }>;

/** What the journal says before it is done. `repository` is `FORGE:PATH`; `wish` is what somebody asks for now. */
export function entryOf(action: Recorded, app: string, environment: string, repository: string, wish?: Wish): NewEntry {
  const common = { kind: 'proposal', actor: wish?.by ?? 'lockkeeper', environment } as const;
  const facts = { action: action.kind, app, repository };
  switch (action.kind) {
    case 'open':
      return {
        ...common,
        what: `open a merge request: ${action.proposal.title}`,
        why: wish === undefined ? 'newer releases are there' : wishStands(wish),
        links: [],
        facts: { ...facts, ...movesOf(action.proposal), ...(action.build !== undefined && { base: action.build.base }) },
      };
    case 'update':
      return {
        ...common,
        what: `update merge request ${action.request.id}: ${action.proposal.title}`,
        why: wish === undefined ? whyUpdated(action) : wishStands(wish),
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

function whyUpdated({ build, request }: Extract<Action, { kind: 'update' }>): string {
  if (build === undefined) return 'its text is out of date';
  return request.conflicts ? 'it conflicts with its target' : 'what is to be proposed has changed';
}

const linksOf = (url: string): string[] => (url === '' ? [] : [url]);

/** `registry.example.com/payments/billing`: `1.4.2 → 1.5.0` */
const movesOf = ({ updates }: Proposal): Record<string, string> =>
  Object.fromEntries(updates.map(({ reference, to }) => [reference.package.name, `${reference.version} → ${to.version}`]));
