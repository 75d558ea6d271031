import type { TreeFile } from '../git-objects.ts';
import { git, gitText } from '../git-repository.ts';
import { type Call, exists, filled, headOf, notFound, ok, Refused, type Reply, repositoryOf, resolve, text, writable } from './call.ts';
import { gitCommitEntity, log, refEntity } from './entities.ts';
import { deleteBranch, pushed } from './pushes.ts';
import { type Repository, signer } from './world.ts';

const fields = '%(refname)%1f%(objectname)%1f%(objecttype)';

/** Every ref whose name begins so: there are no pages. https://docs.github.com/en/rest/git/refs#list-matching-references */
export async function listMatchingRefs(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const listed = await gitText(repository.directory, ['for-each-ref', `--format=${fields}`]);
  const refs = listed.split('\n').map((line) => line.split('\x1f'));
  const found = refs.filter(([name = '']) => name.startsWith(`refs/${call.at['ref'] ?? ''}`));
  return ok(found.map(([name = '', sha = '', type = '']) => refEntity(call.world, repository, name, sha, type)));
}

export async function getRef(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const ref = `refs/${call.at['ref'] ?? ''}`;
  const sha = await resolve(repository, ref);
  if (sha === undefined) throw notFound();
  return ok(refEntity(call.world, repository, ref, sha, 'commit'));
}

const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, '');

export async function createRef(call: Call): Promise<Reply> {
  const repository = await filled(writable(call));
  const [ref, sha] = [text(call, 'ref'), text(call, 'sha')];
  if (!/^refs\/(heads|tags)\/./.test(ref))
    throw new Refused(422, "Reference name must start with 'refs' and contain at least two slashes.");
  if (await resolve(repository, ref)) throw new Refused(422, 'Reference already exists');
  if (!(await exists(repository, sha, 'commit'))) throw new Refused(422, 'Object does not exist');
  await git(repository.directory, ['check-ref-format', ref]).catch(() => {
    throw new Refused(422, `${ref} is not a valid ref name.`);
  });
  await git(repository.directory, ['update-ref', ref, sha]);
  await told(call, repository, ref, undefined, sha);
  return ok(refEntity(call.world, repository, ref, sha, 'commit'), 201);
}

export async function updateRef(call: Call): Promise<Reply> {
  const repository = await filled(writable(call));
  const [ref, sha] = [`refs/${call.at['ref'] ?? ''}`, text(call, 'sha')];
  const before = await resolve(repository, ref);
  if (before === undefined) throw new Refused(422, 'Reference does not exist');
  if (!(await exists(repository, sha, 'commit'))) throw new Refused(422, 'Object does not exist');
  if (isProtected(repository, ref)) throw new Refused(422, 'Cannot force-push to this branch', ['Cannot force-push to this branch']);
  const forward = await git(repository.directory, ['merge-base', '--is-ancestor', before, sha]).then(
    () => true,
    () => false,
  );
  if (!forward && call.body['force'] !== true) throw new Refused(422, 'Update is not a fast forward');
  await git(repository.directory, ['update-ref', ref, sha]);
  await told(call, repository, ref, before, sha);
  return ok(refEntity(call.world, repository, ref, sha, 'commit'));
}

/** Tags tell nothing of pull requests. */
async function told(call: Call, repository: Repository, ref: string, before: string | undefined, after: string): Promise<void> {
  if (ref.startsWith('refs/heads/')) await pushed(call.world, repository, { branch: branchOf(ref), before, after, by: call.user });
}

const isProtected = (repository: Repository, ref: string): boolean =>
  repository.protectedPrefixes.some((prefix) => branchOf(ref).startsWith(prefix));

export async function deleteRef(call: Call): Promise<Reply> {
  const repository = writable(call);
  const branch = branchOf(`refs/${call.at['ref'] ?? ''}`);
  if ((await headOf(repository, branch)) === undefined) throw new Refused(422, 'Reference does not exist');
  if (isProtected(repository, `refs/heads/${branch}`)) throw new Refused(422, 'Cannot delete this protected branch');
  await deleteBranch(call.world, repository, branch, call.user);
  return { status: 204 };
}

export async function getCommit(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const sha = call.at['commit_sha'] ?? '';
  if (!(await exists(repository, sha, 'commit'))) throw notFound();
  const [commit] = await log(repository, ['--max-count=1', sha]);
  if (commit === undefined) throw notFound();
  return ok(gitCommitEntity(call.world, repository, commit));
}

