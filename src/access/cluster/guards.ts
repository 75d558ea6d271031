import { isDeepStrictEqual } from 'node:util';
import type { Grant } from '../../domain/access.ts';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { RefusedError } from '../../domain/errors.ts';
import { readObject } from './live.ts';
import { bindingOf, bindingsIn, nameOf, timerOf, timersIn, type Value } from './objects.ts';
import { may } from './rights.ts';
import { normal, policiesFile, type Shipped, shippedPolicies } from './shipped.ts';
import { recordOf } from './values.ts';

export interface GuardCheck {
  readonly check: string;
  readonly ok: boolean;
  /** What was found; where it is not fine, what to do. */
  readonly detail: string;
}

export interface GuardReport {
  readonly ok: boolean;
  readonly checks: readonly GuardCheck[];
}

/**
 * Whether the policies that keep grants from being made to last are there, are those that we ship, and refuse in these namespaces what they shall:
 * tried with requests that change nothing. Throws OutsideError, RefusedError where not even reading the policies is allowed.
 */
export async function checkGuards(server: ApiServer, namespaces: readonly string[], signal: AbortSignal): Promise<GuardReport> {
  const standing = await Promise.all(
    shippedPolicies().flatMap((one) => [checkPolicy(server, one, signal), checkBinding(server, one, signal)]),
  );
  const bypasses = await may(server, { group: 'lockkeeper.dev', resource: 'guards', verb: 'bypass' }, signal);
  const tried: GuardCheck[] = [];
  for (const namespace of namespaces) tried.push(...(await tryAll(server, namespace, bypasses, signal)));
  const checks = [...standing, ...tried];
  return { ok: checks.every(({ ok }) => ok), checks };
}

/** The first check of a namespace that is not fine, as a clause; undefined where all are. Throws as checkGuards does. */
export async function unguarded(server: ApiServer, namespace: string, signal: AbortSignal): Promise<string | undefined> {
  const failed = (await checkGuards(server, [namespace], signal)).checks.find(({ ok }) => !ok);
  return failed && `the cluster is not guarded: ${failed.check}: ${failed.detail}`;
}

const root = '/apis/admissionregistration.k8s.io/v1';
const install = `apply ${policiesFile}`;

async function checkPolicy(server: ApiServer, { name, policy }: Shipped, signal: AbortSignal): Promise<GuardCheck> {
  const check = `policy ${name}`;
  const found = await readObject(server, `${root}/validatingadmissionpolicies/${name}`, signal);
  if (found === undefined) return { check, ok: false, detail: `it is not there: ${install}` };
  const other = differentKeys(found.value['spec'], policy['spec']);
  if (other !== undefined) return { check, ok: false, detail: `its ${other} is not what this version ships: ${install}` };
  const { expressionWarnings } = recordOf(recordOf(found.value['status'])['typeChecking']);
  if (expressionWarnings !== undefined)
    return { check, ok: false, detail: `the API server warns of it: ${JSON.stringify(expressionWarnings)}` };
  return { check, ok: true, detail: 'as it is shipped' };
}

async function checkBinding(server: ApiServer, { name, binding }: Shipped, signal: AbortSignal): Promise<GuardCheck> {
  const check = `policy binding ${name}`;
  const found = await readObject(server, `${root}/validatingadmissionpolicybindings/${name}`, signal);
  if (found === undefined) return { check, ok: false, detail: `it is not there, and the policy has no effect: ${install}` };
  const { validationActions, ...spec } = recordOf(found.value['spec']);
  const { validationActions: _, ...wanted } = recordOf(binding['spec']);
  if (!Array.isArray(validationActions) || !validationActions.includes('Deny'))
    return { check, ok: false, detail: `it does not deny anything: ${install}` };
  const other = differentKeys(spec, wanted);
  if (other !== undefined) return { check, ok: false, detail: `its ${other} is not what this version ships: ${install}` };
  return { check, ok: true, detail: 'denies' };
}

/** The first part in which two differ. */
function differentKeys(live: unknown, wanted: unknown): string | undefined {
  const [one, other] = [recordOf(normal(live)), recordOf(normal(wanted))];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].find((key) => !isDeepStrictEqual(one[key], other[key]));
}

/** What must not be allowed, and which policy says so. */
interface Attempt {
  readonly what: string;
  readonly policy: string;
  readonly path: string;
  readonly value: Value;
}

async function tryAll(server: ApiServer, namespace: string, bypasses: boolean, signal: AbortSignal): Promise<readonly GuardCheck[]> {
  const attempts = attemptsIn(namespace).filter(({ policy }) => !(bypasses && policy === 'lockkeeper-guards'));
  const checks = await Promise.all(attempts.map((one) => tryOne(server, namespace, one, signal)));
  if (!bypasses) return checks;
  const detail = 'not tried: this account may bypass it';
  return [...checks, { check: `${namespace}: bindings beside grants are refused`, ok: true, detail }];
}

async function tryOne(server: ApiServer, namespace: string, attempt: Attempt, signal: AbortSignal): Promise<GuardCheck> {
  const check = `${namespace}: ${attempt.what} refused`;
  const said = await refusal(server, attempt, signal);
  if (said === undefined) return { check, ok: false, detail: `it is allowed: policy ${attempt.policy} has no effect here` };
  const ok = said.includes(`ValidatingAdmissionPolicy '${attempt.policy}'`) && !said.includes('resulted in error');
  return { check, ok, detail: ok ? `by ${attempt.policy}` : `not by policy ${attempt.policy}: ${said}` };
}

/** Why the server says no; undefined where it would not. */
async function refusal(server: ApiServer, { path, value }: Attempt, signal: AbortSignal): Promise<string | undefined> {
  try {
    const of = { method: 'PATCH', path: `${path}?dryRun=All&fieldManager=lockkeeper-doctor&force=true` } as const;
    const reply = await server.ask({ ...of, body: JSON.stringify(value), type: 'application/apply-patch+yaml' }, signal);
    return reply.status < 400 ? undefined : statusOf(reply).message;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 403) return error.message;
    throw error;
  }
}

const id = 'doctor';

function attemptsIn(namespace: string): readonly Attempt[] {
  const binding = bindingOf(nobodys(namespace), { usernamePrefix: '', groupsPrefix: '' }, '00000000-0000-0000-0000-000000000000');
  const timer = timerOf({ id, namespace }, 60);
  return [
    {
      what: 'a grant whose hour is over is',
      policy: 'lockkeeper-grants',
      path: `${bindingsIn(namespace)}/${nameOf(id)}`,
      value: binding,
    },
    {
      what: 'a timer that is held is',
      policy: 'lockkeeper-timers',
      path: `${timersIn(namespace)}/${nameOf(id)}`,
      value: { ...timer, spec: { ...recordOf(timer['spec']), suspend: true } },
    },
    {
      what: 'bindings beside grants are',
      policy: 'lockkeeper-guards',
      path: `${bindingsIn(namespace)}/lockkeeper-doctor`,
      value: { ...binding, metadata: { name: 'lockkeeper-doctor', namespace } },
    },
  ];
}

/** A grant that was over long ago, of what everybody may: no right to bind a role is needed for it. */
const nobodys = (namespace: string): Grant => ({
  id,
  environment: '',
  repository: '',
  request: 0,
  url: '',
  file: '',
  blob: '',
  namespace,
  subject: { kind: 'user', name: 'nobody' },
  level: 'readonly',
  role: 'system:basic-user',
  reason: '',
  from: '2000-01-01T00:00:00Z',
  until: '2000-01-01T00:00:01Z',
  approvedBy: [],
  breakGlass: false,
});
