import { get, getScalar, type Scalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { chartDraft } from './chart.ts';
import { type Draft, numberTrouble, type SourceName, splitDraft } from './draft.ts';
import { gitDraft } from './git.ts';

/** Flux's HelmRelease, HelmChart, OCIRepository and GitRepository: https://fluxcd.io/flux/components/ */
export function findFlux(root: YamlNode): readonly Draft[] {
  const [group = ''] = getScalar(root, 'apiVersion')?.value.split('/') ?? [];
  const spec = get(root, 'spec');
  const kind = getScalar(root, 'kind')?.value ?? '';
  if (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease') return listed(chartOf(get(get(spec, 'chart'), 'spec'), root));
  if (group !== 'source.toolkit.fluxcd.io') return [];
  if (kind === 'HelmChart') return listed(chartOf(spec, root));
  if (kind === 'OCIRepository') return listed(ociRepository(spec));
  return kind === 'GitRepository' ? listed(gitRepository(spec)) : [];
}

const listed = (draft: Draft | undefined): Draft[] => (draft === undefined ? [] : [draft]);

/** A chart out of a GitRepository or Bucket has its version there; what is written here is ignored by Flux. */
function chartOf(spec: YamlNode | undefined, root: YamlNode): Draft | undefined {
  const [chart, version, source] = [getScalar(spec, 'chart'), getScalar(spec, 'version'), get(spec, 'sourceRef')];
  const name = getScalar(source, 'name')?.value;
  if (chart === undefined || name === undefined || getScalar(source, 'kind')?.value !== 'HelmRepository') return undefined;
  const namespace = (getScalar(source, 'namespace') ?? getScalar(get(root, 'metadata'), 'namespace'))?.value;
  return chartDraft({ chart, version, repository: { name, ...(namespace !== undefined && { namespace }) } });
}

/** A HelmRepository: who it is, and where it points to. */
export interface HelmRepository extends SourceName {
  readonly url: string;
}

/** https://fluxcd.io/flux/components/source/helmrepositories/ */
export function helmRepository(root: YamlNode): HelmRepository | undefined {
  const group = getScalar(root, 'apiVersion')?.value.split('/')[0];
  if (group !== 'source.toolkit.fluxcd.io' || getScalar(root, 'kind')?.value !== 'HelmRepository') return undefined;
  const metadata = get(root, 'metadata');
  const [name, namespace] = [getScalar(metadata, 'name')?.value, getScalar(metadata, 'namespace')?.value];
  const url = getScalar(get(root, 'spec'), 'url')?.value;
  return name === undefined || url === undefined ? undefined : { name, url, ...(namespace !== undefined && { namespace }) };
}

/** digest before semver before tag: https://fluxcd.io/flux/components/source/ocirepositories/#reference */
function ociRepository(spec: YamlNode | undefined): Draft | undefined {
  const url = getScalar(spec, 'url');
  if (url === undefined) return undefined;
  const ref = get(spec, 'ref');
  const [tag, digest, semver] = [getScalar(ref, 'tag'), getScalar(ref, 'digest'), getScalar(ref, 'semver')];
  const name = url.value.replace(/^oci:\/\//i, '').replace(/(?<!\/)\/+$/, '');
  const draft = splitDraft({ name, nameAt: url.start, tag, digest, unquoted: numberTrouble });
  return draft && semver ? { ...draft, version: '', at: semver.start, spots: [], skip: followed(semver) } : draft;
}

/** commit before name before semver before tag before branch: https://fluxcd.io/flux/components/source/gitrepositories/#reference */
function gitRepository(spec: YamlNode | undefined): Draft | undefined {
  const url = getScalar(spec, 'url');
  if (url === undefined) return undefined;
  const ref = get(spec, 'ref');
  const [tag, semver, name, commit] = ['tag', 'semver', 'name', 'commit'].map((key) => getScalar(ref, key));
  const draft = gitDraft({ url, version: name ?? tag, commit });
  if (commit === undefined && name === undefined && semver)
    return { ...draft, version: '', at: semver.start, spots: [], skip: followed(semver) };
  const branch = getScalar(ref, 'branch') ?? (ref === undefined ? url : undefined);
  return (name ?? tag ?? commit) === undefined && branch
    ? { ...draft, skip: 'follows a branch by itself: write a tag to have it moved' }
    : draft;
}

const followed = (semver: Scalar): string =>
  `"${semver.value.slice(0, 60)}" is a range, which takes newer versions by itself: write a tag to have it moved`;
