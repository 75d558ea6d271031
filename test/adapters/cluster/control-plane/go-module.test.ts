import {
  apiserver,
  etcdModule,
  type GoMod,
  kubernetesModule,
  versionFlags,
} from '../../../../src/adapters/cluster/control-plane/go-module.ts';

/** As `go mod edit -json` says it of Kubernetes, cut short. */
const kubernetes: GoMod = {
  Go: '1.26.0',
  Require: [
    { Path: 'go.etcd.io/etcd/api/v3', Version: 'v3.6.7' },
    { Path: 'go.etcd.io/etcd/client/v3', Version: 'v3.6.8' },
    { Path: 'k8s.io/api', Version: 'v0.0.0' },
  ],
  Replace: [
    { Old: { Path: 'k8s.io/api' }, New: { Path: './staging/src/k8s.io/api' } },
    { Old: { Path: 'example.com/fork' }, New: { Path: 'example.com/other' } },
    { Old: { Path: 'k8s.io/streaming' }, New: { Path: './staging/src/k8s.io/streaming' } },
  ],
};

test('the API server is built from what is published of its version', () => {
  expect(kubernetesModule(apiserver, '1.36.3', kubernetes)).toEqual({
    'go.mod': `module lockkeeper.dev/control-plane

go 1.26.0

require k8s.io/kubernetes v1.36.3
require k8s.io/component-base v0.36.3
replace k8s.io/api => k8s.io/api v0.36.3
replace k8s.io/streaming => k8s.io/streaming v0.36.3
`,
    'main.go': `package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() { os.Exit(cli.Run(app.NewAPIServerCommand())) }
`,
  });
});

test('etcd is built in the version that this Kubernetes talks to', () => {
  expect(etcdModule(kubernetes)).toEqual({
    'go.mod': `module lockkeeper.dev/control-plane

go 1.26.0

require go.etcd.io/etcd/server/v3 v3.6.8
`,
    'main.go': `package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
`,
  });
});

test('its version is put in by the linker', () => {
  expect(versionFlags('1.36.3')).toBe(
    '-X k8s.io/component-base/version.gitVersion=v1.36.3 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36',
  );
});

test('a go.mod that is made otherwise is refused', () => {
  expect(() => kubernetesModule(apiserver, '1.99.0', { Go: '1.30' })).toThrow(
    'the go.mod of k8s.io/kubernetes v1.99.0 replaces nothing by its own folders',
  );
  expect(() => etcdModule({ Go: '1.30' })).toThrow('its go.mod does not say which etcd it is made for');
});
