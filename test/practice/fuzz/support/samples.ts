import type { Body } from '../../api/support/api.ts';

const container = {
  name: 'c',
  image: 'busybox:1.36',
  command: ['sleep'],
  args: ['3600', '$(A)'],
  workingDir: '/tmp',
  env: [
    { name: 'A', value: 'a' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'C', valueFrom: { configMapKeyRef: { name: 'sample', key: 'k', optional: true } } },
    { name: 'D', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
  ],
  envFrom: [{ prefix: 'P_', configMapRef: { name: 'sample', optional: true } }],
  ports: [{ containerPort: 80, name: 'web', protocol: 'TCP' }],
  resources: { requests: { cpu: '10m', memory: '1Mi' }, limits: { cpu: '100m', memory: '8Mi' } },
  volumeMounts: [
    { name: 'empty', mountPath: '/e', subPath: 'a/b' },
    { name: 'all', mountPath: '/v' },
  ],
  readinessProbe: { httpGet: { port: 'web', path: '/x' }, periodSeconds: 1 },
  livenessProbe: { exec: { command: ['true'] }, failureThreshold: 3 },
  startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 30 },
  lifecycle: { preStop: { exec: { command: ['true'] } }, postStart: { exec: { command: ['true'] } } },
  securityContext: { runAsUser: 1, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  imagePullPolicy: 'IfNotPresent',
  terminationMessagePolicy: 'FallbackToLogsOnError',
};

const podSpec = {
  containers: [container],
  initContainers: [{ name: 'i', image: 'busybox:1.36', command: ['true'] }],
  volumes: [
    { name: 'empty', emptyDir: {} },
    {
      name: 'all',
      projected: {
        defaultMode: 420,
        sources: [
          { configMap: { name: 'sample', optional: true, items: [{ key: 'k', path: 'p/q' }] } },
          { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        ],
      },
    },
  ],
  tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } },
      ],
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 1,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { app: 'sample' } },
          },
        },
      ],
    },
  },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
  ],
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
  dnsPolicy: 'ClusterFirst',
  dnsConfig: { nameservers: ['10.0.0.1'], searches: ['x.y'], options: [{ name: 'ndots', value: '2' }] },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 0,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
};

const template = { metadata: { labels: { app: 'sample' }, annotations: { a: 'b' } }, spec: podSpec };
const selector = { matchLabels: { app: 'sample' } };
const metadata = {
  name: 'sample',
  labels: { app: 'sample', 'x.io/y': 'z' },
  annotations: { 'x.io/note': 'some text' },
};

/** A valid object of every kind that is kept, by its plural, with much of what it can have. */
export const SAMPLES: Readonly<Record<string, Body>> = {
  configmaps: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { k: 'v', 'a.txt': 'one\ntwo\n' },
    binaryData: { b: 'AAEC' },
  },
  endpoints: {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, name: 'sample-endpoints' },
    subsets: [
      {
        addresses: [{ ip: '10.1.2.3', hostname: 'h', targetRef: { kind: 'Pod', name: 'sample' } }],
        notReadyAddresses: [{ ip: '10.1.2.4' }],
        ports: [{ name: 'web', port: 80, protocol: 'TCP' }],
      },
    ],
  },
  events: {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'sample', namespace: 'fuzz' },
    reason: 'Because',
    message: 'something happened',
    type: 'Normal',
    count: 2,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:01:00Z',
    source: { component: 'somebody', host: 'node-1' },
  },
  namespaces: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { ...metadata, labels: { 'pod-security.kubernetes.io/warn': 'restricted' } },
    spec: { finalizers: ['kubernetes'] },
  },
  nodes: {
    apiVersion: 'v1',
    kind: 'Node',
    metadata,
    spec: {
      podCIDR: '10.0.9.0/24',
      unschedulable: true,
      taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }],
    },
  },
  pods: { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec },
  resourcequotas: {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata,
    spec: { hard: { pods: '100', 'requests.cpu': '100', 'limits.memory': '100Gi' } },
  },
  serviceaccounts: { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  services: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: 'NodePort',
      selector: { app: 'sample' },
      ports: [{ name: 'web', port: 80, targetPort: 'web', protocol: 'TCP' }],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } },
      publishNotReadyAddresses: true,
    },
  },
  deployments: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector,
      template,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
      minReadySeconds: 1,
      revisionHistoryLimit: 1,
      progressDeadlineSeconds: 60,
    },
  },
  replicasets: {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { replicas: 1, selector, template, minReadySeconds: 1 },
  },
  leases: {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata,
    spec: {
      holderIdentity: 'me',
      leaseDurationSeconds: 10,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:01.000000Z',
    },
  },
  networkpolicies: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: { matchLabels: { app: 'sample' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector: {}, namespaceSelector: {} }],
          ports: [{ port: 80, endPort: 90, protocol: 'TCP' }],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
    },
  },
  endpointslices: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'sample' } },
    addressType: 'IPv4',
    endpoints: [
      {
        addresses: ['10.1.2.3'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'node-1',
        targetRef: { kind: 'Pod', name: 'sample', namespace: 'fuzz' },
      },
    ],
    ports: [{ name: 'web', port: 80, protocol: 'TCP' }],
  },
};
