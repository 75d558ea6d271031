import type { Package } from '../../domain/reference.ts';
import { hasVariable, shown } from './draft.ts';

/** A git repository's address, understood. */
export interface GitUrl {
  readonly package: Package;
  readonly skip?: string;
}

/** Servers and git refuse longer ones. */
const longest = 2048;

/**
 * What `git clone` takes: a URL, `git@host:path`, or (kustomize, Argo CD) a host without a scheme. The package is asked by `https:` or `ssh:`;
 * the name has neither scheme, user nor `.git`, so that rules for it hold whichever way it is written.
 */
export function parseGitUrl(text: string): GitUrl {
  const address = addressOf(text.trim());
  const name = shown(address.replace(/(?<!\/)\/+$/, '')).replace(/\.git$/i, '');
  const skip = troubleOf(text, address);
  return { package: { datasource: 'git-tags', name, ...(skip === undefined && { url: address }) }, ...(skip !== undefined && { skip }) };
}

function addressOf(text: string): string {
  if (text.length > longest) return text.slice(0, longest);
  const plain = text.replace(/^git::/i, '').replace(/^gh:/i, 'https://github.com/');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(plain)) return plain;
  const [, user = '', host = '', path = ''] = /^(?:([\w.-]+)@)?([\w.-]+\.[\w.-]+|localhost)[:/](.*)$/s.exec(plain) ?? [];
  if (host === '') return plain;
  return user === '' ? `https://${host}/${path}` : sshUrl(user, host, path);
}

/** A number behind the colon is a port to kustomize, and a folder to ssh: no forge has such a folder. */
function sshUrl(user: string, host: string, path: string): string {
  const [, port, rest] = /^(\d{1,5})\/(.*)$/s.exec(path) ?? [];
  return port === undefined ? `ssh://${user}@${host}/${path.replace(/^\/+/, '')}` : `ssh://${user}@${host}:${port}/${rest ?? ''}`;
}

function troubleOf(text: string, address: string): string | undefined {
  if (hasVariable(text)) return 'the URL holds a variable or template, which only the tool that fills it in can read';
  if (/^https?:\/\/[^/?#]*@/i.test(address))
    return 'the URL holds credentials: take them out of this file, which everybody with access to the repository can read';
  if (/^ssh:\/\/[^/?#]*:[^/?#]*@/i.test(address))
    return 'the URL holds a password: take it out of this file, which everybody with access to the repository can read';
  if (text.length > longest || !/^(?:https?|ssh|git):\/\/[^/]/i.test(address) || !URL.canParse(address) || /[\s?#]/.test(address))
    return 'is no https:// or ssh:// address of a git repository';
  return undefined;
}

/** A folder of a git repository at some revision, as kustomize writes it. */
export interface RemoteTarget extends GitUrl {
  /** Where the revision stands in the text; absent where none is written. */
  readonly revision?: { readonly start: number; readonly end: number };
}

/**
 * `https://github.com/org/repo//path?timeout=90&ref=v1.0.6`; undefined for what is surely none: a path of this repository, the URL of one file.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md
 */
export function parseRemoteTarget(text: string): RemoteTarget | undefined {
  const question = text.indexOf('?');
  const path = question < 0 ? text : text.slice(0, question);
  const revision = question < 0 ? undefined : revisionIn(text, question + 1);
  if (!isRemote(path) || (revision === undefined && /^https?:.*\.(?:ya?ml|json)$/i.test(path))) return undefined;
  return { ...parseGitUrl(repositoryOf(path)), ...(revision !== undefined && { revision }) };
}

/** Not `./base`, `../base`, `base.yaml`: without a scheme only a user, or a host that surely is one. */
function isRemote(path: string): boolean {
  if (/^file:/i.test(path)) return false;
  return /^(?:git::|gh:|[a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+[:/]|github\.com[:/])/i.test(path);
}

/** `ref`, or else `version`, wherever it stands. */
function revisionIn(text: string, from: number): RemoteTarget['revision'] {
  const places = new Map<string, { readonly start: number; readonly end: number }>();
  for (let at = from; at <= text.length; ) {
    const next = text.indexOf('&', at);
    const end = next < 0 ? text.length : next;
    const equals = text.indexOf('=', at);
    const key = equals < 0 || equals > end ? '' : text.slice(at, equals);
    if (key !== '' && equals + 1 < end && !places.has(key)) places.set(key, { start: equals + 1, end });
    at = end + 1;
  }
  return places.get('ref') ?? places.get('version');
}

/** Up to `//`, `_git/NAME` or `.git`; without any of them, host, owner and name. */
function repositoryOf(path: string): string {
  const scheme = /^(?:git::)?(?:[a-z][a-z0-9+.-]*:\/\/)?/i.exec(path)?.[0].length ?? 0;
  const [head, rest] = [path.slice(0, scheme), path.slice(scheme)];
  const double = rest.indexOf('//');
  if (double >= 0) return head + rest.slice(0, double);
  const azure = /^.*?\/_git\/[^/]+/.exec(rest)?.[0];
  if (azure !== undefined) return head + azure;
  const dotGit = /\.git(?=\/|$)/.exec(rest);
  if (dotGit !== null) return head + rest.slice(0, dotGit.index + dotGit[0].length);
  const host = /^(?:gh:|(?:[^/@]*@)?(?:[^/:]*:\d+\/|[^/:]*[/:]))/.exec(rest)?.[0] ?? '';
  return head + host + rest.slice(host.length).split('/').slice(0, 2).join('/');
}
