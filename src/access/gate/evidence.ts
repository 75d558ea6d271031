import pLimit from 'p-limit';
import type { ChangedPaths, GatedRequest, Hand, Person, TreeEntry } from '../../domain/access-forge.ts';
import type { Forge, ForgeTraits, Reviews } from '../../domain/forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import type { RequestComment } from '../../domain/request-forge.ts';
import { largestRequest, parseRequest } from '../request/parse.ts';
import { accessFolder } from '../request/path.ts';
import { type AccessSettings, rulesFor } from '../settings.ts';
import { type Asking, askedBy } from './asker.ts';
import { decidingNames, type Named, toNamed } from './names.ts';
import { shapeOf } from './shape.ts';

export type GateForge = Pick<
  Forge,
  | 'traits'
  | 'state'
  | 'reviews'
  | 'line'
  | 'mayWrite'
  | 'gatedRequest'
  | 'hands'
  | 'commandComments'
  | 'changedPaths'
  | 'entries'
  | 'blob'
  | 'person'
  | 'members'
>;

/** Whom the names that decide stand for at this moment. */
export interface Directory {
  /** By name; undefined: nobody has it. */
  readonly people: ReadonlyMap<string, Person | undefined>;
  /** By name, without @; undefined: there is no such group. */
  readonly groups: ReadonlyMap<string, readonly ForgeUser[] | undefined>;
}

/** Who wants the access: who opened the merge request, or on whose word the bot did. */
export interface Asker {
  readonly user: Person;
  /** May push to the repository now. */
  readonly mayWrite: boolean;
}

/** What a merge request brings at its one path. */
export interface BroughtFile {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
  /** Absent where there is too much of it. */
  readonly content?: Uint8Array;
}

/** All that the gate goes by, read from the forge at one moment: the head was the same before and after. */
export interface Evidence {
  readonly forge: ForgeTraits;
  readonly request: GatedRequest;
  readonly defaultBranch: string;
  readonly changes: ChangedPaths;
  readonly reviews: Reviews;
  readonly hands: readonly Hand[];
  readonly comments: readonly RequestComment[];
  readonly file?: BroughtFile;
  readonly directory: Directory;
  /** Undefined where nobody knows who asked. */
  readonly asker?: Asker;
}

/** The head moved while it was looked at: nothing that was read says anything about it. */
export class Superseded extends Error {}

/** Requests to the forge at once. */
const atOnce = 4;

/** Reads everything anew. Throws OutsideError where anything could not be read, and Superseded. */
export async function readEvidence(
  forge: GateForge,
  path: string,
  id: number,
  settings: AccessSettings,
  environment: string,
): Promise<Evidence> {
  const [request, { defaultBranch }] = await Promise.all([forge.gatedRequest(path, id), forge.state(path)]);
  const changes = await readChanges(forge, path, request);
  const found = { forge: forge.traits, request, defaultBranch, changes };
  const shape = shapeOf(found);
  if (request.target !== defaultBranch || shape.kind === 'none') return { ...found, ...nothing(request) };
  const turns = pLimit(atOnce);
  const [told, hands, comments, file] = await Promise.all([
    turns(() => forge.reviews(path, id)),
    turns(() => forge.hands(path, id)),
    turns(() => forge.commandComments(path, id)),
    turns(() => ('path' in shape ? readFile(forge, path, request.commit, shape.path) : undefined)),
  ]);
  const reviews = { ...told, author: await knownAs(forge, path, told.author) };
  const asked = await askedBy(forge, path, { request, opener: reviews.author, ...(file !== undefined && { file }) });
  const names = namesIn({ reviews, asked, file }, settings, environment);
  const directory = await readDirectory(forge, path, names);
  const asker = await readAsker(forge, path, asked, directory);
  const now = await forge.gatedRequest(path, id);
  if (now.commit !== request.commit || reviews.commit !== request.commit || now.target !== request.target)
    throw new Superseded(`${path}: merge request ${id} changed while it was looked at`);
  return {
    ...found,
    request: now,
    reviews,
    hands: [...hands, ...asked.others.map((name): Hand => ({ how: 'author', name }))],
    comments,
    ...(file !== undefined && { file }),
    directory,
    ...(asker !== undefined && { asker }),
  };
}

