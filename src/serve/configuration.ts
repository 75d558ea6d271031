import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Config } from '../config/schema.ts';
import type { Entry } from '../domain/journal.ts';
import type { Redact } from '../domain/redact.ts';
import type { Services } from '../services.ts';

/** Writes down that the service starts with another app.yml than before, when nothing has been done with it yet. What is secret in it is no part of the hash. */
export async function recordConfiguration(
  { journal, persistence }: Pick<Services, 'journal' | 'persistence'>,
  config: Config,
  redact: Redact,
): Promise<void> {
  const text = redact(canonicalize(config) ?? '');
  const hash = createHash('sha256').update(text).digest('hex');
  let last: Entry | undefined;
  for await (const entry of persistence.journal().entries()) if (entry.kind === 'configuration') last = entry;
  if (last?.facts['hash'] === hash) return;
  // Replicas that start together with one app.yml come to the same name.
  await journal.recordOnce(`configuration ${hash} after entry ${last?.number ?? 0}`, [
    {
      kind: 'configuration',
      actor: 'lockkeeper',
      what: last === undefined ? 'the service starts for the first time' : 'the service starts with another app.yml than before',
      why: last === undefined ? 'it is the first start with this journal' : 'app.yml was changed',
      links: [],
      facts: { hash, environments: config.environments.length },
    },
  ]);
}
