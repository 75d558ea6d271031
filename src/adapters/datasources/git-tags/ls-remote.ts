import { parse } from 'node:path';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import { gitIn } from '../../git.ts';
import { type GitHost, withGitAccess } from './access.ts';

/** A tag and the commit that it is put on. */
export interface GitTag {
  readonly name: string;
  readonly commit: string;
  /** RFC 3339, UTC. */
  readonly date?: string;
}

/** Milliseconds: a server that names its tags needs a few seconds. */
const timeLimit = 60_000;

/** What git may speak; never `ext::`, which runs a command, nor a folder of this machine. */
const protocols = ['https', 'http', 'ssh', 'git'];

const noQuestions = {
  GIT_ALLOW_PROTOCOL: protocols.join(':'),
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=10 -oServerAliveInterval=15',
};

/** All tags of a repository, by one `git ls-remote`. Throws OutsideError. */
export async function listRemoteTags(url: string, hosts: Readonly<Record<string, GitHost>>): Promise<readonly GitTag[]> {
  const { host, shown } = checked(url);
  const home = process.env['HOME'];
  const env = { ...noQuestions, ...(home !== undefined && { HOME: home }) }; // ssh keeps keys and known hosts there
  const args = ['-c', 'http.lowSpeedLimit=1', '-c', 'http.lowSpeedTime=30', 'ls-remote', '--tags', '--', url];
  try {
    return await withGitAccess(url, hosts[host] ?? {}, async (access) => {
      const call = { env: { ...env, ...access }, timeoutMs: timeLimit };
      const { out } = await gitIn(parse(process.cwd()).root, shown).run('listing its tags', args, call);
      return readTags(out.toString('utf8'));
    });
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const Kind = /not found|denied|authentication|could not read username/i.test(error.message) ? RefusedError : OutsideError;
    throw new Kind(host, error.message);
  }
}

function checked(url: string): { readonly host: string; readonly shown: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const usable = parsed !== undefined && parsed.host !== '' && parsed.password === '' && !/[\s\p{Cc}]/u.test(url);
  if (!usable || !protocols.includes(parsed.protocol.slice(0, -1)) || !/^[a-z]/i.test(url) || /^-/.test(parsed.username + parsed.host))
    throw new OutsideError(
      parsed?.host ?? 'git',
      'a git repository is asked by https, http, ssh or git, and no password stands in its address',
    );
  return { host: parsed.host, shown: `${parsed.host}${parsed.pathname}` };
}

/** `COMMIT\trefs/tags/NAME`; behind an annotated tag the commit that it is put on, as `NAME^{}`. https://git-scm.com/docs/git-ls-remote */
export function readTags(text: string): GitTag[] {
  const commits = new Map<string, string>();
  for (const [, commit = '', name = ''] of text.matchAll(/^([0-9a-f]{40}|[0-9a-f]{64})\trefs\/tags\/(.+)$/gm)) {
    const peeled = name.endsWith('^{}');
    if (peeled || !commits.has(name)) commits.set(peeled ? name.slice(0, -3) : name, commit);
  }
  return [...commits].map(([name, commit]) => ({ name, commit }));
}
