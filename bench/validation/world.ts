import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const perFile = 10;

/** An environment of that many Deployments, some to a file, as services have them; gives their documents, one each. */
export function makeEnvironment(folder: string, objects: number): readonly string[] {
  mkdirSync(join(folder, 'manifests'), { recursive: true });
  writeFileSync(join(folder, 'environment.yml'), 'name: bench\nmanifests:\n  - manifests/\n');
  const documents = Array.from({ length: objects }, (_, at) => deployment(at));
  for (let at = 0; at < objects; at += perFile) {
    const name = `apps-${String(at / perFile).padStart(4, '0')}.yaml`;
    writeFileSync(join(folder, 'manifests', name), documents.slice(at, at + perFile).join('---\n'));
  }
  return documents;
}

const deployment = (at: number): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${at}
  namespace: default
  labels: { app: app-${at}, team: team-${at % 12} }
spec:
  replicas: 2
  selector: { matchLabels: { app: app-${at} } }
  template:
    metadata:
      labels: { app: app-${at}, team: team-${at % 12} }
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 45
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: { matchLabels: { app: app-${at} } }
      securityContext: { runAsNonRoot: true, runAsUser: 10001 }
      containers:
        - name: app
          image: registry.example.com/team-${at % 12}/app-${at}:1.${at % 40}.0
          args: [--port=8080, --log=json]
          env:
            - { name: PORT, value: "8080" }
            - { name: REGION, value: eu-north-1 }
            - name: POD
              valueFrom: { fieldRef: { fieldPath: metadata.name } }
          ports:
            - { name: http, containerPort: 8080 }
          readinessProbe:
            httpGet: { path: /ready, port: http }
          livenessProbe:
            httpGet: { path: /live, port: http }
          resources:
            requests: { cpu: 50m, memory: 128Mi }
            limits: { memory: 256Mi }
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
`;
