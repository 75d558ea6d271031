import { explain, RefusedError } from '../domain/errors.ts';
import type { EnvironmentForge, NewStatus, RepositoryRef, StatusForge } from '../domain/forge.ts';
import type { ListedRequest } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';
import { keepStatus } from './said.ts';

export interface SpeakingPorts {
  readonly forge: Pick<EnvironmentForge, 'comment'> & Pick<StatusForge, 'setStatus'>;
  readonly store: Store;
  readonly warn: (text: string) => void;
}

/** Both say whether the forge took it. */
export interface Speaker {
  status(status: NewStatus): Promise<boolean>;
  comment(text: string): Promise<boolean>;
}

/** What the forge refuses is told to the log: whoever has no right to speak has judged for nothing, and the next merge request may be another. */
export function speaker({ forge, store, warn }: SpeakingPorts, repository: RepositoryRef, request: ListedRequest): Speaker {
  const { path } = repository;
  const { id, commit, branch, fork } = request;
  const tolerant = async (what: Promise<void>): Promise<boolean> => {
    try {
      await what;
      return true;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      warn(`${path}!${id}: ${explain(error)}`);
      return false;
    }
  };
  return {
    status: async (status) => {
      await keepStatus(store, repository, request, status);
      return tolerant(forge.setStatus(path, { commit, branch, request: id, fork }, status));
    },
    comment: (text) => tolerant(forge.comment(path, id, 'validate', text)),
  };
}
