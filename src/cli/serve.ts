import { startService } from '../serve/service.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';

/** `lockkeeper serve`: until what `untilStopped` gives resolves. Throws UsageError, OutsideError when it cannot start. */
export async function runServe({ env, loadConfig, output, log, redact }: Context, untilStopped: () => Promise<void>): Promise<ExitCode> {
  const service = await startService(loadConfig(), { log, redact, env });
  const stopped = untilStopped(); // before anybody reads that it listens
  output.print(`Listening on ${service.url}`);
  await stopped;
  log.info('stopping: no new work is taken');
  await service.stop();
  return 0;
}
