import { OutsideError } from '../../../domain/errors.ts';
import type { RegistrySettings } from '../registry-settings.ts';

/** Where a package's repository is asked for. */
export interface Location {
  /** `host[:port]` as in a URL. */
  readonly host: string;
  /** Scheme and host, without a trailing slash. */
  readonly base: string;
  readonly repository: string;
  /** Asked when `repository` is missing: a proxy of Docker Hub may know it as `library/nginx` only. */
  readonly alternative?: string;
  readonly settings: RegistrySettings;
  readonly dockerHub: boolean;
}

const hubNames = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];
const hubHost = 'registry-1.docker.io';
const anonymous: RegistrySettings = { type: 'oci' };

/**
 * Takes `registry:5000/org/app`, `nginx` or `docker.io/org/app` apart, as container tools do: the first part is a host when it has
 * a dot or a colon or is `localhost`. https://pkg.go.dev/github.com/distribution/reference
 */
export function locate(name: string, registries: Readonly<Record<string, RegistrySettings>>): Location {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const [written, path] = hasHost ? [first.toLowerCase(), name.slice(slash + 1)] : ['docker.io', name];
  const dockerHub = hubNames.includes(written);
  const names = dockerHub ? hubNames : [written];
  const settings = names.map((one) => registries[one]).find((one) => one !== undefined) ?? anonymous;
  const base = `${settings.insecure === true ? 'http' : 'https'}://${dockerHub ? hubHost : written}`;
  if (!URL.canParse(base) || !isRepository(path)) throw new OutsideError(written, `"${name}" is not the name of an image repository`);
  const { host } = new URL(base);
  if (dockerHub) return { host, base, repository: path.includes('/') ? path : `library/${path}`, settings, dockerHub };
  const alternative = withLibrary(path);
  return { host, base, repository: path, settings, dockerHub, ...(alternative === undefined ? {} : { alternative }) };
}

/** Parts that would change what a URL means are no names. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
function isRepository(path: string): boolean {
  return path.length <= 255 && path.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(part));
}

/** `nginx` → `library/nginx`, `hub-proxy/nginx` → `hub-proxy/library/nginx`. */
function withLibrary(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 2 || parts[0] === 'library' ? undefined : parts.toSpliced(-1, 0, 'library').join('/');
}
