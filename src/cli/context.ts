import { type Loaded, loadConfig } from '../config/load.ts';
import { type Redact, redactor } from '../domain/redact.ts';
import type { Io, LogLevel } from './io.ts';
import { createLog, type Log } from './log.ts';
import { createOutput, type Output } from './output.ts';

/** The options that every command has. */
export interface CommonOptions {
  readonly config: string;
  readonly logLevel: LogLevel;
}

/** What a command works with. */
export interface Context {
  readonly env: Io['env'];
  readonly output: Output;
  readonly log: Log;
  /** Hides secrets in any text, those of later `hide` calls too. */
  readonly redact: Redact;
  /** From now on these are hidden in everything printed and logged. */
  readonly hide: (secrets: Iterable<string>) => void;
  /** app.yml of `--config`, as it was written there. */
  readonly configFile: string;
  /** Loads app.yml; its secrets are hidden from then on. Throws ConfigError. */
  readonly loadConfig: () => Loaded;
}

export function createContext(io: Io, options: CommonOptions): Context {
  const secrets = new Set<string>();
  let current = redactor(secrets);
  const redact: Redact = (text) => current(text);
  const hide = (more: Iterable<string>): void => {
    for (const secret of more) secrets.add(secret);
    current = redactor(secrets);
  };
  return withConfig(
    {
      env: io.env,
      output: createOutput(io, redact),
      log: createLog(io.stderr, options.logLevel, redact),
      redact,
      hide,
    },
    options.config,
  );
}

/** The same, with another app.yml. */
export function withConfig(context: Omit<Context, 'configFile' | 'loadConfig'>, configFile: string): Context {
  return {
    ...context,
    configFile,
    loadConfig: () => {
      const loaded = loadConfig(configFile, context.env);
      context.hide(loaded.secrets);
      return loaded;
    },
  };
}
