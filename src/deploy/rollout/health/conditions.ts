import { record } from '../../../manifests/objects.ts';
import type { Value } from './health.ts';
import { words } from './words.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/condition-v1/ */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastUpdateTime?: string;
}

/** The conditions in `status`; what does not look like one is none. */
export function conditionsOf(value: Value): readonly Condition[] {
  const { conditions } = record(value['status']);
  return (Array.isArray(conditions) ? conditions : []).map(record).flatMap((one) => {
    const { type, status, reason, message, observedGeneration, lastUpdateTime } = one;
    if (typeof type !== 'string' || typeof status !== 'string') return [];
    return [
      {
        type,
        status,
        reason: typeof reason === 'string' ? reason : '',
        message: typeof message === 'string' ? message : '',
        ...(typeof observedGeneration === 'number' ? { observedGeneration } : {}),
        ...(typeof lastUpdateTime === 'string' ? { lastUpdateTime } : {}),
      },
    ];
  });
}

export const conditionOf = (value: Value, type: string): Condition | undefined => conditionsOf(value).find((one) => one.type === type);

/** `reason: message`, as far as the condition has them. */
export const conditionWords = ({ reason, message }: Condition): string => words([reason, message].filter((text) => text !== '').join(': '));
