import { packageKey, type TextFile, type Warning } from '../../domain/reference.ts';
import { environmentFile } from '../../manifests/environment-file.ts';
import { type LineAt, lineIndex } from '../../manifests/text.ts';
import { parseYaml, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { findArgo } from './argo.ts';
import { findBundles } from './bundles.ts';
import { findChartDependencies } from './chart-yaml.ts';
import type { Draft } from './draft.ts';
import { findFlux, type HelmRepository, helmRepository } from './flux.ts';
import type { OpenReference } from './helm-repositories.ts';
import { findImages } from './images.ts';
import { findKustomizeImages, findKustomizeRemotes } from './kustomize.ts';
import { findMarked } from './marked.ts';

export interface Found {
  readonly references: readonly OpenReference[];
  /** For the charts of other files. */
  readonly helmRepositories: readonly HelmRepository[];
  readonly warnings: readonly Warning[];
}

/** All references of one file, in the order of the text. `altered` says why the text differs from the commit's: its references are told but never edited. */
export function findReferences(file: TextFile, altered?: string): Found {
  const lineAt = lineIndex(file.text);
  const marked = findMarked(file.text);
  const { documents, problems } = isHidden(file.path) ? { documents: [], problems: [] } : parseYaml(file.text, lineAt);
  const marks = marked.filter((one) => 'spots' in one);
  const drafts = [
    ...marks,
    ...unmarked(
      documents.flatMap((root) => draftsOf(root, file.path)),
      marks,
      lineAt,
    ),
  ];
  return {
    helmRepositories: documents.flatMap((root) => helmRepository(root) ?? []),
    references: unique(drafts).map((draft) => referenceOf(draft, file.path, lineAt, altered)),
    warnings: [
      ...explain(problems, file),
      ...marked.flatMap((one) => ('message' in one ? [{ file: file.path, line: lineAt(one.at), message: one.message }] : [])),
    ],
  };
}

/** Files of other tools (`.gitlab-ci.yml`, `.github/workflows`): what they run is no part of the environment, so only marked lines count. */
const isHidden = (path: string): boolean => path.split('/').some((segment) => segment.startsWith('.'));

function draftsOf(root: YamlNode, path: string): readonly Draft[] {
  if (path === environmentFile) return findBundles(root);
  return [
    ...findKustomizeImages(root, path),
    ...findKustomizeRemotes(root, path),
    ...findChartDependencies(root, path),
    ...findFlux(root),
    ...findArgo(root),
    ...findImages(root),
  ];
}

/** A mark says more than the form that stands on its line. */
function unmarked(drafts: readonly Draft[], marks: readonly Draft[], lineAt: LineAt): Draft[] {
  const lines = new Set(marks.flatMap((mark) => placesOf(mark).map(lineAt)));
  return lines.size === 0 ? [...drafts] : drafts.filter((draft) => !placesOf(draft).some((place) => lines.has(lineAt(place))));
}

const placesOf = ({ at, spots }: Draft): number[] => [at, ...spots.map((spot) => spot.start)];

/** What five aliases use is one reference; what two packages share through an anchor cannot move for one of them alone. */
function unique(drafts: readonly Draft[]): Draft[] {
  const byPlace = Map.groupBy(drafts, (draft) => draft.at);
  const once = [...byPlace.values()].flatMap((same) => {
    const packages = [...new Map(same.map((draft) => [keyOf(draft), draft])).values()];
    return packages.length === 1 ? packages : packages.map((draft) => shared(draft, packages.length));
  });
  return once.toSorted((a, b) => a.at - b.at);
}

const keyOf = ({ package: of, source }: Draft): string => `${packageKey(of)} ${source?.namespace ?? ''} ${source?.name ?? ''}`;

const shared = (draft: Draft, count: number): Draft => ({
  ...draft,
  spots: [],
  skip: `one anchor holds the version of ${count} packages, which may not all have the next one: give each its own, or mark the line of the anchor`,
});

function referenceOf({ at, ...draft }: Draft, file: string, lineAt: LineAt, altered: string | undefined): OpenReference {
  const reference = { ...draft, file, line: lineAt(at) };
  return altered === undefined || draft.skip !== undefined ? reference : { ...reference, spots: [], skip: altered };
}

const mostProblems = 10;

/** One warning for a template, which cannot be YAML before it is filled in; else one per document that cannot be read. */
function explain(problems: readonly { readonly line: number; readonly message: string }[], { path, text }: TextFile): Warning[] {
  const [first] = problems;
  if (first === undefined) return [];
  if (text.includes('{{')) {
    const message = `is no YAML before it is filled in (${first.message}): only lines marked "# lockkeeper:" are looked at where it cannot be read`;
    return [{ file: path, line: first.line, message }];
  }
  const told = problems.slice(0, mostProblems).map(({ line, message }) => ({ file: path, line, message: `is no YAML: ${message}` }));
  const more = problems.length - told.length;
  return more > 0 ? [...told, { file: path, message: `${more} more documents are no YAML` }] : told;
}
