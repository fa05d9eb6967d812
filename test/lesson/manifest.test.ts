import { describe, expect, test } from 'vitest';
import { containersOf, withImages } from '../../src/lesson/containers.ts';
import { parseManifest } from '../../src/lesson/manifest.ts';

const DECK = `apiVersion: v1
kind: Pod
metadata:
  name: "multi-container"
spec:
  containers:
    -
      args:
        - "9999999"
      command:
        - "sleep"
      image: "appropriate/curl"
      name: "shell"
    -
      image: "nginx"
      name: "nginx"
`;

type Raw = Record<string, unknown>;

function pod(spec: Raw, container: Raw = {}): Raw {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { ...spec, containers: [{ name: 'a', image: 'a', ...container }] },
  };
}

function initPod(container: Raw): Raw {
  return pod({ initContainers: [{ name: 'b', image: 'b', ...container }] });
}

function deployment(raw: Raw): Raw {
  const { metadata, spec } = raw;
  const selector = { matchLabels: { app: 'web' } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template: { spec } } };
}

/** The codes of what is wrong with an object, each with the key it points at. */
function faults(raw: unknown, nodeNetwork = false): string[] {
  // JSON is YAML; a key on each line makes the place tell which key is meant.
  const text = JSON.stringify(raw, null, 1);
  const { diagnostics, nodeNetwork: more } = parseManifest('manifests/x.yml', text);
  const lines = text.split('\n');
  return [...diagnostics, ...(nodeNetwork ? [] : more)].map((one) =>
    `${one.code} ${/^"([^"]*)"/.exec(lines[one.line - 1]?.trim() ?? '')?.[1] ?? ''}`.trim(),
  );
}

describe('allowed', () => {
  test("the deck's Pod", () => {
    const { manifest, diagnostics, nodeNetwork } = parseManifest('manifests/multi-container.yml', DECK);
    expect([...diagnostics, ...nodeNetwork]).toEqual([]);
    expect(manifest.objects).toMatchObject([{ apiVersion: 'v1', kind: 'Pod', name: 'multi-container' }]);
    const [first] = manifest.objects;
    expect(JSON.parse(JSON.stringify(first?.raw))).toEqual(first?.raw);
  });

  test.each<[string, Raw]>([
    [
      'what keeps a Pod small',
      pod({ automountServiceAccountToken: false, terminationGracePeriodSeconds: 1 }),
    ],
    [
      'a node by name',
      pod({ nodeName: 'n1', hostNetwork: false, hostPID: false, serviceAccountName: 'default' }),
    ],
    [
      'volumes of its own',
      pod({
        volumes: [
          { name: 'a', emptyDir: {} },
          { name: 'b', configMap: { name: 'c' } },
        ],
      }),
    ],
    ['the downward API', pod({ volumes: [{ name: 'a', downwardAPI: {} }] })],
    [
      'less privilege',
      pod({ securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } }),
    ],
    [
      'less privilege in a container',
      pod(
        {},
        {
          securityContext: {
            privileged: false,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      ),
    ],
    ['nothing added', pod({}, { securityContext: { capabilities: { add: [] }, procMount: 'Default' } })],
    ['ports', pod({}, { ports: [{ containerPort: 80, hostPort: 0 }] })],
    ['probes of its own Pod', pod({}, { readinessProbe: { httpGet: { path: '/', port: 80 } } })],
    [
      'variables',
      pod(
        {},
        {
          env: [
            { name: 'A', value: 'b' },
            { name: 'B', valueFrom: { fieldRef: {} } },
          ],
        },
      ),
    ],
    ['variables of a ConfigMap', pod({}, { envFrom: [{ prefix: 'X', configMapRef: { name: 'c' } }] })],
    [
      'labels with a prefix',
      { ...pod({}), metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'x' } } },
    ],
    [
      'a Service',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
    ],
    [
      'a NodePort',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'NodePort' } },
    ],
    [
      'a ConfigMap',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { hostPath: 'x' } },
    ],
    [
      'a policy',
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'n' }, spec: {} },
    ],
  ])('%s', (_, raw) => {
    expect(faults(raw)).toEqual([]);
    if (raw['kind'] === 'Pod') expect(faults(deployment(raw))).toEqual([]);
  });
});

