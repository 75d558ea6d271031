import type { Journal, NewEntry } from '../../domain/journal.ts';
import type { LocalForgeActions } from '../../domain/local-forge.ts';

interface Journalling {
  /** The forge's name in app.yml. */
  readonly forge: string;
  readonly journal: Pick<Journal, 'record'>;
  readonly environmentOf: (path: string) => Promise<string | undefined>;
  /** Base URL, without a trailing slash. */
  readonly pages: string;
}

/** The same, each in the journal before it is done: whether the forge then did it, the merge request says. */
export function journalled(actions: LocalForgeActions, { forge, journal, environmentOf, pages }: Journalling): LocalForgeActions {
  const note = async (
    path: string,
    user: string,
    entry: Pick<NewEntry, 'kind' | 'what' | 'facts'> & { readonly id?: number },
  ): Promise<void> => {
    const { id, facts, ...rest } = entry;
    const environment = await environmentOf(path);
    await journal.record({
      ...rest,
      actor: `${forge}:${user}`,
      ...(environment !== undefined && { environment }),
      why: 'a button of the pages',
      links: id === undefined ? [] : [`${pages}/${path}/merge_requests/${id}`],
      facts: { ...facts, repository: `${forge}:${path}`, ...(id !== undefined && { mergeRequest: id }) },
    });
  };
  const about = (kind: NewEntry['kind'], action: string, words: string, commit?: string) => (path: string, id: number, user: string) =>
    note(path, user, {
      kind,
      id,
      what: `asked to ${words} merge request ${id}`,
      facts: { action, ...(commit !== undefined && { commit }) },
    });
  return {
    propose: async (path, request, user) => {
      await note(path, user, {
        kind: 'proposal',
        what: `asked to open a merge request from ${request.branch}`,
        facts: { action: 'open', branch: request.branch },
      });
      return actions.propose(path, request, user);
    },
    say: async (path, id, user, text) => {
      await about('proposal', 'comment', 'comment on')(path, id, user);
      return actions.say(path, id, user, text);
    },
    approve: async (path, id, user, commit) => {
      await about('approval', 'approve', 'approve', commit)(path, id, user);
      return actions.approve(path, id, user, commit);
    },
    withdraw: async (path, id, user) => {
      await about('approval', 'withdraw', 'take back the approval of')(path, id, user);
      return actions.withdraw(path, id, user);
    },
    setDraft: async (path, id, user, draft) => {
      await about('proposal', draft ? 'draft' : 'ready', draft ? 'make a draft of' : 'mark as ready')(path, id, user);
      return actions.setDraft(path, id, user, draft);
    },
    merge: async (path, id, user, head) => {
      await about('merge', 'merge', 'merge', head)(path, id, user);
      return actions.merge(path, id, user, head);
    },
    close: async (path, id, user) => {
      await about('proposal', 'close', 'close')(path, id, user);
      return actions.close(path, id, user);
    },
    reopen: async (path, id, user) => {
      await about('proposal', 'reopen', 'open again')(path, id, user);
      return actions.reopen(path, id, user);
    },
  };
}
