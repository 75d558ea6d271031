import type { Reference } from '../../src/domain/reference.ts';
import { findReferences } from '../../src/updates/references/find.ts';
import { joinHelmRepositories } from '../../src/updates/references/helm-repositories.ts';

/** `LINE PACKAGE VERSION@DIGEST (app)`, `: reason` behind where it is skipped; a digest shortened to its first six digits. */
function oneLine({ line, app, package: of, version, digest, skip }: Reference): string {
  const behind = digest === undefined ? '' : `@${digest.slice('sha256:'.length).slice(0, 6)}`;
  return `${line} ${of.name} ${version}${behind} (${app})${skip === undefined ? '' : `: ${skip}`}`;
}

/** All references of a text, one line each. */
export function found(text: string, path = 'manifests/a.yaml'): string[] {
  const { references, helmRepositories } = findReferences({ path, text });
  return joinHelmRepositories(references, helmRepositories).map(oneLine);
}

/** `LINE message` of each warning. */
export const warned = (text: string, path = 'manifests/a.yaml'): string[] =>
  findReferences({ path, text }).warnings.map(({ line, message }) => `${line ?? ''} ${message}`.trim());

export const hex = (digit: string): string => digit.repeat(64);
