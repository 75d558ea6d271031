/** Where something stands: in the environment's repository, or in a bundle of it. */
export interface Place {
  /** Path from the repository's root; inside a bundle the bundle's URL (without credentials), `!/` and the path in it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The bundle's URL, without credentials. */
  readonly bundle?: string;
}

/** `namespace` is empty for cluster-wide objects, and for those that leave it to whoever applies them. */
export interface ObjectId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** `waived`: a point of the checklist that the object's annotation takes back, with `reason`. */
const severities = ['error', 'warning', 'waived'] as const;
export type Severity = (typeof severities)[number];

/** One thing that is not as it should be. Texts are plain, and may hold text from outside: whoever shows them escapes them. */
export interface Finding extends Place {
  readonly severity: Severity;
  /** `api-server` for what the server said; else the rule's own name, as in docs/checklist and docs/validation.md. */
  readonly rule: string;
  /** Absent where it is about a file. */
  readonly object?: ObjectId;
  /** One sentence; the server's own words where it spoke. */
  readonly message: string;
  /** What to do, where we know it. */
  readonly help?: string;
  /** Why it was waived. */
  readonly reason?: string;
}

/** What tells it apart, and nothing else that it carries. */
export const idOf = ({ apiVersion, kind, namespace, name }: ObjectId): ObjectId => ({ apiVersion, kind, namespace, name });

/** `apps/Deployment/shop/web`; a cluster-wide object has no third part, the core group no first: `Namespace/shop`, `Service/shop/web`. */
export function objectName({ apiVersion, kind, namespace, name }: ObjectId): string {
  const group = apiVersion.includes('/') ? [apiVersion.slice(0, apiVersion.indexOf('/'))] : [];
  return [...group, kind, ...(namespace === '' ? [] : [namespace]), name].join('/');
}
