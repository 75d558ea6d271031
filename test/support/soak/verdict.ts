import type { Entry } from '../../../src/domain/journal.ts';
import { gitText } from '../git-repository.ts';
import { bot } from '../gitlab-server/options.ts';
import type { StoredRequest } from '../gitlab-server/world.ts';
import { call } from '../terminal.ts';
import { isBots } from './people.ts';
import { environments, pathOf, type SoakWorld } from './world.ts';

/** Everything that is not as it should be once all is quiet, a line each; nothing when the service kept its promises. */
export async function verdictOn(world: SoakWorld): Promise<string[]> {
  const places = environments.flatMap((environment) => world.apps.map((app) => ({ environment, app })));
  const apps = await Promise.all(places.map(({ environment, app }) => onApp(world, environment, app)));
  const strays = await Promise.all(environments.map((environment) => onBranches(world, environment)));
  return [...apps.flat(), ...strays.flat(), ...onAnnouncements(world), ...(await onStore(world)), ...(await onJournal(world))];
}

async function onApp(world: SoakWorld, environment: string, app: string): Promise<string[]> {
  const { gitlab } = world;
  const [path, branch, newest] = [pathOf(environment), `lockkeeper/${app}`, world.newest(app)];
  const requests = gitlab.project(path).requests.filter((request) => request.sourceBranch === branch && isBots(request));
  const problems = [...Map.groupBy(requests, ({ title }) => title)]
    .filter(([, same]) => same.length > 1)
    .map(([title, same]) => `${environment}: "${title}" was opened ${same.length} times`);
  for (const { iid, labels } of requests)
    if (labels.join() !== 'lockkeeper') problems.push(`${environment}!${iid}: its labels are ${labels.join()}`);
  const open = requests.filter(({ state }) => state === 'opened');
  const current = await versionAt(world, environment, app, 'main');
  const persons = await personOn(world, environment, branch);
  for (const { iid } of open) {
    const said = gitlab.comments(path, iid).filter((text) => text.includes('it leaves the branch to you')).length;
    if (said !== (persons ? 1 : 0))
      problems.push(`${environment}!${iid}: hands off was said ${said} times, a person committed: ${persons}`);
  }
  if (persons || (open.length === 0 && current === newest)) return problems;
  const [only] = open;
  if (open.length !== 1 || only === undefined)
    return [...problems, `${environment} ${app} ${current} → ${newest}: ${open.length} are open`];
  const proposed = await versionAt(world, environment, app, branch);
  const right = only.title === `${app} ${current} → ${newest}` && proposed === newest;
  return right ? problems : [...problems, `${environment}!${only.iid}: "${only.title}" with ${proposed}, and not ${current} → ${newest}`];
}

async function versionAt({ gitlab }: SoakWorld, environment: string, app: string, revision: string): Promise<string> {
  const text = await gitText(gitlab.directory(pathOf(environment)), ['show', `${revision}:${app}.yaml`]);
  return /:(1\.\d+\.0)"/.exec(text)?.[1] ?? 'nothing';
}

/** Whether the branch is there and has a person's commits. */
async function personOn({ gitlab }: SoakWorld, environment: string, branch: string): Promise<boolean> {
  const directory = gitlab.directory(pathOf(environment));
  const heads = await gitText(directory, ['for-each-ref', '--format=%(refname:short)', `refs/heads/${branch}`]);
  if (heads === '') return false;
  return (await gitText(directory, ['log', '--format=%s', `main..${branch}`])).includes('By hand');
}

/** Ours stand under a merge request that is open, or that a person closed. */
async function onBranches({ gitlab, apps }: SoakWorld, environment: string): Promise<string[]> {
  const path = pathOf(environment);
  const listed = await gitText(gitlab.directory(path), ['for-each-ref', '--format=%(refname:short)', 'refs/heads/']);
  const known = (branch: string): boolean =>
    branch === 'main' || (apps.includes(branch.replace('lockkeeper/', '')) && hasReason(gitlab.project(path).requests, branch));
  return listed
    .split('\n')
    .filter((branch) => !known(branch))
    .map((branch) => `${environment}: nothing stands for the branch ${branch}`);
}

