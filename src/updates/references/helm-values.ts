import { isImageName } from '../../domain/image.ts';
import { getScalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { type Draft, hasVariable, misread, splitDraft } from './draft.ts';

/**
 * `image: { registry, repository, tag, digest }`, as charts' values write it; in a HelmRelease's values too.
 * Without a key that says "image" only `repository` beside `tag` is one: `name`, `version` and chart repositories mean other things elsewhere.
 */
export function valuesDraft(node: YamlNode, key: string): Draft | undefined {
  const named = /(?:^i|I)mage$/.test(key);
  const tag = getScalar(node, 'tag') ?? (named ? getScalar(node, 'version') : undefined);
  const repository = getScalar(node, 'repository') ?? (named && tag ? getScalar(node, 'name') : undefined);
  if (repository === undefined || !(named || tag)) return undefined;
  const registry = getScalar(node, 'registry');
  const name = registry ? `${registry.value.replace(/(?<!\/)\/+$/, '')}/${repository.value}` : repository.value;
  if (!hasVariable(name) && !isImageName(name)) return undefined;
  return splitDraft({ name, nameAt: repository.start, tag, digest: getScalar(node, 'digest'), unquoted: helmReads });
}

/** Helm turns every number into a float: whole ones print as written up to 999999 (beyond, as 1e+06), others lose their last zeros. */
export function helmReads(text: string): string | undefined {
  const read = misread(text);
  if (read === undefined || /^(?:0|[1-9]\d{0,5})$/.test(text)) return undefined;
  return `${text} without quotes is read as ${read}, not as text: put it in quotes`;
}