const nothing = ({ author, commit }: GatedRequest): Pick<Evidence, 'reviews' | 'hands' | 'comments' | 'directory'> => ({
  reviews: { author: { ...author, bot: false }, commit, reviews: [] },
  hands: [],
  comments: [],
  directory: { people: new Map(), groups: new Map() },
});

/** A bot that works with a person's account is told as one where it is asked for by name. */
async function knownAs(forge: GateForge, path: string, user: ForgeUser): Promise<ForgeUser> {
  if (user.bot) return user;
  const person = await forge.person(path, user.name);
  return { ...user, bot: person?.id === user.id && person.bot };
}

/** Where there are more paths than the forge lists, those under `access/` are found in git itself. */
async function readChanges(forge: GateForge, path: string, { id, commit, base }: GatedRequest): Promise<ChangedPaths> {
  const changes = await forge.changedPaths(path, id);
  if (changes.complete) return changes;
  const [before, after] = await Promise.all([
    base === undefined ? [] : forge.entries(path, base, accessFolder),
    forge.entries(path, commit, accessFolder),
  ]);
  const differing = after.filter((entry) => !before.some((one) => isSame(one, entry)));
  const gone = before.filter((entry) => !after.some((one) => one.path === entry.path));
  const more = [
    ...differing.map((one) => ({ path: one.path, kind: 'changed' as const })),
    ...gone.map((one) => ({ path: one.path, kind: 'removed' as const })),
  ];
  return { paths: [...changes.paths, ...more], complete: false };
}

const isSame = (one: TreeEntry, other: TreeEntry): boolean => one.path === other.path && one.id === other.id && one.mode === other.mode;

async function readFile(forge: GateForge, path: string, commit: string, file: string): Promise<BroughtFile | undefined> {
  const entry = (await forge.entries(path, commit, accessFolder)).find((one) => one.path === file);
  if (entry === undefined) return undefined;
  const found = { path: file, mode: entry.mode, blob: entry.id };
  const content = entry.mode === '100644' ? await forge.blob(path, entry.id, largestRequest) : undefined;
  return content === undefined ? found : { ...found, content };
}

interface Naming {
  readonly reviews: Reviews;
  readonly asked: Asking;
  readonly file: BroughtFile | undefined;
}

/** Everybody on whom it may depend. */
function namesIn({ reviews, asked, file }: Naming, settings: AccessSettings, environment: string): readonly Named[] {
  const user = (name: string): Named => ({ kind: 'user', name });
  const seen = [
    ...reviews.reviews.filter(({ user: { bot } }) => !bot).map((review) => user(review.user.name)),
    ...(asked.name === undefined ? [] : [user(asked.name)]),
    ...(reviews.author.bot ? [user(reviews.author.name)] : []),
  ];
  const parsed = file?.content === undefined ? undefined : parseRequest(file.path, file.content);
  if (parsed === undefined || 'problems' in parsed) return seen;
  const { namespace, level, subject } = parsed.request;
  const group = subject.kind === 'group' && Object.hasOwn(settings.groups, subject.name) ? settings.groups[subject.name] : undefined;
  const whom = subject.kind === 'user' ? [user(subject.name)] : group === undefined ? [] : [toNamed(group)];
  return [...seen, ...whom, ...decidingNames(settings, rulesFor(settings, environment, namespace, level))];
}

async function readDirectory(forge: GateForge, path: string, names: readonly Named[]): Promise<Directory> {
  const turns = pLimit(atOnce);
  const of = (kind: Named['kind']): readonly string[] => [...new Set(names.filter((one) => one.kind === kind).map(({ name }) => name))];
  const [people, groups] = await Promise.all([
    Promise.all(of('user').map((name) => turns(async () => [name, await forge.person(path, name)] as const))),
    Promise.all(of('group').map((name) => turns(async () => [name, await forge.members(path, name)] as const))),
  ]);
  return { people: new Map(people), groups: new Map(groups) };
}

async function readAsker(forge: GateForge, path: string, { name, id }: Asking, { people }: Directory): Promise<Asker | undefined> {
  const user = name === undefined ? undefined : people.get(name);
  if (user === undefined || (id !== undefined && user.id !== id)) return undefined;
  return { user, mayWrite: await forge.mayWrite(path, user) };
}
