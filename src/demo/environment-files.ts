/** An environment's manifests: the versions stand as `%name%`, everything else as a person wrote it. */

export const nightlyReport = `# Sends yesterday's figures to finance. Runs the same image as the bundle in environment.yml:
# the two move together.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: billing-report
  namespace: billing
  labels:
    app.kubernetes.io/name: billing
spec:
  schedule: "30 5 * * 1-5"   # before anybody asks
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
            - name: report
              image: "%registry%/payments/billing:%billing%"
              args: ["report", "--to", "finance@example.com"]
`;

export const namespaces = `# Made once, for everything that runs here.
${['billing', 'search', 'storefront', 'platform'].map((name) => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`).join('---\n')}`;

export const webDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: storefront
  labels: &labels
    app.kubernetes.io/name: web
spec:
  replicas: 3
  selector:
    matchLabels: *labels
  template:
    metadata:
      labels: *labels
    spec:
      initContainers:
        # Same image, other command: writes the pages that never change.
        - name: prerender
          image: %registry%/storefront/web:%web%
          command: [node, prerender.js]
      containers:
        - name: web
          image: %registry%/storefront/web:%web% # alpine: half the size, and nobody has missed glibc
          ports:
            - containerPort: 3000
          env:
            - name: GREETING
              value: 'image: this is text, not a reference'
          resources:
            requests: { cpu: 50m, memory: 96Mi }
        - name: log-shipper
          image: %registry%/platform/log-shipper:0.9.1
          args: ["--follow", "/var/log/web"]
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: storefront
spec:
  selector:
    app.kubernetes.io/name: web
  ports:
    - port: 80
      targetPort: 3000
`;

export const redis = `# Sessions and carts. Not ours: the image says nothing about where it comes from.
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: redis
  namespace: storefront
  labels: { app.kubernetes.io/name: redis }
spec:
  serviceName: redis
  replicas: 1
  selector:
    matchLabels: { app.kubernetes.io/name: redis }
  template:
    metadata:
      labels: { app.kubernetes.io/name: redis }
    spec:
      containers:
        - name: redis
          image: '%registry%/library/redis:%redis%'
          args: [--appendonly, "yes"]
          ports: [{ containerPort: 6379 }]
---
apiVersion: v1
kind: Service
metadata:
  name: redis
  namespace: storefront
spec:
  clusterIP: None
  selector: { app.kubernetes.io/name: redis }
  ports: [{ port: 6379 }]
`;

export const tools = `apiVersion: v1
kind: ConfigMap
metadata:
  name: tools
  namespace: platform
data:
  # A version that stands nowhere near an image: the mark tells where to look.
  KUBECTL_VERSION: "%kubectl%" # lockkeeper: datasource=oci package=%registry%/platform/kubectl
  note: |
    image: example.com/this-is-a-text:1.0.0
`;

export const notificationsKustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: storefront
resources:
  - deployment.yaml
images:
  - name: %registry%/storefront/notifications
    newTag: %notifications%   # with a v, as its pipeline tags them
`;

export const notificationsDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: notifications
  labels: { app.kubernetes.io/name: notifications }
spec:
  replicas: 2
  selector:
    matchLabels: { app.kubernetes.io/name: notifications }
  template:
    metadata:
      labels: { app.kubernetes.io/name: notifications }
    spec:
      containers:
        - name: worker
          image: %registry%/storefront/notifications   # the tag comes from kustomization.yaml
          args: [work, --queues=mail,push]
`;

export const gatewayValues = `# Values of the gateway's chart in %environment%.
replicaCount: 2

image:
  repository: %registry%/storefront/gateway
  tag: "%gateway%"
  pullPolicy: IfNotPresent

limits:
  perCustomer: 6000   # requests a minute
`;
