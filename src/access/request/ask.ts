import { createHash } from 'node:crypto';
import type { AccessRequest, Grant } from '../../domain/access.ts';
import type { Forge, RepositoryState } from '../../domain/forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import { requestMessage } from '../../domain/identifiers.ts';
import type { ListedRequest } from '../../domain/request-forge.ts';
import { accessBranches, accessLabel } from '../branches.ts';
import { noPerson, toNamed } from '../gate/names.ts';
import { type AccessRules, type AccessSettings, isConfigured, rulesFor } from '../settings.ts';
import { describeRequest } from './description.ts';
import { parseRequest } from './parse.ts';
import { accessFolder, freePath } from './path.ts';
import { forbidden } from './permitted.ts';
import { requestFile, requestTitle } from './text.ts';

export interface AskPorts {
  readonly forge: Pick<
    Forge,
    | 'traits'
    | 'state'
    | 'openRequests'
    | 'changedPaths'
    | 'entries'
    | 'branchHead'
    | 'branchCommits'
    | 'commit'
    | 'open'
    | 'finish'
    | 'askForReview'
    | 'person'
    | 'members'
  >;
  readonly settings: AccessSettings;
  /** Grants that are not over. */
  readonly held: readonly Grant[];
  readonly now: Date;
}

/** Where it is asked for. */
export interface AskPlace {
  readonly environment: string;
  /** Path of the repository in its forge. */
  readonly path: string;
}

export interface Ask {
  readonly request: AccessRequest;
  /** Name of who asks, who cannot approve it then. */
  readonly by: string;
  /** Page where they did. */
  readonly askedAt?: string;
  readonly dryRun: boolean;
}

interface Planned {
  readonly title: string;
  readonly branch: string;
  readonly description: string;
  readonly file: string;
  readonly content: string;
}

/** `there`: the same was asked for before, and is open. */
export type Answer =
  | { readonly outcome: 'refused'; readonly reasons: readonly string[] }
  | ({ readonly outcome: 'planned' } & Planned)
  | { readonly outcome: 'opened' | 'there'; readonly title: string; readonly branch: string; readonly id: number; readonly url: string };

/** What is asked for, where, and with what. */
interface Matter extends AskPorts, AskPlace, Ask {
  readonly rules: AccessRules;
}

/**
 * Opens the merge request that asks for the access. Whoever asks for the same again, as after dying in the middle, ends at the same one while it is open:
 * its branch says what it is about. What only the gate can tell (may they ask, may they be given it) the gate says below it.
 */
export async function askForAccess(ports: AskPorts, place: AskPlace, ask: Ask): Promise<Answer> {
  const request = await spelled(ports, place, ask.request);
  if (typeof request === 'string') return { outcome: 'refused', reasons: [request] };
  const rules = rulesFor(ports.settings, place.environment, request.namespace, request.level);
  const matter = { ...ports, ...place, ...ask, request, rules };
  const reasons = outside(matter);
  if (reasons.length > 0) return { outcome: 'refused', reasons };
  const { forge, path } = matter;
  const state = await forge.state(path);
  const open = (await forge.openRequests(path, state.defaultBranch)).filter((one) => !one.fork && one.branch.startsWith(accessBranches));
  const branch = branchOf(matter);
  const same = open.find((one) => one.branch === branch);
  if (same !== undefined) return await finished(matter, same);
  const planned = await plan(matter, state, open);
  if (ask.dryRun) return { outcome: 'planned', ...planned };
  return await opened(matter, state, planned);
}

/** With the name as the forge writes it, which RBAC takes to the letter; or why nobody can be given access by it. */
async function spelled({ forge }: AskPorts, { path }: AskPlace, request: AccessRequest): Promise<AccessRequest | string> {
  const { subject } = request;
  if (subject.kind === 'group') return request;
  const person = await forge.person(path, subject.name);
  const nobody = noPerson(subject.name, person);
  return person === undefined || nobody !== undefined ? (nobody ?? '') : { ...request, subject: { kind: 'user', name: person.name } };
}

/** What is wrong with the file that it would be, or against app.yml. */
function outside({ request, environment, settings, rules, held, now }: Matter): readonly string[] {
  if (!isConfigured(settings)) return ['Nobody may approve access: access.approvers in app.yml is empty.'];
  const parsed = parseRequest(freePath(request.namespace, request.subject.name, []), Buffer.from(requestFile(request)));
  if ('problems' in parsed) return parsed.problems.map((problem) => `The file that asks for it is none: ${problem}.`);
  return forbidden(request, { settings, environment, rules, held, now });
}

