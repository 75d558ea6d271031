import { load } from 'js-yaml';
import { fitting } from '../../../domain/kubernetes-version.ts';
import type { Platform } from './platform.ts';

/** Where the envtest archives are listed. https://book.kubebuilder.io/reference/artifacts.html */
export const envtestIndex = 'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';

/** An archive with etcd and kube-apiserver. */
export interface EnvtestArchive {
  /** `1.36.2`. */
  readonly version: string;
  readonly url: string;
  /** 128 hex digits. */
  readonly sha512: string;
}

/** The archive of the newest version that fits, for that platform. Throws an Error that says why there is none that can be trusted. */
export function chooseArchive(
  index: { readonly url: string; readonly text: string },
  wanted: string,
  { os, arch }: Platform,
): EnvtestArchive {
  const releases = releasesIn(index.text);
  const known = [...releases.keys()].map((tag) => tag.replace(/^v/, ''));
  const versions = fitting(known, wanted);
  if (versions.length === 0) throw new Error(`it lists no ${wanted} (the newest is ${fitting(known, undefined)[0] ?? 'none'})`);
  for (const version of versions) {
    const archive = releases.get(`v${version}`)?.[`envtest-v${version}-${os}-${arch}.tar.gz`];
    if (archive !== undefined) return { version, ...checked(archive, index.url) };
  }
  throw new Error(`it lists ${versions[0]}, and no archive of it for ${os}-${arch}`);
}

function releasesIn(text: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const root = parsed(text);
  const releases = isMap(root) ? root['releases'] : undefined;
  if (!isMap(releases)) throw new Error('it is not the index that was expected: it has no releases');
  return new Map(Object.entries(releases).flatMap(([tag, archives]) => (isMap(archives) ? [[tag, archives] as const] : [])));
}

function parsed(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined; // no YAML, or none at all
  }
}

function checked(archive: unknown, index: string): { readonly url: string; readonly sha512: string } {
  const { hash, selfLink } = isMap(archive) ? archive : {};
  if (typeof hash !== 'string' || !/^[0-9a-f]{128}$/i.test(hash)) throw new Error('the archive has no SHA-512 there');
  if (typeof selfLink !== 'string' || !URL.canParse(selfLink)) throw new Error('the archive has no address there');
  const [from, url] = [new URL(index), new URL(selfLink)];
  if (url.protocol !== 'https:' && url.origin !== from.origin) throw new Error(`the archive's address is not https (${url.protocol})`);
  return { url: url.href, sha512: hash.toLowerCase() };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
