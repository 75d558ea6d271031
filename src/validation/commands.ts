import { type Command, commandsIn } from '../domain/command-comment.ts';
import type { EnvironmentForge, RepositoryRef } from '../domain/forge.ts';
import { requestWord } from '../domain/forge.ts';
import type { RequestForge } from '../domain/request-forge.ts';
import { harmlessInline } from '../markdown/harmless.ts';

export interface CommandPorts {
  readonly forge: Pick<EnvironmentForge, 'traits' | 'comment'> & Pick<RequestForge, 'requestComment' | 'mayWrite'>;
  /** Has the merge request judged again, soon. */
  again(id: number): Promise<void>;
  /** Releases what the merge request holds, asked by the user with that name; gives what to answer, in Markdown. */
  unlock(id: number, name: string): Promise<string>;
  /** Asks for the access that the comment asks for, if its author may, and answers it. */
  askForAccess(id: number, comment: number): Promise<void>;
  /** Has the merge request looked at again by the gate of access requests, soon: what the comment is worth, that reads for itself. */
  reviewAccess(id: number): Promise<void>;
}

/**
 * What somebody asks for in a comment, read again from the forge. Who may not push is told so, once: one reply of each kind stands below a merge
 * request, however often it is asked. Asked for what we do not know, we say what we know.
 */
export async function obeyComment(
  ports: CommandPorts,
  { path }: RepositoryRef,
  id: number,
  number: number,
): Promise<readonly Command['kind'][]> {
  const { forge } = ports;
  const comment = await forge.requestComment(path, id, number);
  const commands = comment === undefined ? [] : commandsIn(comment);
  const kinds = [...new Set(commands.map(({ kind }) => kind))];
  if (comment === undefined || kinds.length === 0) return [];
  const wanted = kinds.filter((kind) => kind === 'validate' || kind === 'unlock');
  const may = wanted.length > 0 && (await forge.mayWrite(path, comment.author));
  if (may && wanted.includes('unlock')) await forge.comment(path, id, 'unlock', await ports.unlock(id, comment.author.name));
  if (may && wanted.includes('validate')) await ports.again(id);
  if (!may && wanted.length > 0) await forge.comment(path, id, 'refused', refusal(comment.author.name));
  if (kinds.includes('approve')) await ports.reviewAccess(id);
  if (kinds.includes('access')) await ports.askForAccess(id, number);
  if (kinds.includes('help') || kinds.includes('unknown')) await forge.comment(path, id, 'help', help(requestWord(forge.traits.type)));
  return kinds;
}

/** Without a mention: nobody is called to it a second time. */
const refusal = (name: string): string =>
  `Thank you, ${harmlessInline(name)}. Only those who may push to this repository can have it judged again, or release what it holds; each new commit is judged by itself.`;

const help = (request: string): string =>
  [
    `What can be asked in a comment on this ${request}, each on a line of its own, by those who may push to this repository:`,
    [
      '- `/lockkeeper validate` judges it again',
      '- `/lockkeeper unlock` releases the objects that it holds, so that others are not told of it',
      '- `/lockkeeper access LEVEL NAMESPACE for DURATION because REASON` asks for access for whoever writes it',
      '- `/lockkeeper approve COMMIT`, with the full id of the newest commit, says for which one an approval of a request for access is',
      '- `/lockkeeper help` is this text',
    ].join('\n'),
    'A comment that was edited counts for nothing: write a new one.',
  ].join('\n\n');
