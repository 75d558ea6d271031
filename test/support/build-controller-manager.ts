import { controlPlaneBinaries } from './control-plane.ts';
import { buildControllerManager, controllerManagerFile } from './controller-manager-program.ts';

/* Builds the kube-controller-manager that tests run beside the API server, where this machine has none of that version yet; says what it does. */
const { version } = await controlPlaneBinaries();
await buildControllerManager(version, (what) => process.stdout.write(`${what}\n`));
process.stdout.write(`kube-controller-manager ${version} is ${controllerManagerFile(version)}\n`);
