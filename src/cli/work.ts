import type { Config } from '../config/schema.ts';
import { createServices, type Services } from '../services.ts';
import type { Progress } from '../updates/scan.ts';
import type { Context } from './context.ts';

/** Runs with the services that app.yml describes, and shuts them down whatever happens; `unfinished`: also where a forge has no credentials yet. */
export async function withServices<T>(
  { loadConfig, redact, log }: Context,
  work: (services: Services, config: Config) => Promise<T>,
  { unfinished = false }: { readonly unfinished?: boolean } = {},
): Promise<T> {
  const loaded = loadConfig();
  const services = await createServices(loaded, { redact, warn: (text) => log.warn(text), unfinished });
  try {
    return await work(services, loaded.config);
  } finally {
    await services.close();
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
