import { keyFiles } from './keys.ts';
import { certificatesOption, dataOption } from './orphans.ts';

/** Sockets in the folder both run in: nobody else can reach them, and no port is taken. etcd 3.4 wants the form `host:port`, which becomes the file's name. */
const [clients, peers] = ['unix://etcd:1', 'unix://etcd-peer:1'];

export const etcdArguments = (folder: string): readonly string[] => [
  dataOption(folder),
  '--unsafe-no-fsync',
  `--listen-client-urls=${clients}`,
  `--advertise-client-urls=${clients}`,
  `--listen-peer-urls=${peers}`,
  `--initial-advertise-peer-urls=${peers}`,
  `--initial-cluster=default=${peers}`,
];

/**
 * As large as every version allows (20 bits), and both families, so that manifests for either are judged. Wider ranges are added once it runs.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
const serviceRanges = '10.96.0.0/12,fd00::/108';

/** A loopback address may not be advertised, and without one a machine without a network cannot start it: this one is nobody's (RFC 5737). */
const nobody = '192.0.2.1';

export const apiserverArguments = (folder: string, port: number): readonly string[] => [
  `--etcd-servers=${clients}`,
  certificatesOption(folder),
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  `--advertise-address=${nobody}`,
  '--endpoint-reconciler-type=none',
  `--service-cluster-ip-range=${serviceRanges}`,
  '--allow-privileged=true',
  '--authorization-mode=RBAC',
  '--anonymous-auth=false',
  '--disable-admission-plugins=ServiceAccount', // no controller makes the accounts that it waits for
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${keyFiles.serviceAccounts}`,
  `--service-account-signing-key-file=${keyFiles.serviceAccounts}`,
  `--token-auth-file=${keyFiles.tokens}`,
];
