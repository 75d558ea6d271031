import type { Trouble } from './pod-trouble.ts';
import { words } from './words.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus */
export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: object;
  readonly terminated?: Terminated;
}

interface Terminated {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** Names that the kubelet gives to an image that it does not get. */
const image: readonly string[] = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];
const forGood: readonly string[] = ['InvalidImageName', 'ErrImageNeverPull'];
const onItsWay: readonly string[] = ['ContainerCreating', 'PodInitializing', ''];

/** undefined of one that runs as it should, or has not had its turn. `mayQuote`: what it said as it ended is no part of its log. */
export function containerTrouble(status: ContainerStatus, mayQuote: boolean): Trouble | undefined {
  const { name, state = {}, lastState, ready } = status;
  const reason = state.waiting?.reason ?? '';
  if (image.includes(reason)) return imageTrouble(status, reason);
  const end = state.terminated ?? lastState?.terminated;
  if (reason === 'CrashLoopBackOff' || (state.terminated !== undefined && state.terminated.exitCode !== 0))
    return end === undefined ? { message: `container ${name} ends again and again` } : crash(status, end, mayQuote);
  if (state.waiting !== undefined && !onItsWay.includes(reason)) return startTrouble(name, reason, state.waiting.message);
  if (state.running === undefined || ready === true) return undefined;
  if (lastState?.terminated !== undefined) return crash(status, lastState.terminated, mayQuote);
  return { message: `container ${name} runs and is not ready`, vague: true };
}

function imageTrouble({ name, image: reference, state }: ContainerStatus, reason: string): Trouble {
  const said = words(state?.waiting?.message ?? '');
  const bare = /^(?:Back-off pulling image "[^"]*"\.?)?$/.test(said); // older kubelets say why only in an event
  return {
    message: `container ${name}: the image ${reference === undefined || reference === '' ? '' : `${reference} `}cannot be had (${reason})${bare ? '' : `: ${said}`}`,
    help: 'is it pushed, is its name right, and does the cluster have the credentials (imagePullSecrets)?',
    ...(forGood.includes(reason) ? { forGood: true } : {}),
    ...(bare ? { vague: true } : {}),
  };
}

/** A container that could not be made: what it needs is not there, or its command is none. */
const startTrouble = (name: string, reason: string, said = ''): Trouble => ({
  message: words(`container ${name} cannot be started (${reason})${said === '' ? '' : `: ${said}`}`),
  ...(reason === 'CreateContainerConfigError' ? { help: 'the ConfigMap or Secret that it names has to be there, with that key' } : {}),
});

function crash(
  { name, restartCount = 0 }: ContainerStatus,
  { exitCode, signal, reason = '', message = '' }: Terminated,
  mayQuote: boolean,
): Trouble {
  const how =
    reason === 'OOMKilled'
      ? 'was killed for using more memory than its limit (OOMKilled)'
      : `ended with ${ending(exitCode, signal, reason)}`;
  const times = restartCount > 0 ? `, restarted ${restartCount} times` : '';
  const last = mayQuote && message.trim() !== '' ? `: ${words(message)}` : '';
  return {
    message: `container ${name} ${how}${times}${last}`,
    help: 'its log says more: kubectl logs, with --previous where it was restarted',
  };
}

function ending(exitCode: number, signal: number | undefined, reason: string): string {
  const plain = signal === undefined || signal === 0 ? `exit code ${exitCode}` : `signal ${signal}`;
  return reason === '' || reason === 'Error' ? plain : `${plain} (${reason})`;
}
