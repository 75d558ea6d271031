import { findBinaries } from '../adapters/cluster/control-plane/find.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import { createJudging } from '../serve/judging.ts';
import { Validation } from '../serve/validation.ts';
import type { Context } from './context.ts';
import { withProgress, withServices } from './work.ts';

/** Judges what is open, where there is an API server to ask, and says which were accepted; where it fails, why: the rest of the demo goes on. */
export async function judgeOpen(context: Context): Promise<void> {
  const { output, log, redact, env } = context;
  const { found } = await findBinaries(undefined, { env, configured: undefined });
  if (found === undefined) {
    output.print(
      '\nNobody judges them: there is no API server here. "npx lockkeeper apiserver setup" obtains one; then run the demo again.',
    );
    return;
  }
  const judging = createJudging({ env, debug: (line) => log.debug(line), warn: (text) => log.warn(text) });
  try {
    const { config } = context.loadConfig();
    const judged = await withServices(context, (services) =>
      withProgress(context, 'asking a real API server', () =>
        new Validation({
          config,
          services,
          judging,
          metrics: { validated: () => undefined },
          log,
          redact,
          now: () => new Date(),
        }).judgeOpen(new AbortController().signal),
      ),
    );
    if (judged.length === 0) return;
    const of = (wanted: string) => judged.filter(({ outcome }) => outcome === wanted);
    output.print(`\nA real API server has judged all of them: ${of('accepted').length} accepted, ${of('rejected').length} rejected`);
    for (const { environment, id } of of('rejected'))
      output.print(`  rejected: ${config.server.url}/${environment.repository.path}/merge_requests/${id}`);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    output.print(`\nThey could not be judged: ${explain(error)}`);
  } finally {
    await judging.close();
  }
}
