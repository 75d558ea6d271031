import { OutsideError, RefusedError } from '../../domain/errors.ts';
import { rollbackBranchOf } from '../../domain/identifiers.ts';
import { packageKey } from '../../domain/reference.ts';
import type { RollbackMark } from '../../domain/rollback.ts';
import type { Proposal, Update } from '../../domain/update.ts';
import { contentOf, titleLimit, titleOf } from '../proposal.ts';
import type { RegistryView } from '../registry-view.ts';

/** What the merge request carries: a proposal that goes the other way. */
export function rollbackProposal(environment: string, app: string, updates: readonly Update[]): Proposal {
  const title = `Roll back ${titleOf(app, updates).replace(': new digest ', ': earlier digest ')}`.slice(0, titleLimit);
  return { environment, app, branch: rollbackBranchOf(app), title, content: contentOf(updates), updates };
}

/** A marker has to fit into a description with the rest. */
export const mostLeft = 300;

export function markOf(updates: readonly Update[], { by, why }: Pick<RollbackMark, 'by' | 'why'>): RollbackMark {
  const left = updates.map(({ reference: { app, package: of, version, digest } }) => ({
    app,
    package: packageKey(of),
    version,
    ...(digest !== undefined && { digest }),
  }));
  return { left: [...new Map(left.map((one) => [JSON.stringify(one), one])).values()].slice(0, mostLeft), by, why };
}

/** With what is pinned now and was not then, as the registry knows it. Throws RefusedError where it does not. */
export async function withPins(update: Update, registry: Pick<RegistryView, 'details'>): Promise<Update> {
  const { reference, to } = update;
  const missing = reference.spots.flatMap(({ holds }) => (holds === 'version' || to[holds] !== undefined ? [] : [holds]));
  if (missing.length === 0) return update;
  const details = await registry.details(reference.package, to.version).catch(unlessDefect);
  const pins = missing.flatMap((holds) => (details?.[holds] === undefined ? [] : [[holds, details[holds]] as const]));
  if (pins.length === missing.length) return { ...update, to: { ...to, ...Object.fromEntries(pins) } };
  const where = `${reference.file}:${reference.line}`;
  const name = `${reference.package.name} ${to.version}`;
  throw new RefusedError(
    reference.package.name,
    `${where}: the ${missing.join(' and ')} of ${name} is pinned there now, was not when that ran, and its registry does not tell it; change it by hand`,
  );
}

function unlessDefect(error: unknown): undefined {
  if (!(error instanceof OutsideError)) throw error;
}
