import { type Command, commandsIn } from '../../domain/command-comment.ts';
import type { Forge } from '../../domain/forge.ts';
import type { RequestComment } from '../../domain/request-forge.ts';
import type { Store } from '../../domain/store.ts';
import { type Answer, type Ask, type AskPlace, type AskPorts, askForAccess } from './ask.ts';
import { howToAsk, mayNotAsk, notUnderstood, reply } from './reply.ts';
import { readWords } from './words.ts';

export interface CommentPorts extends AskPorts {
  readonly forge: AskPorts['forge'] & Pick<Forge, 'mayWrite' | 'line'>;
  readonly store: Pick<Store, 'get' | 'put'>;
}

/** A comment, as the forge has it now. */
export interface AskingComment {
  /** Known by it, of all comments in all repositories. */
  readonly name: string;
  readonly comment: RequestComment;
  /** Its page, or that of what it stands below. */
  readonly url?: string;
  /** Nobody else answers what is no command of ours there. */
  readonly alone: boolean;
}

export interface Obeyed {
  /** In Markdown; undefined where nothing is to be said. */
  readonly text: string | undefined;
  readonly answers: readonly Answer[];
}

/** Lines of one comment. */
const mostAsked = 5;

/**
 * What a comment asks for, for its author alone, who has to be one who may push at this moment. The same comment ends in the same merge requests however
 * often it is obeyed: what it asked for is remembered until long after nobody hands it in again.
 */
export async function obeyAsking(ports: CommentPorts, place: AskPlace, asking: AskingComment): Promise<Obeyed> {
  const { comment, alone } = asking;
  const commands = commandsIn(comment).filter((command) => isForUs(command, alone));
  const asked = commands.flatMap((command) => (command.kind === 'access' ? [command.words] : [])).slice(0, mostAsked);
  if (commands.length === 0) return { text: undefined, answers: [] };
  if (asked.length === 0) return { text: howToAsk, answers: [] };
  if (!(await ports.forge.mayWrite(place.path, comment.author))) return { text: mayNotAsk(comment.author.name), answers: [] };
  const texts: string[] = [];
  const answers: Answer[] = [];
  for (const [at, words] of asked.entries()) {
    const read = readWords(words);
    if ('problem' in read) {
      texts.push(notUnderstood(read.problem));
      continue;
    }
    const { name } = comment.author;
    const request = { ...read.asked, subject: { kind: 'user', name } } as const;
    const answer = await askOnce(ports, place, `${asking.name} ${at}`, {
      ...{ request, by: name, dryRun: false },
      ...(asking.url !== undefined && { askedAt: asking.url }),
    });
    texts.push(typeof answer === 'string' ? answer : reply(answer));
    if (typeof answer !== 'string') answers.push(answer);
  }
  return { text: [...new Set(texts)].join('\n\n'), answers };
}

/** Ending what was given is not asked for. */
const isForUs = (command: Command, alone: boolean): boolean =>
  command.kind === 'access' ? command.words[0] !== 'revoke' : alone && (command.kind === 'help' || command.kind === 'unknown');

type Asked = Extract<Answer, { readonly id: number }>;

/** `begun`: which file it would be in, and the newest commit with that file before; the merge request may be there or not. */
type Memory = { readonly begun: { readonly file: string; readonly before?: string } } | { readonly done: Asked };

const space = 'asked';
const landed = 'That was asked for, and merged.';

/** Even where it was killed after the merge request was opened, and that was merged before it came back. */
async function askOnce(ports: CommentPorts, place: AskPlace, key: string, ask: Ask): Promise<Answer | string> {
  const { store } = ports;
  const memory = await store.get<Memory>(space, key);
  if (memory !== undefined && 'done' in memory) return memory.done;
  const planned = await askForAccess(ports, place, { ...ask, dryRun: true });
  if (memory !== undefined && planned.outcome !== 'there') {
    const { file, before } = memory.begun;
    if ((await newestOf(ports, place, file)) !== before) return landed;
  }
  if (planned.outcome === 'refused') return planned;
  if (planned.outcome === 'planned') {
    const before = await newestOf(ports, place, planned.file);
    await store.put(space, key, { begun: { file: planned.file, ...(before !== undefined && { before }) } } satisfies Memory);
  }
  const answer = await askForAccess(ports, place, ask);
  if (!('id' in answer)) return answer;
  const done: Asked = memory === undefined ? answer : { ...answer, outcome: 'opened' };
  await store.put(space, key, { done } satisfies Memory);
  return done;
}

/** The commit of the default branch that changed the file last. */
async function newestOf({ forge }: CommentPorts, { path }: AskPlace, file: string): Promise<string | undefined> {
  const { commit } = await forge.state(path);
  return (await forge.line(path, commit, [file], 1)).commits[0]?.sha;
}
