/** What `go mod edit -json` says of a go.mod, as far as it is needed. */
export interface GoMod {
  readonly Go?: string;
  readonly Require?: readonly { readonly Path: string; readonly Version: string }[];
  readonly Replace?: readonly { readonly Old: { readonly Path: string }; readonly New: { readonly Path: string } }[];
}

/** A module with one program: its files by name. */
export type GoModule = Readonly<Record<'go.mod' | 'main.go', string>>;

/** Modules that Kubernetes keeps in its own repository, and that lie beside it: published as v0.MINOR.PATCH, too. */
const isStaging = (path: string): boolean => path.startsWith('./staging/');

/** A program of Kubernetes, whose `app` package makes it. */
export interface KubernetesProgram {
  readonly name: `kube-${string}`;
  /** The function that does: `NewAPIServerCommand`. */
  readonly command: string;
}

export const apiserver: KubernetesProgram = { name: 'kube-apiserver', command: 'NewAPIServerCommand' };

/**
 * A module around such a program, as `go install` refuses Kubernetes for its `replace` lines. Those that lead into its own repository are
 * replaced by what is published of the same version.
 */
export function kubernetesModule({ name, command }: KubernetesProgram, version: string, kubernetes: GoMod): GoModule {
  const staging = `v0.${version.split('.').slice(1).join('.')}`;
  const replaced = (kubernetes.Replace ?? []).filter((one) => isStaging(one.New.Path)).map((one) => one.Old.Path);
  if (replaced.length === 0)
    throw new Error(`the go.mod of k8s.io/kubernetes v${version} replaces nothing by its own folders, as all versions did so far`);
  return {
    'go.mod': [
      ...head(kubernetes),
      `require k8s.io/kubernetes v${version}`,
      `require k8s.io/component-base ${staging}`,
      ...replaced.map((path) => `replace ${path} => ${path} ${staging}`),
      '',
    ].join('\n'),
    'main.go': program({
      imports: ['k8s.io/component-base/cli', `k8s.io/kubernetes/cmd/${name}/app`],
      main: `os.Exit(cli.Run(app.${command}()))`,
    }),
  };
}

/** A module around the etcd that this version of Kubernetes is made for. */
export function etcdModule(kubernetes: GoMod): GoModule {
  const version = kubernetes.Require?.find(({ Path }) => Path === 'go.etcd.io/etcd/client/v3')?.Version;
  if (version === undefined) throw new Error('its go.mod does not say which etcd it is made for');
  return {
    'go.mod': [...head(kubernetes), `require go.etcd.io/etcd/server/v3 ${version}`, ''].join('\n'),
    'main.go': program({ imports: ['go.etcd.io/etcd/server/v3/etcdmain'], main: 'etcdmain.Main(os.Args)' }),
  };
}

/** For the linker: what its programs say to `--version`. */
export function versionFlags(version: string): string {
  const [major, minor] = version.split('.');
  const place = 'k8s.io/component-base/version';
  return `-X ${place}.gitVersion=v${version} -X ${place}.gitMajor=${major} -X ${place}.gitMinor=${minor}`;
}

const head = ({ Go = '1.24' }: GoMod): readonly string[] => ['module lockkeeper.dev/control-plane', '', `go ${Go}`, ''];

const program = ({ imports, main }: { readonly imports: readonly string[]; readonly main: string }): string => `package main

import (
	"os"
${['', ...imports].map((path) => (path === '' ? '' : `\t"${path}"`)).join('\n')}
)

func main() { ${main} }
`;
