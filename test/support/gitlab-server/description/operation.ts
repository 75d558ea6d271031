import { Ajv, type ValidateFunction } from 'ajv';
import type { TObject, TSchema } from 'typebox';

/** One method of GitLab's REST API. */
export interface Operation {
  /** Where GitLab documents it. */
  readonly page: string;
  /** Of the path, apart from `:id`; what is not named is any text. */
  readonly path?: TObject;
  /** In the query of a GET or DELETE, else in the JSON body. */
  readonly parameters?: TObject;
  /** A POST or PUT that GitLab documents with its parameters in the query; they may stand in the body all the same. */
  readonly inQuery?: true;
  /** Names of the parameters that GitLab has and the stand-in does not act on: nobody may count on them here. */
  readonly unmodelled?: readonly string[];
  /** By status; `raw` is not JSON. */
  readonly replies: Readonly<Record<number, TSchema | 'nothing' | 'raw'>>;
  /** Statuses of refusals beyond those that every method has. */
  readonly refuses?: readonly number[];
}

/** https://docs.gitlab.com/api/rest/troubleshooting/#status-codes */
const refusals: readonly number[] = [400, 401, 403, 404, 429];

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
const validators = new Map<TSchema, ValidateFunction>();

/** What GitLab would not answer like that. */
export function replyProblems(operation: Operation, status: number, body: unknown): readonly string[] {
  if (status >= 400) return refusalProblems(operation, status, body);
  const described = operation.replies[status];
  if (described === undefined) return [`status ${status} is not described`];
  if (typeof described === 'string') return body === undefined ? [] : ['a body is not described'];
  const validate = validators.get(described) ?? ajv.compile(described);
  validators.set(described, validate);
  return validate(body)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
        const name = (params as { additionalProperty?: string }).additionalProperty;
        return `reply${instancePath} ${message}${name === undefined ? '' : ` (${name})`}`;
      });
}

function refusalProblems(operation: Operation, status: number, body: unknown): readonly string[] {
  const known = [...refusals, ...(operation.refuses ?? [])];
  const says = typeof body === 'object' && body !== null && ('message' in body || 'error' in body);
  return [
    ...(known.includes(status) ? [] : [`status ${status} is not described`]),
    ...(says ? [] : ['a refusal has a message or an error']),
  ];
}
