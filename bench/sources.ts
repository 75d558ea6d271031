import { git } from '../test/support/git-repository.ts';
import type { GitLabServer } from '../test/support/gitlab-server/gitlab-server.ts';
import { current, newest } from './world.ts';

/** Merge requests merged between the two versions, and as many before the first. */
const mergedEach = 8;
/** Release after release, weeks apart. */
const begin = Date.UTC(2026, 0, 5) / 1000;
const hour = 3600;

const people = ['Ada Lovelace <ada@example.com>', 'Grace Hopper <grace@example.com>', 'Alan Turing <alan@example.com>'];
const subjects = [
  'feat(api): page the invoices',
  'fix: round half cents to even',
  'chore: update dependencies',
  'feat: retry failed webhooks',
  'fix(db): close connections',
  'docs: explain the retries',
  'refactor: split the ledger',
  'feat(ui)!: drop the old search',
];

interface Merge {
  readonly iid: number;
  readonly title: string;
  readonly at: number;
}

/** An app's own repository: two tags, and between them merged merge requests of two commits each. Gives the commit of each tag. */
export async function createSource(gitlab: GitLabServer, path: string): Promise<{ readonly from: string; readonly to: string }> {
  await gitlab.createProject(path, {});
  const directory = gitlab.directory(path);
  const merges = Array.from(
    { length: 2 * mergedEach },
    (_, index): Merge => ({
      iid: index + 1,
      title: subjects[index % subjects.length] ?? '',
      at: begin + index * 24 * hour,
    }),
  );
  await git(directory, ['fast-import', '--quiet', '--force'], { input: history(merges) });
  const heads = await git(directory, ['log', '--first-parent', '--format=%H %P', 'main']);
  const shas = heads.toString().trim().split('\n').reverse();
  for (const { iid, title, at } of merges) {
    const [mergeCommitSha = '', , sha = ''] = shas[iid]?.split(' ') ?? [];
    addMerged(gitlab, path, { iid, title, at }, { mergeCommitSha, sha });
  }
  return { from: shas[mergedEach]?.slice(0, 40) ?? '', to: shas.at(-1)?.slice(0, 40) ?? '' };
}

/** For git fast-import: a first commit, then merge after merge, and the tags. https://git-scm.com/docs/git-fast-import */
function history(merges: readonly Merge[]): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commit = (ref: string, mark: number, at: number, text: string, more: string): string =>
    `commit ${ref}\nmark :${mark}\nauthor ${people[mark % people.length]} ${at} +0000\ncommitter ${people[mark % people.length]} ${at} +0000\n${data(text)}${more}`;
  const file = (text: string): string => `M 100644 inline src/main.txt\n${data(text)}`;
  const parts = [commit('refs/heads/main', 1, begin - hour, 'chore: begin', file('0'))];
  for (const { iid, title, at } of merges) {
    const [before, first, second, merge] = [iid === 1 ? 1 : (iid - 1) * 10 + 3, iid * 10 + 1, iid * 10 + 2, iid * 10 + 3];
    parts.push(
      commit('refs/heads/work', first, at, `${title}\n\nAs asked for in the ticket.`, `from :${before}\n${file(`${iid}`)}`),
      commit('refs/heads/work', second, at + hour, 'fix: what the review found', file(`${iid} reviewed`)),
      commit(
        'refs/heads/main',
        merge,
        at + 2 * hour,
        `Merge branch 'work' into 'main'\n\n${title}\n`,
        `from :${before}\nmerge :${second}\n${file(`${iid} reviewed`)}`,
      ),
    );
    if (iid === mergedEach) parts.push(`reset refs/tags/v${current}\nfrom :${merge}\n\n`);
    if (iid === merges.length) parts.push(`reset refs/tags/v${newest}\nfrom :${merge}\n\n`);
  }
  return parts.join('');
}

function addMerged(
  gitlab: GitLabServer,
  path: string,
  { iid, title, at }: Merge,
  { mergeCommitSha, sha }: { readonly mergeCommitSha: string; readonly sha: string },
): void {
  const project = gitlab.project(path);
  const [opened, merged] = [new Date(at * 1000), new Date((at + 2 * hour) * 1000)];
  const author = { id: 900, username: 'grace', name: 'Grace Hopper', email: 'grace@example.com', commitEmail: 'grace@example.com' };
  project.requests.push({
    id: project.id * 1000 + iid,
    iid,
    project,
    sourceProject: project,
    sourceBranch: 'work',
    targetBranch: 'main',
    title,
    description: 'As asked for in the ticket.',
    labels: ['reviewed'],
    assignees: [],
    reviewers: [],
    author: { ...author, token: '', scopes: [], roles: {}, state: 'active', admin: false, external: false },
    state: 'merged',
    createdAt: opened,
    updatedAt: merged,
    mergedAt: merged,
    sha,
    mergeCommitSha,
    removeSourceBranch: true,
    notes: [],
    versions: [],
    checked: undefined,
    checking: undefined,
  });
}
