import type { Package, Reference } from '../../domain/reference.ts';
import type { Scalar } from '../../manifests/yaml-nodes.ts';
import { appOf, type Draft, hasVariable, misread, type SourceName, shown, spot, trouble } from './draft.ts';

/** A version of a Helm chart as some file writes it. */
export interface ChartVersion {
  readonly chart: Scalar;
  readonly version: Scalar | undefined;
  /** Address of the repository, as Helm writes it; a SourceName where another object holds it. */
  readonly repository: string | SourceName;
}

/** Where the repository is not known before all files are read, the package has only the chart's name and `source` says whose it is. */
export function chartDraft({ chart, version, repository }: ChartVersion): Draft {
  const place = typeof repository === 'string' ? chartPackage(repository, chart.value) : sourcePackage(chart.value);
  const at = version?.start ?? chart.start;
  const source = typeof repository === 'string' ? {} : { source: repository };
  const base = { app: appOf(chart.value), package: place.package, version: version?.value.slice(0, 128) ?? '', at, ...source };
  const skip = place.skip ?? trouble(chart) ?? versionTrouble(version);
  return skip !== undefined || version === undefined
    ? { ...base, spots: [], skip: skip ?? noVersion }
    : { ...base, spots: [spot(version, 'version')] };
}

const noVersion = 'no version is written';

interface Place {
  readonly package: Package;
  /** Why it cannot be asked. */
  readonly skip?: string;
}

const sourcePackage = (chart: string): Place => ({ package: { datasource: 'helm', name: shown(chart), chart } });

/** The reference, now that the address of its repository is known. */
export function withRepository(reference: Reference, repository: string): Reference {
  const place = chartPackage(repository, reference.package.chart ?? '');
  const skip = reference.skip ?? place.skip;
  return { ...reference, package: place.package, ...(skip !== undefined && { spots: [], skip }) };
}

/** https://helm.sh/docs/helm/helm_dependency/ for the forms of a repository's address. */
export function chartPackage(repository: string, chart: string): Place {
  const address = repository.trim().replace(/(?<!\/)\/+$/, '');
  const name = `${shown(address)}/${chart}`;
  const skip = repositoryTrouble(address) ?? (hasVariable(chart) ? 'the name holds a variable or template' : undefined);
  if (skip !== undefined) return { package: { datasource: 'helm', name: address === '' ? chart : name }, skip };
  const url = /^oci:/i.test(address) ? `${address}/${chart}` : address;
  return { package: { datasource: 'helm', name, url, chart } };
}

function repositoryTrouble(address: string): string | undefined {
  if (address === '') return 'the chart stands beside this one, in its folder charts/: there is no repository to ask';
  if (hasVariable(address)) return 'the repository holds a variable or template, which only the tool that fills it in can read';
  if (/^(?:@|alias:)/.test(address))
    return `the repository is the alias ${address.slice(0, 60)}, which only Helm's own settings know: write its address`;
  if (/^file:/i.test(address)) return 'the chart is a folder (file://): there is no repository to ask';
  if (!/^(?:https?|oci):\/\/[^/]/i.test(address) || !URL.canParse(address)) return 'its repository is no https:// or oci:// address';
  if (/^[a-z]+:\/\/[^/]*@/i.test(address)) return 'the URL holds credentials: keep them in app.yml under registries and take them out here';
  return /[?#]/.test(address) ? 'the URL of the repository has a query, which no chart repository has' : undefined;
}

/** What Helm, Flux and Argo CD take for exactly one version; all else is a range to them. https://github.com/Masterminds/semver#checking-version-constraints */
const exact = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Why a chart's version is not one that can be moved. */
function versionTrouble(version: Scalar | undefined): string | undefined {
  if (version === undefined) return noVersion;
  const reason = trouble(version);
  if (reason !== undefined || exact.test(version.value)) return reason;
  const read = version.plain ? misread(version.value) : undefined;
  const what = version.value.slice(0, 60);
  return `"${what}" is a range${read === undefined ? '' : ' (and a number)'}, which takes newer versions by itself: write one whole version to have it moved`;
}
