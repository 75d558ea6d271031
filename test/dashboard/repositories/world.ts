import type { Desk } from '../../../src/dashboard/repositories/buttons.ts';
import { createRepositories, repositoriesRoom } from '../../../src/dashboard/repositories/repositories.ts';
import { createSite } from '../../../src/dashboard/site.ts';
import type { LocalForgeActions } from '../../../src/domain/local-forge.ts';
import type { MergeRequestDetails, PagesSource } from '../../../src/domain/pages.ts';
import type { Viewer } from '../../../src/domain/site.ts';
import { aViewer } from '../../support/site-visitor.ts';

const now = new Date('2026-11-20T12:00:00Z');
export const path = 'platform/environments/staging';
export const address = `/${path}/merge_requests/7`;
export const head = 'a'.repeat(40);
export const older = 'b'.repeat(40);

type Change = Partial<Omit<MergeRequestDetails, 'mergeRequest'>> & { readonly mergeRequest?: Partial<MergeRequestDetails['mergeRequest']> };

/** Ada's open merge request, accepted by validation. */
export function details({ mergeRequest, ...change }: Change = {}): MergeRequestDetails {
  return {
    path,
    environment: 'staging',
    statuses: [{ name: 'lockkeeper/validate', state: 'success', description: 'no errors' }],
    comments: [],
    commits: [],
    diff: '',
    author: 'ada',
    draft: false,
    approvals: [],
    events: [{ what: 'opened', by: 'ada', at: '2026-11-20T09:00:00Z' }],
    asksForAccess: false,
    ...change,
    mergeRequest: {
      id: 7,
      url: '',
      title: 'Two replicas',
      description: '',
      state: 'open',
      branch: 'feature',
      target: 'main',
      commit: head,
      labels: [],
      createdAt: '2026-11-20T09:00:00Z',
      updatedAt: '2026-11-20T09:00:00Z',
      conflicts: false,
      ...mergeRequest,
    },
  };
}

/** Somebody of the local forge. */
export const person = (name: string, change: Partial<Viewer> = {}): Viewer =>
  aViewer({ name, actor: `local:${name}`, user: { forge: 'local', id: name, name }, ...change });

/** A site with one merge request, and what its forge was asked to do. */
export function world(of: MergeRequestDetails = details(), answer: Partial<LocalForgeActions> = {}) {
  const asked: unknown[][] = [];
  const note =
    (what: string) =>
    async (...args: readonly unknown[]): Promise<void> =>
      void asked.push([what, ...args]);
  const actions: LocalForgeActions = {
    propose: async (...args) => {
      await note('propose')(...args);
      return 8;
    },
    say: async (...args) => {
      await note('say')(...args);
      return 1;
    },
    approve: note('approve'),
    withdraw: note('withdraw'),
    setDraft: note('setDraft'),
    merge: async (...args) => {
      await note('merge')(...args);
      return { outcome: 'merged' };
    },
    close: note('close'),
    reopen: note('reopen'),
    ...answer,
  };
  const source: PagesSource = {
    list: async () => [of],
    environmentOf: async (at) => (at === path ? 'staging' : undefined),
    mergeRequest: async (at, id) => (at === path && id === 7 ? of : undefined),
    diff: async () => undefined,
    commit: async () => undefined,
    repository: async (at) =>
      at === path
        ? { commits: [], tags: [], defaultBranch: 'main', branches: ['main', 'hot-<b>fix'], proposable: ['hot-<b>fix'] }
        : undefined,
  };
  const desk: Desk = { forge: 'local', actions, judgeAgain: note('judgeAgain'), isJudging: async () => false };
  const site = createSite({ rooms: [repositoriesRoom(source, desk)], rest: createRepositories(source, desk), now: () => now });
  return { site, asked };
}
