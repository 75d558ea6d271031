import { OutsideError } from '../domain/errors.ts';
import type { MergeRequest } from '../domain/forge.ts';
import { readMarker } from '../domain/identifiers.ts';
import { versionsIn } from '../domain/proposal-title.ts';
import type { Reference } from '../domain/reference.ts';
import type { Looked } from './look-up.ts';
import type { RegistryView } from './registry-view.ts';

/**
 * Whether a list of versions lacks the one that an open merge request moves to although the registry still has it: an index that is being
 * rebuilt, or a replica that lags behind. A release that was taken back is gone in both places. Asks only where the list lacks it.
 */
export async function isListPartial(
  registry: Pick<RegistryView, 'releases' | 'details'>,
  looked: readonly Pick<Looked, 'reference' | 'certain'>[],
  open: Pick<MergeRequest, 'description'>,
): Promise<boolean> {
  const { to: proposed } = versionsIn(readMarker(open.description)?.title ?? '');
  if (proposed === undefined) return false;
  const asked = looked.filter(({ reference, certain }) => certain && reference.skip === undefined && reference.version !== '');
  const lacking = await Promise.all(asked.map(({ reference }) => isUnlisted(registry, reference, proposed)));
  return lacking.includes(true);
}

async function isUnlisted(
  registry: Pick<RegistryView, 'releases' | 'details'>,
  { package: of }: Reference,
  proposed: string,
): Promise<boolean> {
  try {
    const { releases } = await registry.releases(of);
    return !releases.some((release) => release?.version === proposed) && (await registry.details(of, proposed)) !== undefined;
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return true; // nobody knows
  }
}