const CONTAINER: [fault: string, container: Raw][] = [
  ['privileged privileged', { securityContext: { privileged: true } }],
  ['privileged privileged', { securityContext: { privileged: 'true' } }],
  ['privilege-escalation allowPrivilegeEscalation', { securityContext: { allowPrivilegeEscalation: true } }],
  ['capabilities add', { securityContext: { capabilities: { add: ['NET_RAW'] } } }],
  ['capabilities Add', { securityContext: { capabilities: { Add: ['NET_RAW'] } } }],
  ['proc-mount procMount', { securityContext: { procMount: 'Unmasked' } }],
  ['security-profile seccompProfile', { securityContext: { seccompProfile: { type: 'Unconfined' } } }],
  [
    'security-profile seccompProfile',
    { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'x' } } },
  ],
  ['security-profile appArmorProfile', { securityContext: { appArmorProfile: { type: 'Unconfined' } } }],
  ['security-context seLinuxOptions', { securityContext: { seLinuxOptions: { type: 'spc_t' } } }],
  ['security-context windowsOptions', { securityContext: { windowsOptions: { hostProcess: true } } }],
  ['security-context Privileged', { securityContext: { Privileged: true } }],
  ['security-context newPrivilege', { SecurityContext: { newPrivilege: 1 } }],
  ['secret secretKeyRef', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }],
  ['secret secretRef', { envFrom: [{ secretRef: { name: 's' } }] }],
  [
    'mount-propagation mountPropagation',
    { volumeMounts: [{ name: 'a', mountPropagation: 'Bidirectional' }] },
  ],
  ['device volumeDevices', { volumeDevices: [{ name: 'a', devicePath: '/dev/sda' }] }],
  ['device claims', { resources: { claims: [{ name: 'gpu' }] } }],
  ['probe-host host', { livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } } }],
  ['probe-host host', { readinessProbe: { tcpSocket: { host: '10.0.0.1', port: 80 } } }],
  ['probe-host host', { startupProbe: { httpGet: { host: 'example.com', port: 80 } } }],
  ['probe-host host', { lifecycle: { postStart: { httpGet: { host: 'example.com', port: 80 } } } }],
];

const POD: [fault: string, spec: Raw][] = [
  ['host-namespace hostPID', { hostPID: true }],
  ['host-namespace hostIPC', { hostIPC: true }],
  ['host-namespace HostPid', { HostPid: 'yes' }],
  ['host-path hostPath', { volumes: [{ name: 'a', hostPath: { path: '/' } }] }],
  ['host-path hostpath', { volumes: [{ name: 'a', hostpath: { path: '/' } }] }],
  ['volume-type secret', { volumes: [{ name: 'a', secret: { secretName: 's' } }] }],
  [
    'volume-type projected',
    { volumes: [{ name: 'a', projected: { sources: [{ serviceAccountToken: {} }] } }] },
  ],
  ['volume-type nfs', { volumes: [{ name: 'a', nfs: {} }] }],
  ['volume-type csi', { volumes: [{ name: 'a', csi: {} }] }],
  [
    'volume-type persistentVolumeClaim',
    { volumes: [{ name: 'a', persistentVolumeClaim: { claimName: 'c' } }] },
  ],
  ['volume-type image', { volumes: [{ name: 'a', image: {} }] }],
  ['service-account serviceAccountName', { serviceAccountName: 'admin' }],
  ['service-account serviceAccount', { serviceAccount: 'admin' }],
  ['service-account automountServiceAccountToken', { automountServiceAccountToken: true }],
  ['ephemeral-containers ephemeralContainers', { ephemeralContainers: [{ name: 'e' }] }],
  ['secret imagePullSecrets', { imagePullSecrets: [{ name: 's' }] }],
  ['device resourceClaims', { resourceClaims: [{ name: 'gpu' }] }],
  ['priority priorityClassName', { priorityClassName: 'system-node-critical' }],
  ['priority priority', { priority: 2000001000 }],
  ['runtime-class runtimeClassName', { runtimeClassName: 'host' }],
  ['sysctls sysctls', { securityContext: { sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }] } }],
  ['security-profile seccompProfile', { securityContext: { seccompProfile: { type: 'Unconfined' } } }],
  ['security-context windowsOptions', { securityContext: { windowsOptions: { hostProcess: true } } }],
  ['security-context seLinuxOptions', { securityContext: { seLinuxOptions: { level: 's0' } } }],
];

const NODE: [fault: string, raw: Raw][] = [
  ['host-network hostNetwork', pod({ hostNetwork: true })],
  ['host-network hostNetwork', pod({ hostNetwork: 'true' })],
  ['host-network HostNetwork', pod({ HostNetwork: true })],
  ['host-port hostPort', pod({}, { ports: [{ containerPort: 80, hostPort: 80 }] })],
  ['host-port hostPort', initPod({ ports: [{ containerPort: 80, hostPort: 80 }] })],
];

