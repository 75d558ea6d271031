import type { AccessForge } from '../../../domain/access-forge.ts';

const pending = (): Promise<never> => Promise.reject(new Error('not built yet'));

/** See AccessForge. */
export const accessForge = (): AccessForge => ({
  gatedRequest: pending,
  hands: pending,
  commandComments: pending,
  changedPaths: pending,
  changedBy: pending,
  entries: pending,
  blob: pending,
  mergedWith: pending,
  person: pending,
  members: pending,
  askForReview: pending,
  merge: pending,
  protections: pending,
  issueComment: pending,
  commentIssue: pending,
});
