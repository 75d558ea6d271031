import type { BranchChange, EnvironmentForge, MergeRequest, NewMergeRequest } from '../domain/forge.ts';
import { commitMessage, label, writeMarker } from '../domain/identifiers.ts';
import type { Store } from '../domain/store.ts';
import type { Proposal } from '../domain/update.ts';
import type { Recorded } from './journal-entry.ts';
import { rememberCommit } from './memory.ts';
import { placesOf } from './proposal.ts';
import type { Action, Build } from './reconcile.ts';

/** Files as they shall stand, and paths of those that are no more. */
export type Changes = Required<Pick<BranchChange, 'files' | 'removed'>>;

/** What carrying out needs of one environment. */
export interface Writer {
  readonly forge: Pick<EnvironmentForge, 'commit' | 'open' | 'finish' | 'edit' | 'close' | 'comment'>;
  readonly store: Store;
  /** `FORGE:PATH`, the key of what is remembered. */
  readonly repository: string;
  readonly path: string;
  readonly defaultBranch: string;
  readonly owner: string | undefined;
  /** Who opens a new one when a person has handed the branch back: `the next scan`. */
  readonly again: string;
  /** The merge request's description, with its marker. */
  describe(proposal: Proposal): Promise<string>;
  /** Resolves when the journal has kept what is about to be done; throws when it cannot, and then it is not done. */
  record(action: Recorded): Promise<void>;
  /**
   * Does this when it is the environment's turn to write, unless somebody else has written meanwhile and something else is to be done now.
   * `stillOurs` throws when the turn was lost in the middle.
   */
  turn<T>(work: (stillOurs: () => void) => Promise<T>): Promise<T>;
  /** What changes on top of `base`. */
  edited(proposal: Proposal, base: string): Promise<Changes>;
}

/**
 * Writes what was decided, in as few requests as the forge allows: one commit request makes branch and commit, one opens, one edits.
 * It may end between any two of them: the next run finds the branch by its commit's trailer and goes on from there.
 * Gives the merge request.
 */
export async function carryOut(writer: Writer, action: Action): Promise<MergeRequest | undefined> {
  switch (action.kind) {
    case 'open':
      return await open(writer, action);
    case 'update':
      return await update(writer, action);
    case 'close':
      await writer.turn(() => close(writer, action));
      return action.request;
    case 'tidy':
      await writer.turn(() => closeWith(writer, action.request, action.request.description));
      return action.request;
    case 'keep': {
      const { say, request } = action;
      if (request.unfinished === true) await writer.turn(() => finish(writer, request));
      if (say !== undefined) await writer.turn(() => sayHandsOff(writer, request, say));
      return request;
    }
    case 'hold':
    case 'none':
      return undefined;
  }
}

/** The text first, since making it takes long: only who has it waits to write. */
async function open(writer: Writer, action: Extract<Action, { kind: 'open' }>): Promise<MergeRequest> {
  const { proposal, build: toBuild } = action;
  const { branch, title } = proposal;
  const description = await writer.describe(proposal);
  const request = { branch, target: writer.defaultBranch, title, description, ...finishing(writer) };
  return await writer.turn(async (stillOurs) => {
    await writer.record(action);
    if (toBuild !== undefined) await build(writer, proposal, toBuild);
    stillOurs();
    return await writer.forge.open(writer.path, request);
  });
}

/** What a merge request has from its opening on, besides its texts. */
const finishing = ({ owner }: Writer): Pick<NewMergeRequest, 'labels' | 'owner'> => ({
  labels: [label],
  ...(owner !== undefined && { owner }),
});

const finish = (writer: Writer, { id }: MergeRequest): Promise<void> => writer.forge.finish(writer.path, id, finishing(writer));

async function update(writer: Writer, action: Extract<Action, { kind: 'update' }>): Promise<MergeRequest> {
  const { proposal, request, texts, build: toBuild } = action;
  const description = texts === undefined ? undefined : await writer.describe(proposal);
  await writer.turn(async (stillOurs) => {
    await writer.record(action);
    if (toBuild !== undefined) await build(writer, proposal, toBuild);
    stillOurs();
    if (description !== undefined) await writer.forge.edit(writer.path, request.id, { ...texts, description });
    if (request.unfinished === true) await finish(writer, request);
  });
  return request;
}

async function build(writer: Writer, proposal: Proposal, { base, expected }: Build): Promise<void> {
  const { branch, title, content } = proposal;
  const { files, removed } = await writer.edited(proposal, base);
  const carried = { content, places: placesOf(proposal.updates) };
  const head = await writer.forge.commit(writer.path, {
    branch,
    base,
    expected,
    files,
    removed,
    message: commitMessage(title, carried),
  });
  await rememberCommit(writer.store, writer.repository, branch, {
    head,
    ...carried,
    base,
    files: [...files.map(({ path }) => path), ...removed],
  });
}

async function close(writer: Writer, action: Extract<Action, { kind: 'close' }>): Promise<void> {
  const { request, marker, reason } = action;
  await writer.record(action);
  const description = `> Closed by Lockkeeper: ${reason}.\n\n${request.description.trimEnd()}\n${writeMarker({ ...marker, closed: reason })}\n`;
  await closeWith(writer, request, description);
}

async function closeWith(writer: Writer, { id, branch, commit }: MergeRequest, description: string): Promise<void> {
  await writer.forge.close(writer.path, id, { description, branch, commit });
}

/** Once: what was said is remembered here and, should that be lost, found again by the comment's key. */
async function sayHandsOff(writer: Writer, request: MergeRequest, person: string): Promise<void> {
  const key = `${writer.repository} ${request.id} hands-off`;
  if ((await writer.store.get('said', key)) !== undefined) return;
  const text = `There are commits on this branch that are not Lockkeeper's, so it leaves the branch to you from here on. To hand it back, remove the label \`${label}\` here and delete the branch: ${writer.again} opens a new one.`;
  await writer.forge.comment(writer.path, request.id, 'hands-off', text);
  await writer.store.put('said', key, person);
}
