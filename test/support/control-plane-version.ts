import { etcdVersion } from '../../src/adapters/cluster/control-plane/binaries.ts';
import { controlPlaneBinaries } from './control-plane.ts';

/* A program for parts.ts: says which control plane this machine has, or fails. */
const { version, etcd } = await controlPlaneBinaries();
process.stdout.write(`Kubernetes ${version} on etcd ${await etcdVersion(etcd)}\n`);
