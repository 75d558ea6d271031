import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Config } from '../config/schema.ts';
import type { Redact } from '../domain/redact.ts';
import type { Services } from '../services.ts';

/** Writes down that the service starts with another app.yml than before. What is secret in it is no part of the hash. */
export async function recordConfiguration(
  { journal, persistence }: Pick<Services, 'journal' | 'persistence'>,
  config: Config,
  redact: Redact,
): Promise<void> {
  const text = redact(canonicalize(config) ?? '');
  const hash = createHash('sha256').update(text).digest('hex');
  let last: unknown;
  for await (const { kind, facts } of persistence.journal().entries()) if (kind === 'configuration') last = facts['hash'];
  if (last === hash) return;
  await journal.record({
    kind: 'configuration',
    actor: 'lockkeeper',
    what: last === undefined ? 'the service starts for the first time' : 'the service starts with another app.yml than before',
    why: 'app.yml was changed',
    links: [],
    facts: { hash, environments: config.environments.length },
  });
}
