/** How an API server is reached, and as whom. Certificates and keys are PEM. */
export interface ClusterAddress {
  /** `https://127.0.0.1:6443`, without a trailing slash. */
  readonly url: string;
  /** Absent: the machine's own authorities. */
  readonly ca?: string;
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Name in the server's certificate, where it is not the host's. */
  readonly serverName?: string;
  /** Does not verify the server's certificate, because the kubeconfig says so. */
  readonly insecure?: boolean;
}
