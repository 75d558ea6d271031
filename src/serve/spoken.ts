import type { Forge } from '../domain/forge.ts';
import type { Redact } from '../domain/redact.ts';

/** No secret of ours reaches a merge request. */
export const spoken = (forge: Forge, redact: Redact): Pick<Forge, 'traits' | 'comment' | 'setStatus'> => ({
  traits: forge.traits,
  comment: (path, id, key, text) => forge.comment(path, id, key, redact(text)),
  setStatus: (path, target, { annotations = [], ...status }) =>
    forge.setStatus(path, target, {
      ...status,
      description: redact(status.description),
      annotations: annotations.map((one) => ({ ...one, message: redact(one.message) })),
    }),
});
