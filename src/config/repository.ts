import type { RepositoryRef } from '../domain/forge.ts';

/** Takes `FORGE:PATH` apart at the first colon; undefined when it is not of that form. */
export function repositoryRef(text: string): RepositoryRef | undefined {
  const colon = text.indexOf(':');
  const [forge, path] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  return forge === '' || path === '' || path.startsWith('//') ? undefined : { forge, path };
}
