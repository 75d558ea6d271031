import type { NewJob } from '../../domain/queue.ts';

/** A look at the grants of one environment; `repository` is `FORGE:PATH`. */
export const accessJob = (repository: string, trace: string): NewJob => ({ data: { kind: 'access', repository }, key: repository, trace });

/** A look at one merge request that may ask for access. */
export const reviewJob = (repository: string, request: number, trace: string): NewJob => ({
  data: { kind: 'access-review', repository, request },
  key: `${repository}!${request}`,
  trace,
});

export const auditJob = (trace: string): NewJob => ({ data: { kind: 'access-audit' }, key: '', trace });
