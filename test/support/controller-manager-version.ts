import { kubernetesVersion } from '../../src/adapters/cluster/control-plane/binaries.ts';
import { controlPlaneBinaries } from './control-plane.ts';
import { controllerManagerFile } from './controller-manager-program.ts';

/* A program for parts.ts: says which controller manager this machine has for its API server, or fails. */
const { version } = await controlPlaneBinaries();
process.stdout.write(`kube-controller-manager ${await kubernetesVersion(controllerManagerFile(version))}\n`);
