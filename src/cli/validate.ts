import { writeFileSync } from 'node:fs';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import { createJudging, type Judging } from '../serve/judging.ts';
import { validationSettings } from '../serve/validation-settings.ts';
import { type NoVerdict, outcomeOf, type Verdict } from '../validation/outcome.ts';
import { verdictJson } from '../validation/report/json.ts';
import { junitXml } from '../validation/report/junit.ts';
import { sarifLog } from '../validation/report/sarif.ts';
import { validateEnvironment } from '../validation/validate.ts';
import { type Choice, type ChosenEnvironment, withChosen } from './chosen-states.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import type { VerdictFormat } from './options.ts';
import { printVerdict } from './verdict-report.ts';
import { version } from './version.ts';
import { withProgress } from './work.ts';

export interface ValidateCommand extends Choice {
  readonly json?: boolean;
  readonly format?: VerdictFormat;
  /** Where the format is written, instead of to stdout, which then has the text. */
  readonly output?: string;
}

interface Result {
  readonly verdicts: readonly Verdict[];
  readonly errors: readonly NoVerdict[];
  /** `server.url` of app.yml. */
  readonly serviceUrl?: string | undefined;
}

/** `lockkeeper validate`: 0 accepted, 1 rejected, 3 when something outside failed, so that there is no verdict. */
export async function runValidate(command: ValidateCommand, context: Context, untilStopped: () => Promise<void>): Promise<ExitCode> {
  const format = command.json === true ? 'json' : (command.format ?? 'text');
  if (command.output !== undefined && format === 'text') throw new UsageError('--output is for --format json, sarif or junit');
  const result = await validated(command, context, untilStopped);
  if (command.output !== undefined || format === 'text') print(result, context);
  else if (format === 'junit') context.output.print(written(format, result));
  else context.output.json(JSON.parse(written(format, result)));
  if (command.output !== undefined) write(command.output, `${written(format, result)}\n`);
  const outcomes = result.verdicts.map(outcomeOf);
  return result.errors.length > 0 || outcomes.includes('unknown') ? 3 : outcomes.includes('rejected') ? 1 : 0;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new UsageError(`--output ${file} cannot be written: ${explain(cause)}`, { cause });
  }
}

/** One environment after the other: they share the server, and the terminal. */
function validated(command: ValidateCommand, context: Context, untilStopped: () => Promise<void>): Promise<Result> {
  return withChosen(command, context, async (chosen, config) => {
    const judging = createJudging({
      env: context.env,
      config,
      debug: (line) => context.log.debug(line),
      warn: (text) => context.log.warn(text),
    });
    const stop = new AbortController();
    void untilStopped().then(() => stop.abort(new OutsideError('validate', 'stopped before there was a verdict')));
    try {
      const [verdicts, errors]: [Verdict[], Result['errors'][number][]] = [[], []];
      await withProgress(context, 'validating', async (progress) => {
        progress.add(chosen.length * 2);
        for (const one of chosen) {
          try {
            const read = await one.read(command.directory === undefined && command.ref !== undefined ? 'default-branch' : undefined);
            progress.done(`${one.name}: read`);
            // Of a folder only the name is known: whether it is what that cluster runs is not.
            const described = command.directory === undefined ? one.name : undefined;
            verdicts.push(await judge(judging, read, validationSettings(config, described, read.rules), stop.signal));
            progress.done(`${one.name}: judged`);
          } catch (error) {
            if (!(error instanceof OutsideError) || chosen.length === 1) throw error;
            errors.push({ environment: one.name, message: explain(error) });
          }
        }
      });
      return { verdicts, errors, serviceUrl: config?.server.url };
    } finally {
      await judging.close();
    }
  });
}

function judge(
  judging: Judging,
  { name, commit, state, base }: Awaited<ReturnType<ChosenEnvironment['read']>>,
  settings: ReturnType<typeof validationSettings>,
  signal: AbortSignal,
): Promise<Verdict> {
  const candidate = { environment: name, state, ...(commit !== undefined && { commit }), ...(base !== undefined && { previous: base }) };
  return validateEnvironment(judging, candidate, settings, signal);
}

function print({ verdicts, errors }: Result, { output, log }: Context): void {
  for (const verdict of verdicts) printVerdict(verdict, output);
  for (const { environment, message } of errors) log.error(`${environment}: ${message}`);
}

/** One environment is one object, as docs/validation.md has it; several are a list. */
function written(format: VerdictFormat, { verdicts, errors, serviceUrl }: Result): string {
  if (format === 'junit') return junitXml(verdicts, errors).trimEnd();
  if (format === 'sarif') return JSON.stringify(sarifLog(verdicts, { version, serviceUrl }, errors), undefined, 2);
  const all = verdicts.map(verdictJson);
  const [first] = all;
  if (first !== undefined && all.length === 1 && errors.length === 0) return JSON.stringify(first, undefined, 2);
  return JSON.stringify({ ok: errors.length === 0 && all.every(({ ok }) => ok), environments: all, errors }, undefined, 2);
}
