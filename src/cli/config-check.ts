import { ConfigError, type Problem, problemLine } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { hints } from '../config/unfinished.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';

/** `lockkeeper config check`: every mistake in app.yml, or what is in it. */
export async function runConfigCheck(options: { readonly json?: boolean }, { configFile, loadConfig, output }: Context): Promise<ExitCode> {
  const { config, problems } = check(loadConfig);
  const more = config === undefined ? [] : hints(config);
  if (options.json) output.json({ ok: config !== undefined, problems, ...(more.length > 0 && { hints: more }) });
  else if (config === undefined) output.print([...problems.map(problemLine), count(problems.length, 'mistake')].join('\n'));
  else output.print([`${configFile}: fine: ${contents(config)}`, ...more].join('\n'));
  return config === undefined ? 2 : 0;
}

function check(loadConfig: Context['loadConfig']): { readonly config?: Config; readonly problems: readonly Problem[] } {
  try {
    return { config: loadConfig().config, problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}

function contents({ environments, forges, registries, clusters, packages }: Config): string {
  const named = environments.filter((environment) => 'name' in environment);
  const discovered = environments.flatMap((environment) => ('discover' in environment ? [`all of ${environment.discover}`] : []));
  return [
    count(named.length, 'environment'),
    ...discovered,
    count(Object.keys(forges).length, 'forge'),
    count(Object.keys(registries).length, 'registry', 'registries'),
    count(Object.keys(clusters).length, 'cluster'),
    count(packages.length, 'package rule'),
  ].join(', ');
}

const count = (of: number, one: string, many = `${one}s`): string => `${of} ${of === 1 ? one : many}`;
