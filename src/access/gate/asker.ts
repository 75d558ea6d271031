import type { GatedRequest } from '../../domain/access-forge.ts';
import type { EnvironmentForge, SourceCommit } from '../../domain/forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import { requestedBy } from '../../domain/identifiers.ts';
import { accessBranches } from '../branches.ts';

/** Who asked, by what the merge request says. */
export interface Asking {
  /** Undefined where nobody is named. */
  readonly name?: string;
  /** Of whoever opened it; undefined for a name that a commit of the bot gives. */
  readonly id?: string;
  /** Who is named by earlier commits. */
  readonly others: readonly string[];
}

interface Opened {
  readonly request: GatedRequest;
  readonly opener: ForgeUser;
  readonly file?: { readonly path: string };
}

/** Commits that are looked at; a request of the bot has one. */
const mostCommits = 20;

/** A person asks by opening it. The bot opens what a comment or a command asked for, and its commit says who that was; another program's may be anybody's. */
export async function askedBy(forge: Pick<EnvironmentForge, 'line'>, path: string, { request, opener, file }: Opened): Promise<Asking> {
  if (!opener.bot) return { name: opener.name, id: opener.id, others: [] };
  if (file === undefined || request.ours !== true || !request.branch.startsWith(accessBranches)) return { others: [] };
  const { commits } = await forge.line(path, request.commit, [file.path], mostCommits);
  // After a merge some forges say that it left its target where it ends; what was there before has no such words then.
  const isStart = ({ sha, message }: SourceCommit): boolean =>
    request.base === request.commit ? requestedBy(message).length === 0 : sha === request.base;
  const start = commits.findIndex(isStart);
  const [newest, ...others] = (start === -1 ? commits : commits.slice(0, start)).map(({ message }) => requestedBy(message));
  const [name, ...more] = newest ?? [];
  return { ...(name !== undefined && { name }), others: [...more, ...others.flat()] };
}
