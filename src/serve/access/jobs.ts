import type { NewJob } from '../../domain/queue.ts';

export const accessJob = (repository: string, trace: string): NewJob => ({ data: { kind: 'access', repository }, key: repository, trace });

export const reviewJob = (repository: string, request: number, trace: string): NewJob => ({
  data: { kind: 'access-review', repository, request },
  key: `${repository}!${request}`,
  trace,
});