/** Without an author it is whose token asks; what an App writes so, GitHub signs. https://docs.github.com/en/rest/git/commits#create-a-commit */
export async function createCommit(call: Call): Promise<Reply> {
  const repository = await filled(writable(call));
  const [tree, parents] = [text(call, 'tree'), (call.body['parents'] ?? []) as readonly string[]];
  if (!(await exists(repository, tree, 'tree'))) throw new Refused(422, 'Tree SHA does not exist');
  for (const parent of parents) {
    if (!(await exists(repository, parent, 'commit'))) throw new Refused(422, 'Parent SHA does not exist or is not a commit object');
  }
  const author = { name: call.user.name, email: call.user.email };
  const committer = call.installation === undefined ? author : signer;
  const now = Math.floor(call.world.now().getTime() / 1000);
  const sha = repository.objects.commitTree({ tree, parents, message: text(call, 'message'), author, committer, time: now });
  const [commit] = await log(repository, ['--max-count=1', sha]);
  if (commit === undefined) throw notFound();
  return ok(gitCommitEntity(call.world, repository, commit), 201);
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size?: number;
}

async function listTree(repository: Repository, sha: string, recursive: boolean): Promise<readonly Entry[]> {
  const listed = await git(repository.directory, ['ls-tree', '-z', '--long', ...(recursive ? ['-r', '-t'] : []), sha]);
  return listed
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [, mode = '', type = '', id = '', size = '', path = ''] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(line) ?? [];
      return { path, mode, type, sha: id, ...(size === '-' ? {} : { size: Number(size) }) };
    });
}

/** A tree that is larger than this is listed in part. */
const limits = { treeEntries: 100_000 };

export async function getTree(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const sha = await resolve(repository, call.at['tree_sha'] ?? '', 'tree');
  if (sha === undefined) throw notFound();
  const entries = await listTree(repository, sha, call.query.get('recursive') !== null);
  return ok({ sha, tree: entries.slice(0, limits.treeEntries), truncated: entries.length > limits.treeEntries });
}

/** https://docs.github.com/en/rest/git/trees#create-a-tree */
export async function createTree(call: Call): Promise<Reply> {
  const repository = await filled(writable(call));
  const base = text(call, 'base_tree');
  if (base !== '' && !(await exists(repository, base, 'tree'))) throw new Refused(422, 'base_tree is not a valid tree oid');
  const files = new Map<string, TreeFile | undefined>();
  for (const entry of (call.body['tree'] ?? []) as readonly TreeItem[]) files.set(entry.path, await toFile(repository, entry));
  const sha = await repository.objects.change(base === '' ? emptyTree : base, files);
  return ok({ sha, tree: await listTree(repository, sha, false), truncated: false }, 201);
}

interface TreeItem {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha?: string | null;
  readonly content?: string;
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

async function toFile(repository: Repository, { path, mode, sha, content }: TreeItem): Promise<TreeFile | undefined> {
  if (/^\/|(^|\/)(\.\.?|\.git)(\/|$)|\/\/|^$/.test(path)) throw new Refused(422, `tree.path contains a malformed path component`);
  if (sha !== undefined && content !== undefined) throw new Refused(422, 'Must supply either tree.sha or tree.content');
  if (sha === null) return undefined;
  if (content !== undefined) return { mode, content: Buffer.from(content) };
  if (sha === undefined || !(await exists(repository, sha, 'blob'))) throw new Refused(422, `tree.sha ${String(sha)} is not a valid blob`);
  return { mode, sha };
}

export async function createBlob(call: Call): Promise<Reply> {
  const repository = await filled(writable(call));
  const content = Buffer.from(text(call, 'content'), text(call, 'encoding') === 'base64' ? 'base64' : 'utf8');
  const sha = repository.objects.blob(content);
  return ok({ sha, url: `${call.world.api}/repos/${repository.owner}/${repository.name}/git/blobs/${sha}` }, 201);
}

export async function getTag(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const sha = call.at['tag_sha'] ?? '';
  if (!(await exists(repository, sha, 'tag'))) throw notFound();
  const content = (await git(repository.directory, ['cat-file', 'tag', sha])).toString();
  const field = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(content)?.[1] ?? '';
  return ok({ sha, tag: field('tag'), message: '', object: { sha: field('object'), type: field('type'), url: call.world.api } });
}