const hasReason = (requests: readonly StoredRequest[], branch: string): boolean =>
  requests.some((request) => request.sourceBranch === branch && (request.state === 'opened' || request.closedBy?.username === 'ada'));

/** Each merge request has one message, with what it says now, and below it nothing twice. */
function onAnnouncements({ gitlab, slack }: SoakWorld): string[] {
  return environments.flatMap((environment) => {
    const messages = slack.messages(environment);
    const requests = gitlab.project(pathOf(environment)).requests.filter(isBots);
    const twice = [...Map.groupBy(messages, ({ metadata }) => JSON.stringify(metadata))].filter(([, same]) => same.length > 1);
    const known = new Set<string>();
    const problems = requests.flatMap((request) => {
      const top = messages.filter(({ thread, text }) => thread === undefined && text.includes(`/merge_requests/${request.iid}|`));
      const [message] = top;
      if (message === undefined && request.state !== 'opened') return []; // over before anybody could tell
      if (message === undefined || top.length > 1) return [`${environment}!${request.iid} was announced ${top.length} times`];
      known.add(message.ts);
      const lines = messages.filter(({ thread }) => thread === message.ts).map(({ text }) => text);
      const repeated = lines.length === new Set(lines).size ? [] : [`${environment}!${request.iid}: said again: ${lines.join(' | ')}`];
      const current = `|${request.title.replaceAll('>', '&gt;')}> ${{ opened: 'waits for review', merged: 'merged', closed: 'closed' }[request.state]}`;
      const isNewest = requests.every(({ iid, sourceBranch }) => sourceBranch !== request.sourceBranch || iid <= request.iid);
      const stale = isNewest && !message.text.includes(current);
      return stale ? [...repeated, `${environment}!${request.iid}: "${request.title}" is announced as ${message.text}`] : repeated;
    });
    const others = messages.filter(({ ts, thread }) => !known.has(thread ?? ts));
    return [
      ...problems,
      ...twice.map(([metadata, same]) => `${environment}: sent ${same.length} times: ${metadata}`),
      ...others.map(({ text }) => `${environment}: a message about nothing: ${text}`),
    ];
  });
}

async function onStore({ config, env }: SoakWorld): Promise<string[]> {
  const [jobs, journal] = [
    await call(['jobs', 'list', '--json', '--config', config], env),
    await call(['journal', 'verify', '--config', config], env),
  ];
  const { jobs: left } = JSON.parse(jobs.stdout) as {
    readonly jobs: readonly { kind: string; key: string; state: string; problem?: string }[];
  };
  return [
    ...left.map(({ kind, key, state, problem = '' }) => `a job is left: ${kind} ${key} ${state} ${problem}`),
    ...(journal.exit === 0 ? [] : [`journal verify: ${journal.stdout}${journal.stderr}`]),
  ];
}

/** What people merged and closed is written down once, with their name; what we closed ourselves is nobody's doing. */
async function onJournal({ gitlab, config, env }: SoakWorld): Promise<string[]> {
  const { stdout } = await call(['journal', 'list', '--json', '--last', '1000000', '--config', config], env);
  const { entries } = JSON.parse(stdout) as { readonly entries: readonly Entry[] };
  return environments.flatMap((environment) =>
    gitlab
      .project(pathOf(environment))
      .requests.filter(isBots)
      .flatMap(({ iid, state, mergedBy, closedBy }) => {
        const user = (mergedBy ?? closedBy)?.username ?? bot.username;
        const wanted = user === bot.username ? [] : [`gitlab:${user} ${state}`];
        const found = entries
          .filter(({ environment: of, facts }) => of === environment && facts['mergeRequest'] === iid && 'event' in facts)
          .map(({ actor, facts }) => `${actor} ${facts['action']}`);
        return found.join() === wanted.join()
          ? []
          : [`${environment}!${iid}: the journal has [${found.join()}], and not [${wanted.join()}]`];
      }),
  );
}