describe('refused', () => {
  test.each(CONTAINER)('%s: %j', (fault, container) => {
    expect(faults(pod({}, container))).toEqual([fault]);
    expect(faults(initPod(container))).toEqual([fault]);
    expect(faults(deployment(pod({}, container)))).toEqual([fault]);
    expect(faults(deployment(initPod(container)))).toEqual([fault]);
  });

  test.each(POD)('%s: %j', (fault, spec) => {
    expect(faults(pod(spec))).toEqual([fault]);
    expect(faults(deployment(pod(spec)))).toEqual([fault]);
  });

  test.each(NODE)('without node-network, %s', (fault, raw) => {
    expect(faults(raw)).toEqual([fault]);
    expect(faults(raw, true)).toEqual([]);
    expect(faults(deployment(raw))).toEqual([fault]);
    expect(faults(deployment(raw), true)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['kind-not-allowed kind', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }],
    ['kind-not-allowed kind', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }],
    ['kind-not-allowed kind', { apiVersion: 'v1', kind: 'List', items: [] }],
    ['kind-not-allowed kind', { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' } }],
    ['kind-not-allowed kind', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' }],
    [
      'kind-not-allowed kind',
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
    ],
    ['kind-not-allowed kind', { apiVersion: 'example.com/v1', kind: 'Pod', metadata: { name: 'x' } }],
    ['kind-not-allowed kind', { apiVersion: 'v1', kind: 'pod', metadata: { name: 'x' } }],
    ['kind-not-allowed kind', { apiVersion: ['v1'], kind: 'Pod' }],
    ['kind-not-allowed', { metadata: { name: 'x' } }],
    ['object-invalid', ['a list']],
    ['object-invalid a text', 'a text'],
    ['object-invalid spec', { ...pod({}), spec: {} }],
    ['object-invalid', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }],
    ['object-invalid', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } }],
    ['namespace-set namespace', { ...pod({}), metadata: { name: 'x', namespace: 'kube-system' } }],
    ['namespace-set Namespace', { ...pod({}), metadata: { name: 'x', Namespace: 'kube-system' } }],
    ['name-invalid metadata', { ...pod({}), metadata: {} }],
    ['name-invalid name', { ...pod({}), metadata: { name: '$(id)' } }],
    ['name-invalid name', { ...pod({}), metadata: { name: 5 } }],
    ['name-invalid name', pod({}, { name: 'a;b' })],
    ['metadata-not-allowed finalizers', { ...pod({}), metadata: { name: 'x', finalizers: ['a/b'] } }],
    ['metadata-not-allowed ownerReferences', { ...pod({}), metadata: { name: 'x', ownerReferences: [] } }],
    [
      'metadata-not-allowed k8snet-tutor/lesson',
      { ...pod({}), metadata: { name: 'x', labels: { 'k8snet-tutor/lesson': 'y' } } },
    ],
    [
      'metadata-not-allowed container.apparmor.security.beta.kubernetes.io/a',
      {
        ...pod({}),
        metadata: {
          name: 'x',
          annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' },
        },
      },
    ],
    [
      'service-type type',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer' } },
    ],
    [
      'service-type type',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'ExternalName' } },
    ],
    [
      'service-type externalName',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { externalName: 'a.b' } },
    ],
    [
      'service-type externalIPs',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { externalIPs: ['10.0.0.1'] } },
    ],
    [
      'service-type loadBalancerIP',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { loadBalancerIP: '10.0.0.1' } },
    ],
  ])('%s: %j', (fault, raw) => expect(faults(raw)).toEqual([fault]));

  test('a generated name', () => {
    const raw = { ...pod({}), metadata: { generateName: 'x-' } };
    expect(faults(raw)).toEqual(['name-invalid metadata', 'metadata-not-allowed generateName']);
  });

  test('in the template of a Deployment', () => {
    const { spec } = pod({});
    const template = { metadata: { namespace: 'default', finalizers: ['a/b'] }, spec };
    const raw = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x' },
      spec: { replicas: 21, template },
    };
    const expected = ['namespace-set namespace', 'metadata-not-allowed finalizers', 'too-many replicas'];
    expect(faults(raw)).toEqual(expected);
  });

  test('a manifest of several documents, with places', () => {
    const text = `---\n${DECK}---\n# nothing\n---\n${DECK.replace('containers', 'hostPID: true\n  containers')}`;
    const { manifest, diagnostics } = parseManifest('manifests/x.yml', text);
    expect(diagnostics.map((one) => `${one.code} ${one.line}:${one.column}`)).toEqual([
      'host-namespace 26:3',
      'object-twice 21:1',
    ]);
    expect(manifest.objects.map((one) => one.position.line)).toEqual([2, 21]);
  });

  test.each([
    ['nothing in it', '# nothing\n', 'object-missing'],
    ['broken YAML', 'a: b: c\n', 'yaml-syntax'],
    ['too many', Array.from({ length: 51 }, () => '{}').join('\n---\n'), 'too-many'],
  ])('%s', (_, text, code) => {
    expect(parseManifest('manifests/x.yml', text).diagnostics.map((one) => one.code)).toContain(code);
  });
});

describe('images', () => {
  const objects = [DECK, JSON.stringify(deployment(initPod({})))].flatMap(
    (text) => parseManifest('manifests/x.yml', text).manifest.objects,
  );
  const images = (all: typeof objects): unknown[] =>
    all.flatMap((one) => containersOf(one, true).map((c) => c['image']));

  test('are replaced by the name of the container, in copies', () => {
    const before = JSON.stringify(objects);
    const result = withImages(objects, {
      shell: 'registry.example/curl:1',
      b: 'x',
      nobody: 'y',
      constructor: 'z',
    });
    expect(images(result.objects)).toEqual(['registry.example/curl:1', 'nginx', 'x', 'a']);
    expect(result.unmatched).toEqual(['nobody', 'constructor']);
    expect(JSON.stringify(objects)).toBe(before);
  });

  test('a container called as something every object has keeps its image', () => {
    const object = parseManifest('manifests/x.yml', JSON.stringify(pod({}, { name: 'constructor' }))).manifest
      .objects;
    expect(images(withImages(object, {}).objects)).toEqual(['a']);
  });
});
