import type { Config } from '../config/schema.ts';
import type { Services } from '../services.ts';
import type { Progress } from '../updates/scan.ts';
import type { Context } from './context.ts';

interface Options {
  /** Also where a forge has no credentials yet. */
  readonly unfinished?: boolean;
}

/** Runs with the services that app.yml describes, and shuts them down whatever happens. */
export const withServices = <T>(
  context: Context,
  work: (services: Services, config: Config) => Promise<T>,
  options: Options = {},
): Promise<T> => withServicesAtNeed(context, async (services, config) => work(await services(), config), options);

/** The same, for work that seldom needs any: they are loaded and made when they are first asked for. */
export async function withServicesAtNeed<T>(
  { loadConfig, redact, log }: Context,
  work: (services: () => Promise<Services>, config: Config) => Promise<T>,
  { unfinished = false }: Options,
): Promise<T> {
  const loaded = loadConfig();
  let made: Promise<Services> | undefined;
  const make = async (): Promise<Services> => {
    const { createServices } = await import('../services.ts');
    return createServices(loaded, { redact, warn: (text) => log.warn(text), unfinished });
  };
  const services = (): Promise<Services> => {
    made ??= make();
    return made;
  };
  try {
    return await work(services, loaded.config);
  } finally {
    // Whoever asked for them was told why there are none.
    await made?.then(
      (some) => some.close(),
      () => undefined,
    );
  }
}

/** A bar that grows as work turns up; taken away at the end. */
export async function withProgress<T>({ output, log }: Context, title: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const bar = output.progress(title, 0);
  try {
    return await work({
      add: (units) => bar.grow(units),
      done: (what) => {
        bar.advance();
        log.debug(what);
      },
    });
  } finally {
    bar.stop();
  }
}
