import { randomUUID } from 'node:crypto';
import { noPerson } from '../../access/gate/names.ts';
import { changeBook, readBook } from '../../access/grant/book.ts';
import { type Answer as Asked, askForAccess } from '../../access/request/ask.ts';
import { plainAbilities } from '../../access/request/description.ts';
import { isNamespace } from '../../access/request/path.ts';
import { wherever } from '../../access/request/permitted.ts';
import { type AccessSettings, isConfigured, rulesFor } from '../../access/settings.ts';
import { durationOf } from '../../dashboard/access/check.ts';
import type { Answer, Asking, Offer, OfferedLevel } from '../../dashboard/access/source.ts';
import { type AccessLevel, type AccessRequest, accessLevels } from '../../domain/access.ts';
import { explain, OutsideError } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/site.ts';
import { type AccessEnvironment, namedEnvironments, textOf } from '../access/environments.ts';
import { reviewJob } from '../access/jobs.ts';
import { forgeOf } from '../judged-environments.ts';
import type { DashboardParts } from './parts.ts';

interface AskingParts extends Pick<DashboardParts, 'config' | 'services' | 'redact' | 'log'> {
  readonly settings: AccessSettings;
  readonly now: () => Date;
}

/** Milliseconds that the same, asked for at the same time, may take. */
const patience = 30_000;

/** What app.yml allows there, and why this viewer cannot ask for it. */
export function offerHere(parts: AskingParts, viewer: Viewer, name: string, namespace: string): Offer {
  const { config, services, settings } = parts;
  const environment = namedEnvironments(config, services).find((one) => one.name === name);
  const levels = accessLevels.flatMap((level) => offered(settings, name, namespace, level));
  const refused = environment === undefined ? [`app.yml names no environment ${name}.`] : nowhere(parts, viewer, environment, namespace);
  const isNobody = refused.length === 0 && levels.length === 0;
  return {
    refused: isNobody ? [`Nobody may approve access to ${namespace}: app.yml names no approvers there.`] : refused,
    levels,
    groups: Object.keys(settings.groups),
    by: askerOf(viewer),
    hasCluster: environment?.cluster !== undefined,
  };
}

/** A person of the forge; on the machine itself whoever works there, as on the command line. */
const askerOf = ({ user, actor }: Viewer): string => user?.name ?? actor;

function nowhere({ settings }: AskingParts, viewer: Viewer, { name, repository }: AccessEnvironment, namespace: string): readonly string[] {
  if (!isConfigured(settings)) return ['Nobody may approve access: access.approvers in app.yml is empty.'];
  if (!isNamespace(namespace)) return [`${namespace} is no name of a namespace: lower case letters, digits and "-".`];
  const { user } = viewer;
  if (user !== undefined && user.forge !== repository.forge)
    return [`You are ${user.name} of ${user.forge}, and the repository of ${name} is at ${repository.forge}: ask there, with a comment.`];
  if (!viewer.acts(name)) return [mayNotPush(viewer, name)];
  return wherever({ namespace }, { settings });
}

const mayNotPush = (viewer: Viewer, environment: string): string =>
  `${askerOf(viewer)} may not push to the repository of ${environment}, and only who may can ask for access there.`;

function offered(settings: AccessSettings, environment: string, namespace: string, level: AccessLevel): OfferedLevel[] {
  const { approvers, approvals, breakGlass, maxDurationMs, reason, role } = rulesFor(settings, environment, namespace, level);
  if (approvers.length === 0 && breakGlass === undefined) return [];
  return [
    {
      level,
      can: plainAbilities(role) ?? `what the ClusterRole ${role} allows`,
      longestMs: maxDurationMs,
      approvals,
      approvers: approvers.map(plainName),
      ...(reason !== undefined && { reason: reason.source }),
      ...(breakGlass !== undefined && { breakGlass: { longestMs: breakGlass.maxDurationMs, users: breakGlass.users.map(plainName) } }),
    },
  ];
}

/** Without the number that it is pinned to. */
const plainName = (name: string): string => name.replace(/#\d+$/, '');

/** Ends in the merge request in which the command line ends. */
export async function askHere(parts: AskingParts, viewer: Viewer, asking: Asking): Promise<Answer> {
  const { config, services, redact } = parts;
  const environment = namedEnvironments(config, services).find((one) => one.name === asking.environment);
  const { refused } = offerHere(parts, viewer, asking.environment, asking.namespace);
  if (environment === undefined || refused.length > 0) return { outcome: 'refused', fields: {}, problems: refused };
  const request = requestOf(asking, askerOf(viewer));
  if (request === undefined) return { outcome: 'refused', fields: {}, problems: ['Level or duration is none: choose them again.'] };
  try {
    return await services.persistence.locks.hold(`ask ${textOf(environment)}`, patience, () => asked(parts, viewer, environment, request));
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { outcome: 'failed', why: redact(explain(error)) };
  }
}

function requestOf({ namespace, level, user, group, duration, reason, breakGlass }: Asking, by: string): AccessRequest | undefined {
  const known = accessLevels.find((one) => one === level);
  const durationMs = durationOf(duration);
  if (known === undefined || durationMs === undefined) return undefined;
  const subject = group === '' ? { kind: 'user' as const, name: user === '' ? by : user } : { kind: 'group' as const, name: group };
  return { namespace, subject, level: known, reason: reason.replaceAll(/\s+/g, ' '), durationMs, breakGlass };
}

async function asked(parts: AskingParts, viewer: Viewer, environment: AccessEnvironment, request: AccessRequest): Promise<Answer> {
  const { services, settings, now, log } = parts;
  const { store } = services.persistence;
  const { repository, name } = environment;
  const forge = forgeOf(services, repository.forge);
  const by = askerOf(viewer);
  // The bot writes for them, so that the forge itself would let them do it.
  if (viewer.user !== undefined && !(await forge.mayWrite(repository.path, viewer.user)))
    return { outcome: 'refused', fields: {}, problems: [mayNotPush(viewer, name)] };
  const { subject } = request;
  const nobody = subject.kind === 'group' ? undefined : noPerson(subject.name, await forge.person(repository.path, subject.name));
  if (nobody !== undefined) return { outcome: 'refused', fields: { user: nobody }, problems: [] };
  const { grants } = await readBook(store, textOf(environment));
  const held = grants.filter(({ state }) => state !== 'ended').map(({ grant }) => grant);
  const ports = { forge, settings, held, now: now() };
  const answer = await askForAccess(ports, { environment: name, path: repository.path }, { request, by, dryRun: false });
  if (answer.outcome === 'refused') return { outcome: 'refused', fields: {}, problems: answer.reasons };
  if (answer.outcome === 'planned') throw new Error('a request that was to be opened was planned only');
  await follow(parts, environment, answer, request);
  log.info({ environment: name, by: viewer.actor, request: answer.id }, 'access was asked for on the pages');
  return { outcome: 'asked', id: answer.id };
}

/** So that it shows at once, and the gate looks at it. */
async function follow(
  { services: { persistence }, now }: AskingParts,
  environment: AccessEnvironment,
  { id, url, title }: Extract<Asked, { readonly id: number }>,
  asks: AccessRequest,
): Promise<void> {
  const repository = textOf(environment);
  const at = now().toISOString();
  const unseen = { url, title, missing: [], seenAt: at, since: at, asks, unjudged: true } as const;
  await changeBook(persistence, repository, (book) =>
    book.requests[id] === undefined ? { ...book, requests: { ...book.requests, [id]: unseen } } : book,
  );
  await persistence.queue().add([reviewJob(repository, id, randomUUID())]);
}
