import { record } from './objects.ts';

/** What a document is instead of an object, and what to do. */
export interface Stranger {
  readonly message: string;
  readonly help: string;
}

const away = 'take it out of the folders that manifests names in environment.yml, or name there the files that count';

const known: readonly { readonly is: (value: Readonly<Record<string, unknown>>, name: string) => boolean; readonly stranger: Stranger }[] =
  [
    {
      is: ({ apiVersion, kind }, name) =>
        /^kustomization(?:\.ya?ml)?$/i.test(name)
          ? typeof apiVersion !== 'string' || apiVersion.startsWith('kustomize.config.k8s.io/')
          : typeof kind === 'string' && typeof apiVersion === 'string' && apiVersion.startsWith('kustomize.config.k8s.io/'),
      stranger: {
        message: 'is a kustomization, and kustomizations are not built here',
        help: `commit what kustomize build prints, or publish it as a bundle; and ${away}`,
      },
    },
    {
      is: ({ kind }, name) => kind === undefined && /^chart\.ya?ml$/i.test(name),
      stranger: {
        message: 'is a Helm chart, and charts are not rendered here',
        help: `commit what helm template prints, or publish it as a bundle; and ${away}`,
      },
    },
    {
      is: ({ services, kind }) => kind === undefined && typeof services === 'object' && services !== null,
      stranger: { message: 'is no Kubernetes object: it looks like a Compose file', help: away },
    },
  ];

/** undefined for an object, also one that lacks something. A document of two of the three, `apiVersion`, `kind` and `metadata`, is meant as one. */
export function noObject(value: unknown, file: string): Stranger | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { message: 'is no Kubernetes object: a document is a mapping with apiVersion, kind and metadata', help: away };
  const fields = record(value);
  const special = known.find(({ is }) => is(fields, file.slice(file.lastIndexOf('/') + 1)));
  if (special !== undefined) return special.stranger;
  const has = [typeof fields['apiVersion'] === 'string', typeof fields['kind'] === 'string', typeof fields['metadata'] === 'object'];
  if (has.filter(Boolean).length >= 2) return undefined;
  return { message: 'is no Kubernetes object: it lacks apiVersion and kind', help: away };
}

/** For a text that is no YAML, or not the YAML that somebody meant. */
export function templateHint(text: string): string | undefined {
  const start = text.indexOf('{{');
  if (start < 0 || !text.includes('}}', start)) return undefined;
  return 'it holds template expressions ({{ … }}), which nothing fills in here: commit what comes out of the template';
}
