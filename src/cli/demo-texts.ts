import { join } from 'node:path';
import { pagesUrl } from '../demo/places.ts';
import type { World } from '../demo/world.ts';
import type { HeldReport, ProposalReport, ScanReport } from '../updates/report.ts';

type Told = Pick<World, 'directory' | 'configFile' | 'ports' | 'made'>;

/** What has been made, before it is scanned. */
export const introduction = ({ directory, ports, made }: Told): string => `${made ? 'Made' : 'Found'} a small company in ${directory}
  5 apps with their histories, 2 environments, all as git repositories
  a registry at http://127.0.0.1:${ports.registry} and a bundle repository at http://127.0.0.1:${ports.bundles}

Scanning it over HTTP, as "lockkeeper scan" would:
`;

/** Environment, app, version, why: once for all the places that one app has it in. */
export function heldRows(held: readonly HeldReport[]): readonly (readonly string[])[] {
  const rows = held.map(({ environment, app, to = '', reason }) => [environment, app, to, reason]);
  return [...new Map(rows.map((row) => [row.join('\n'), row])).values()];
}

/** What a person may try while the pages are served. */
export function nextSteps({ directory, configFile, ports }: Told, { proposals }: ScanReport): string {
  const bundle = proposals.find(({ url, updates }) => url !== undefined && updates.some(({ datasource }) => datasource === 'nexus-raw'));
  const [yes, no] = [example(proposals, 'web'), example(proposals, 'redis')];
  const steps = [
    ['Open', `${pagesUrl(ports)}   all merge requests`],
    bundle?.url !== undefined && ['', `${bundle.url}   a bundle's changelog and what changes in the cluster`],
    yes && ['Merge one', `git clone ${repository(directory, yes)} && cd ${yes.environment}`],
    yes && ['', `git merge origin/${yes.branch} && git push`],
    no && ['Close one', `git -C ${repository(directory, no)} branch -D ${no.branch}`],
    ['Scan again', `npx lockkeeper scan --config ${word(configFile)}`],
    ['Overview', `npx lockkeeper inventory --config ${word(configFile)}`],
    ['Access', 'npx lockkeeper demo access   asked for, approved, used and over in two minutes'],
  ].filter((step) => step !== false && step !== undefined);
  const width = Math.max(...steps.map(([what = '']) => what.length));
  const lines = steps.map(([what = '', how = '']) => `  ${what.padEnd(width)}  ${how}`);
  return `
Serving the merge requests at ${pagesUrl(ports)} until you press Ctrl-C. Meanwhile, in another terminal:

${lines.join('\n')}

Running the demo again changes nothing; delete the folder to be rid of it.`;
}

/** An open one of this app. */
function example(proposals: readonly ProposalReport[], app: string): ProposalReport | undefined {
  return proposals.find((one) => one.url !== undefined && one.action !== 'close' && one.app === app);
}

const repository = (directory: string, { environment }: ProposalReport): string =>
  word(join(directory, 'repositories/platform/environments', `${environment}.git`));

/** As a shell reads one word. */
const word = (text: string): string => (/^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
