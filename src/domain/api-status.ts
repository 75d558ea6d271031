import type { ApiReply } from './cluster.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Status {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field: string; readonly message: string }[];
}

/** What could not be read at all the server repeats as numbers: everything that is in it, secrets too. */
function withoutDump(message: string): string {
  const start = message.search(/ \([0-9a-f]{8}/);
  if (start < 0) return message;
  const end = message.indexOf(')', start);
  return message.slice(0, start) + (end < 0 ? '' : message.slice(end + 1));
}

export function statusOf({ status, body }: ApiReply): Status {
  const said = parsed(body);
  const causes = (said?.details?.causes ?? []).filter(({ field, message }) => field !== undefined && message !== undefined);
  return {
    code: status,
    reason: said?.reason ?? '',
    message: (said?.message === undefined ? undefined : withoutDump(said.message)) ?? (body.trim().slice(0, 500) || `answered ${status}`),
    causes: causes.map(({ field = '', message = '' }) => ({ field, message })),
  };
}

/** Taken: what stands there under its name was looked for after everything else was found right. */
export const isFine = (reply: ApiReply): boolean => reply.status < 400 || isThere(reply);

export const isThere = (reply: ApiReply): boolean => reply.status === 409 && statusOf(reply).reason === 'AlreadyExists';

interface RawStatus {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

function parsed(body: string): RawStatus | undefined {
  try {
    return JSON.parse(body) as RawStatus;
  } catch {
    return undefined;
  }
}
