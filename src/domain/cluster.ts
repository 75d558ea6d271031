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

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the server's root, with its query: `/api/v1/namespaces?dryRun=All`. */
  readonly path: string;
  /** Sent as it is. */
  readonly body?: Uint8Array | string;
  /** Content type of `body`; default application/json. */
  readonly type?: string;
  readonly accept?: string;
  /** The body of a reply that is no problem (status below 400) is not wanted; it is empty then. */
  readonly verdictOnly?: boolean;
}

export interface ApiReply {
  readonly status: number;
  /** What the server warns of, in its own words and order. */
  readonly warnings: readonly string[];
  readonly body: string;
}

/** A kind that can be created. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** As in a path: `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** A kind, with what can be done to its objects. */
export interface DiscoveredKind extends ServedKind {
  /** `list`, `delete`, `create`, … */
  readonly verbs: readonly string[];
}

/** What a server serves, and what of it cannot be known for now. */
export interface Discovery {
  /** A group's versions in the server's order, the one that it prefers first. */
  readonly kinds: readonly DiscoveredKind[];
  /** APIs that the server announces and cannot describe, as clauses: `the API metrics.k8s.io/v1beta1 …`. */
  readonly unseen: readonly string[];
}

/**
 * What a metadata-only list says of an object (PartialObjectMetadata).
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
export interface ObjectMetadata {
  readonly name: string;
  /** Absent where the object belongs to no namespace. */
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
  /** Set as long as finalizers hold an object that was deleted. */
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFields[];
}

/** Which fields somebody set: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
  /** When it last changed one of them, RFC 3339. */
  readonly time?: string;
  readonly fieldsType?: string;
  /** In the format FieldsV1: a trie of field names. */
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** A Kubernetes API server. */
export interface ApiServer {
  /** `host:port`. */
  readonly host: string;
  /** Nobody else uses it: what stands in it is ours, or came with it. */
  readonly throwAway: boolean;
  /**
   * Any answer about the request itself is given back, whatever its status. OutsideError where the server cannot be reached or cannot answer
   * for now, RefusedError where it does not let us ask; the reason of `signal` once it is aborted.
   */
  ask(of: ApiRequest, signal?: AbortSignal): Promise<ApiReply>;
  /** What it serves now, of what can be created; what it cannot describe for now is left out or, where each group is asked, an error. */
  kinds(signal?: AbortSignal): Promise<readonly ServedKind[]>;
  /** All that it serves now, and what of it cannot be seen. */
  discover(signal?: AbortSignal): Promise<Discovery>;
}