/** Of what is asked for, by whom, and where; whatever else it is called by, git and forges allow it. */
function branchOf({ request, by, path }: Matter): string {
  const hash = createHash('sha256').update(JSON.stringify([path, request.namespace, requestFile(request), by]));
  return `${branchesOf(request)}${hash.digest('hex').slice(0, 6)}`;
}

/** What branches begin with on which access to a namespace is asked for the same subject. */
const branchesOf = ({ namespace, subject: { name } }: AccessRequest): string =>
  `${accessBranches}${namespace}/${name.replaceAll(/[^\w-]+/g, '-')}-`;

async function plan(matter: Matter, { commit }: RepositoryState, open: readonly ListedRequest[]): Promise<Planned> {
  const { forge, path, request } = matter;
  const there = await forge.entries(path, commit, `${accessFolder}/${request.namespace}`);
  const others = open.filter(({ branch }) => branch.startsWith(branchesOf(request)));
  const asked = await Promise.all(others.map(async ({ id }) => (await forge.changedPaths(path, id)).paths));
  const file = freePath(
    request.namespace,
    request.subject.name,
    [...there, ...asked.flat()].map((one) => one.path),
  );
  const planned = { title: requestTitle(request), branch: branchOf(matter), file, content: requestFile(request) };
  return { ...planned, description: describe(matter, file) };
}

function describe({ request, forge: { traits }, rules, held, now, settings, environment, by, askedAt }: Matter, file: string): string {
  const { expireAfterMs } = settings;
  return describeRequest(request, {
    environment,
    rules,
    expireAfterMs,
    by,
    held,
    file,
    traits,
    now,
    ...(askedAt !== undefined && { askedAt }),
  });
}

async function opened(matter: Matter, { commit: base, defaultBranch: target }: RepositoryState, planned: Planned): Promise<Answer> {
  const { forge, path } = matter;
  const { title, branch, description, file, content } = planned;
  const expected = await forge.branchHead(path, branch);
  const strange = expected === undefined ? [] : (await forge.branchCommits(path, branch, target)).filter(({ byBot }) => !byBot);
  if (strange.length > 0)
    return { outcome: 'refused', reasons: [`The branch ${branch} has a commit of ${strange[0]?.person}: delete it, and ask again.`] };
  const files = [{ path: file, content: Buffer.from(content), isNew: true as const }];
  await forge.commit(path, { branch, base, expected, files, message: requestMessage(title, matter.by) });
  const { id, url } = await forge.open(path, { branch, target, title, description, labels: [accessLabel] });
  await callApprovers(matter, id);
  return { outcome: 'opened', title, branch, id, url };
}

/** What an opening that ended in its middle left out. */
async function finished(matter: Matter, { id, url, title, branch, labels }: ListedRequest): Promise<Answer> {
  const { forge, path, dryRun } = matter;
  if (!dryRun && !labels.includes(accessLabel)) await forge.finish(path, id, { labels: [accessLabel] });
  if (!dryRun) await callApprovers(matter, id);
  return { outcome: 'there', title, branch, id, url };
}

/** People; who is in a large group need not all be called. */
export const mostCalled = 10;

async function callApprovers(matter: Matter, id: number): Promise<void> {
  const { forge, path, request, rules, by } = matter;
  if (request.breakGlass) return;
  const parties = [by, ...(request.subject.kind === 'user' ? [request.subject.name] : [])].map((name) => name.toLowerCase());
  const found = await Promise.all(rules.approvers.map((name) => usersBehind(matter, name)));
  const users = new Map(found.flat().map((user) => [user.id, user]));
  const called = [...users.values()].filter(({ bot, name }) => !bot && !parties.includes(name.toLowerCase())).slice(0, mostCalled);
  if (called.length > 0) await forge.askForReview(path, id, called);
}

async function usersBehind({ forge, path }: Matter, text: string): Promise<readonly ForgeUser[]> {
  const named = toNamed(text);
  if (named.kind === 'group') return (await forge.members(path, named.name)) ?? [];
  const person = await forge.person(path, named.name);
  return person === undefined || !person.active || (named.id !== undefined && named.id !== person.id) ? [] : [person];
}
