/** Where the demo's servers listen on 127.0.0.1. */
export interface Ports {
  readonly pages: number;
  readonly registry: number;
  readonly bundles: number;
}

/** The raw repository that bundles are published to. */
export const bundleStore = 'manifests';

export const registryHost = (ports: Ports): string => `127.0.0.1:${ports.registry}`;
export const bundleUrl = (ports: Ports, path: string): string => `http://127.0.0.1:${ports.bundles}/repository/${bundleStore}/${path}`;
export const pagesUrl = (ports: Ports): string => `http://127.0.0.1:${ports.pages}`;

/** Replaces each `%name%` that has a value. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/%(\w+)%/g, (whole, name: string) => values[name] ?? whole);

/** In the demo's folder. */
export const kubeconfigOf = (environment: string): string => `clusters/${environment}.kubeconfig`;
