/** One object of each of some thirty kinds, with lists and maps of every sort: atomic, keyed, sets, with defaulted keys, empty ones, nulls. */
export const manyKinds = `apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: NS, labels: {app: a}, annotations: {x.example.com/y: z}, creationTimestamp: null}
data: {a: "1", b.c: ""}
binaryData: {d: AAEC}
---
apiVersion: v1
kind: Secret
metadata: {name: a, namespace: NS}
type: Opaque
data: {a: eA==}
stringData: {b: "y"}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: a, namespace: NS, labels: {}}
imagePullSecrets: [{name: b}, {name: c}]
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata: {name: a, namespace: NS}
spec:
  selector: {app: a}
  ports:
    - {port: 53, name: tcp, targetPort: 53}
    - {port: 53, name: udp, protocol: UDP, targetPort: dns}
    - {port: 80, name: http}
status: {loadBalancer: {}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: a, namespace: NS}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, storageClassName: ""}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: NS}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /x}, persistentVolumeReclaimPolicy: Retain, storageClassName: x}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: a, namespace: NS}
spec: {hard: {pods: "1000", requests.cpu: 1000m}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: a, namespace: NS}
spec: {limits: [{type: PersistentVolumeClaim, max: {storage: 2Gi}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: NS}
spec:
  securityContext: {}
  tolerations: [{key: a, operator: Exists}]
  containers: [{name: a, image: "a:1", resources: {requests: {cpu: 10m}}}]
---
apiVersion: v1
kind: PodTemplate
metadata: {name: a, namespace: NS}
template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: "a:1"}]}}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: a, namespace: NS}
spec: {replicas: 1, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: "a:1"}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: NS, creationTimestamp: null}
status: {}
spec:
  replicas: 2
  selector: {matchLabels: {app: a}, matchExpressions: [{key: b, operator: Exists}]}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}
  template:
    metadata: {creationTimestamp: null, labels: {app: a, b: c}, annotations: {d: e}}
    spec:
      nodeSelector: {disk: ssd}
      hostAliases: [{ip: 127.0.0.1, hostnames: [a]}]
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: a}}}]
      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: x}}]}}
      volumes: [{name: x, emptyDir: {}}, {name: yy, configMap: {name: a, items: [{key: a, path: b}]}}, {name: z, projected: {sources: [{configMap: {name: a}}]}}]
      initContainers: [{name: i, image: "i:1", volumeMounts: [{name: x, mountPath: /x}]}]
      containers:
        - name: a
          image: "a:1"
          args: [a, --b]
          resources: {limits: {cpu: 1000m, memory: 1Gi}}
          ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP, name: u}]
          env: [{name: A, value: ""}, {name: B, value: b}, {name: C, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: D, valueFrom: {secretKeyRef: {name: a, key: b}}}]
          envFrom: [{configMapRef: {name: a}}]
          securityContext: {capabilities: {drop: [ALL]}, runAsNonRoot: true}
          livenessProbe: {httpGet: {path: /x, port: 80, httpHeaders: [{name: a, value: b}]}}
          volumeMounts: [{name: x, mountPath: /x}, {name: yy, mountPath: /y}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: a, namespace: NS}
spec:
  serviceName: a
  selector: {matchLabels: {app: s}}
  template: {metadata: {labels: {app: s}}, spec: {containers: [{name: a, image: "a:1"}]}}
  volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: a, namespace: NS}
spec: {selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: {containers: [{name: a, image: "a:1"}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: a, namespace: NS}
spec: {selector: {matchLabels: {app: r}}, template: {metadata: {labels: {app: r}}, spec: {containers: [{name: a, image: "a:1"}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: a, namespace: NS, labels: {a: b}}
spec: {backoffLimit: 1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1", command: [a]}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: a, namespace: NS}
spec: {schedule: "1 * * * *", timeZone: null, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1"}]}}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: a, namespace: NS}
spec: {minReplicas: 1, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: a, namespace: NS}
spec: {minAvailable: 1, selector: {matchLabels: {app: a}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: NS, annotations: {a: b}}
spec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}], tls: [{hosts: [a.example.com], secretName: a}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a, namespace: NS}
spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 80}]}], policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: NS}
spec: {controller: example.com/x}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: a, namespace: NS}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a, namespace: NS}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}
subjects: [{kind: ServiceAccount, name: a, namespace: NS}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: NS, namespace: ignored}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
aggregationRule: null
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: NS}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: NS}
subjects: [{kind: ServiceAccount, name: a, namespace: NS}]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: NS}
value: 10
description: x
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: NS}
provisioner: example.com/x
parameters: {a: b}
allowVolumeExpansion: true
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: a, namespace: NS}
addressType: IPv4
endpoints: [{addresses: [10.1.2.3], conditions: {ready: true}}]
ports: [{name: a, port: 80, protocol: TCP}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: NS}
webhooks:
  - name: a.example.com
    clientConfig: {url: "https://127.0.0.1:1/x"}
    rules: [{apiGroups: [none.example.com], apiVersions: [v1], operations: [CREATE], resources: [nothings]}]
    sideEffects: None
    admissionReviewVersions: [v1]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: NS}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [none.example.com], apiVersions: [v1], operations: [CREATE], resources: [nothings]}]}
  validations: [{expression: "true"}]
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: a, namespace: NS, finalizers: [example.com/a, example.com/b]}
spec: {holderIdentity: x}
---
apiVersion: settled.example.com/v1
kind: Widget
metadata: {name: a, namespace: NS}
spec:
  size: 3
  none: null
  empty: {}
  list: [a, b]
  set: [x, "y"]
  atomic: {a: 1, b: 2}
  named: [{key: a, value: 1}, {key: b, value: 2}]
  byName: {one: {a: 1}, two: {a: 1, b: 2}}
  free: {a: {b: 1}, c: [1, {d: 2}]}
status: {x: 1}
`;

export const widgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.settled.example.com}
spec:
  group: settled.example.com
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            status: {type: object, properties: {x: {type: integer}}}
            spec:
              type: object
              properties:
                size: {type: integer}
                none: {type: string, nullable: true}
                empty: {type: object, properties: {a: {type: string}}}
                list: {type: array, items: {type: string}}
                set: {type: array, items: {type: string}, x-kubernetes-list-type: set}
                atomic: {type: object, additionalProperties: {type: integer}, x-kubernetes-map-type: atomic}
                named:
                  type: array
                  items: {type: object, required: [key], properties: {key: {type: string}, value: {type: integer}}}
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [key]
                byName:
                  type: object
                  additionalProperties: {type: object, properties: {a: {type: integer}, b: {type: integer}}}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;
