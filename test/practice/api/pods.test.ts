import { describe, expect, it } from 'vitest';
import { PODS, type Registry } from '../../../src/practice/api/registry.ts';
import { asPod, type Pod } from '../../../src/practice/api/resources/pod.ts';
import { podRow } from '../../../src/practice/api/resources/pod-row.ts';
import { Api, podManifest, refusal } from './support/api.ts';

describe('a new Pod', () => {
  // What Kubernetes 1.36 made of the deck's Pod, without what OpenShift's service CA adds.
  it('gets what the API server gives it', () => {
    const api = new Api();
    const made = api.registry.create(PODS, 'space', {
      metadata: { name: 'multi-container' },
      spec: {
        containers: [
          { args: ['9999999'], command: ['sleep'], image: 'appropriate/curl', name: 'shell' },
          { image: 'nginx', name: 'nginx' },
        ],
      },
    });
    const volume = asPod(made).spec.volumes![0]!.name;
    expect(volume).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    const given = {
      imagePullPolicy: 'Always',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      volumeMounts: [
        { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: volume, readOnly: true },
      ],
    };
    const evicted = { effect: 'NoExecute', operator: 'Exists', tolerationSeconds: 300 };
    expect(made).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        creationTimestamp: '2030-01-01T00:00:00Z',
        generation: 1,
        name: 'multi-container',
        namespace: 'space',
        resourceVersion: '3',
        uid: 'uid-3',
      },
      spec: {
        containers: [
          { args: ['9999999'], command: ['sleep'], image: 'appropriate/curl', name: 'shell', ...given },
          { image: 'nginx', name: 'nginx', ...given },
        ],
        dnsPolicy: 'ClusterFirst',
        enableServiceLinks: true,
        preemptionPolicy: 'PreemptLowerPriority',
        priority: 0,
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
        serviceAccount: 'default',
        serviceAccountName: 'default',
        terminationGracePeriodSeconds: 30,
        tolerations: [
          { key: 'node.kubernetes.io/not-ready', ...evicted },
          { key: 'node.kubernetes.io/unreachable', ...evicted },
        ],
        volumes: [
          {
            name: volume,
            projected: {
              defaultMode: 420,
              sources: [
                { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
                { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
                {
                  downwardAPI: {
                    items: [
                      { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' },
                    ],
                  },
                },
              ],
            },
          },
        ],
      },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.29', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:1', 'IfNotPresent'],
    ['nginx@sha256:0123', 'IfNotPresent'],
  ])('of image %s pulls %s', (image, policy) => {
    const { spec } = asPod(new Api().pod('p', { containers: [{ name: 'c', image }] }));
    expect(spec.containers![0]!.imagePullPolicy).toBe(policy);
  });

  it('has defaults of probes, ports and volumes', () => {
    const { spec } = asPod(
      new Api().pod('p', {
        hostNetwork: true,
        automountServiceAccountToken: false,
        volumes: [{ name: 'a' }, { name: 'b', configMap: { name: 'c' } }],
        containers: [
          {
            name: 'c',
            image: 'i:1',
            ports: [{ containerPort: 80 }],
            readinessProbe: { httpGet: { port: 80 } },
            resources: { limits: { cpu: '1' } },
          },
        ],
      }),
    );
    expect(spec.volumes).toEqual([
      { name: 'a', emptyDir: {} },
      { name: 'b', configMap: { name: 'c', defaultMode: 420 } },
    ]);
    expect(spec.containers![0]).toMatchObject({
      ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
      readinessProbe: {
        httpGet: { port: 80, path: '/', scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
      resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
    });
    expect(spec.containers![0]!.volumeMounts).toBeUndefined();
  });

  it.each<[object, string]>([
    [{}, 'BestEffort'],
    [{ requests: { cpu: '1' } }, 'Burstable'],
    [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    [{ limits: { cpu: '1', memory: '1Gi' }, requests: { memory: '512Mi' } }, 'Burstable'],
  ])('with resources %j is %s', (resources, quality) => {
    const pod = new Api().pod('p', { containers: [{ name: 'c', image: 'i', resources }] });
    expect(asPod(pod).status.qosClass).toBe(quality);
  });

  it('needs its service account, which may lag behind its namespace', () => {
    const api = new Api();
    expect(refusal(() => api.pod('p', { serviceAccountName: 'other' }))).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'pods "p" is forbidden: error looking up service account space/other: serviceaccount "other" not found',
    });
  });
});

const container = (more: object): object => ({ containers: [{ name: 'c', image: 'i', ...more }] });

describe('a Pod is refused', () => {
  it.each<[string, object]>([
    [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "foo": error converting fieldPath: field label not supported: foo',
      container({ env: [{ name: 'E', valueFrom: { fieldRef: { fieldPath: 'foo' } } }] }),
    ],
    [
      'spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Required value',
      container({ env: [{ name: 'E', valueFrom: { configMapKeyRef: { name: 'x' } } }] }),
    ],
    ['spec.volumes[0].configMap.name: Required value', { volumes: [{ name: 'v', configMap: {} }] }],
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } },
    ],
    [
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
      { topologySpreadConstraints: [{ topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }] },
    ],
    ['spec.containers: Required value', { containers: [] }],
    ['spec.containers[0].name: Required value', { containers: [{ image: 'i' }] }],
    ['spec.containers[0].image: Required value', { containers: [{ name: 'c' }] }],
    [
      'spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace',
      container({ image: ' i' }),
    ],
    [
      'spec.containers[1].name: Duplicate value: "c"',
      {
        containers: [
          { name: 'c', image: 'i' },
          { name: 'c', image: 'i' },
        ],
      },
    ],
    ['spec.containers[0].ports[0].containerPort: Required value', container({ ports: [{ name: 'web' }] })],
    [
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      container({ ports: [{ containerPort: 70000 }] }),
    ],
    [
      'spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
      container({ ports: [{ containerPort: 1, protocol: 'HTTP' }] }),
    ],
    [
      'spec.containers[0].ports[1].name: Duplicate value: "web"',
      container({
        ports: [
          { containerPort: 1, name: 'web' },
          { containerPort: 2, name: 'web' },
        ],
      }),
    ],
    [
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
      container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    ],
    [
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
      container({ livenessProbe: {} }),
    ],
    [
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
      container({ livenessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 1 } } }),
    ],
    [
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      container({ livenessProbe: { successThreshold: 2, exec: { command: ['a'] } } }),
    ],
    [
      'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      container({ imagePullPolicy: 'Sometimes' }),
    ],
    [
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    ],
    [
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      container({
        env: [{ name: 'E', value: 'v', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      }),
    ],
    [
      'spec.restartPolicy: Unsupported value: "always": supported values: "Always", "OnFailure", "Never"',
      { restartPolicy: 'always' },
    ],
    [
      'spec.dnsPolicy: Unsupported value: "x": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      { dnsPolicy: 'x' },
    ],
    [
      'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
      { dnsPolicy: 'None' },
    ],
    [
      'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      { initContainers: [{ name: 'x', image: 'i', readinessProbe: { tcpSocket: { port: 1 } } }] },
    ],
    [
      'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      { tolerations: [{ operator: 'Equal', value: 'x' }] },
    ],
    [
      'spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      { hostAliases: [{ ip: 'x' }] },
    ],
    [
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] },
    ],
    [
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
      { ephemeralContainers: [{ name: 'x', image: 'i' }] },
    ],
  ])('%s', (message, spec) => {
    const error = refusal(() => new Api().pod('p', spec));
    expect(error.message).toBe(`Pod "p" is invalid: ${message}`);
    expect(error).toMatchObject({ code: 422, reason: 'Invalid', details: { name: 'p', kind: 'Pod' } });
    const [cause] = error.details!.causes!;
    expect(`${cause!.field}: ${cause!.message}`).toBe(message);
  });

  it('for its name, with the rule', () =>
    expect(refusal(() => new Api().pod('Nginx')).message).toBe(
      `Pod "Nginx" is invalid: metadata.name: Invalid value: "Nginx": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ));

  it('for all that is wrong at once', () =>
    expect(
      refusal(() => new Api().pod('p', { containers: [{ name: 'c' }], restartPolicy: 'x' })).message,
    ).toBe(
      'Pod "p" is invalid: [spec.containers[0].image: Required value, spec.restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never"]',
    ));
});

describe('a Pod that exists', () => {
  const update = (registry: Registry, change: (pod: Pod) => void): Pod => {
    const pod = structuredClone(asPod(registry.get(PODS, 'space', 'p')));
    change(pod);
    return asPod(registry.update(PODS, 'space', 'p', pod));
  };

  it('may get another image, which counts as a generation', () => {
    const api = new Api();
    api.pod('p');
    const pod = update(api.registry, ({ spec }) => (spec.containers![0]!.image = 'other'));
    expect(pod.spec.containers![0]!.image).toBe('other');
    expect(pod.metadata.generation).toBe(2);
  });

  it.each<[string, (pod: Pod) => void, string]>([
    [
      'hostname',
      ({ spec }) => (spec.hostname = 'x'),
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n',
    ],
    [
      'containers',
      ({ spec }) => spec.containers!.push({ name: 'd', image: 'i' }),
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
  ])('keeps its %s', (_what, change, message) => {
    const api = new Api();
    api.pod('p');
    expect(refusal(() => update(api.registry, change)).message).toContain(`Pod "p" is invalid: ${message}`);
  });

  it('gets the tolerations again that everybody has, and loses no other', () => {
    const api = new Api();
    api.pod('p', { tolerations: [{ key: 'mine', operator: 'Exists' }] });
    const mine = { key: 'mine', operator: 'Exists' };
    const more = { key: 'other', operator: 'Exists' };
    const pod = update(api.registry, ({ spec }) => (spec.tolerations = [mine, more]));
    expect(pod.spec.tolerations!.map(({ key }) => key)).toEqual([
      'mine',
      'other',
      'node.kubernetes.io/not-ready',
      'node.kubernetes.io/unreachable',
    ]);
    expect(refusal(() => update(api.registry, ({ spec }) => (spec.tolerations = [more]))).message).toContain(
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    );
  });

  it('is not written again when nothing changes', () => {
    const api = new Api();
    const { resourceVersion } = api.pod('p').metadata;
    expect(update(api.registry, () => undefined).metadata.resourceVersion).toBe(resourceVersion);
    expect(api.store.version).toBe(Number(resourceVersion));
  });

  it('keeps its status through updates, and everything else through updates of its status', () => {
    const api = new Api();
    api.pod('p');
    api.registry.updateStatus(PODS, 'space', 'p', (status) => ({ ...status, phase: 'Running' }));
    const pod = update(api.registry, ({ metadata, status }) => {
      metadata.labels = { a: 'b' };
      status.phase = 'Failed';
    });
    expect(pod.status.phase).toBe('Running');
    expect(api.registry.updateStatus(PODS, 'space', 'p', (status) => status).metadata.labels).toEqual({
      a: 'b',
    });
    expect(() => api.registry.updateStatus(PODS, 'space', 'p', () => ({ phase: 1 }))).toThrow(
      'cannot unmarshal number',
    );
  });

  it('is bound once', () => {
    const api = new Api();
    api.pod('p');
    api.registry.bind('space', 'p', 'n1');
    expect(api.registry.get(PODS, 'space', 'p')).toMatchObject({
      spec: { nodeName: 'n1' },
      metadata: { generation: 1 },
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'True',
            lastTransitionTime: '2030-01-01T00:00:00Z',
            observedGeneration: 1,
          },
        ],
      },
    });
    expect(refusal(() => api.registry.bind('space', 'p', 'n2')).message).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
    );
  });
});

describe('a line of kubectl get pods', () => {
  const now = Date.parse('2030-01-01T00:10:00Z');
  const state = (more: object, name = 'c'): object => ({
    name,
    ready: false,
    restartCount: 0,
    state: {},
    lastState: {},
    ...more,
  });
  const running = { ready: true, started: true, state: { running: {} } };
  const waiting = (reason: string): object => ({ state: { waiting: { reason } } });
  const ended = (exitCode: number, reason: string): object => ({
    state: { terminated: { exitCode, reason } },
  });

  it.each<[string, string, object, object, string[]]>([
    ['Pending', 'new', {}, { phase: 'Pending' }, ['0/1', 'Pending', '0']],
    [
      'Pending',
      'starting',
      {},
      { phase: 'Pending', containerStatuses: [state(waiting('ContainerCreating'))] },
      ['0/1', 'ContainerCreating', '0'],
    ],
    ['Running', 'running', {}, { containerStatuses: [state(running)] }, ['1/1', 'Running', '0']],
    [
      'Running',
      'not ready',
      {},
      { containerStatuses: [state({ ...running, ready: false })] },
      ['0/1', 'Running', '0'],
    ],
    [
      'Running',
      'restarted',
      {},
      {
        containerStatuses: [
          state({
            ...running,
            restartCount: 2,
            lastState: { terminated: { finishedAt: '2030-01-01T00:09:35Z' } },
          }),
        ],
      },
      ['1/1', 'Running', '2 (25s ago)'],
    ],
    ['Running', 'crashed', {}, { containerStatuses: [state(ended(3, 'Error'))] }, ['0/1', 'Error', '0']],
    [
      'Running',
      'crashing',
      {},
      { containerStatuses: [state(waiting('CrashLoopBackOff'))] },
      ['0/1', 'CrashLoopBackOff', '0'],
    ],
    [
      'Pending',
      'image',
      {},
      { containerStatuses: [state(waiting('ErrImagePull'))] },
      ['0/1', 'ErrImagePull', '0'],
    ],
    [
      'Succeeded',
      'done',
      {},
      { containerStatuses: [state(ended(0, 'Completed'))] },
      ['0/1', 'Completed', '0'],
    ],
    [
      'Failed',
      'exit without reason',
      {},
      { containerStatuses: [state({ state: { terminated: { exitCode: 7 } } })] },
      ['0/1', 'ExitCode:7', '0'],
    ],
    ['Failed', 'evicted', {}, { reason: 'Evicted' }, ['0/1', 'Evicted', '0']],
    [
      'Running',
      'one of two done',
      { containers: [{ name: 'c' }, { name: 'd' }] },
      { containerStatuses: [state(running), state(ended(0, 'Completed'), 'd')] },
      ['1/2', 'NotReady', '0'],
    ],
    [
      'Pending',
      'first init',
      { initContainers: [{ name: 'i' }, { name: 'j' }] },
      {
        initContainerStatuses: [
          state({ state: { running: {} } }, 'i'),
          state(waiting('PodInitializing'), 'j'),
        ],
        containerStatuses: [state(waiting('PodInitializing'))],
      },
      ['0/1', 'Init:0/2', '0'],
    ],
    [
      'Pending',
      'second init',
      { initContainers: [{ name: 'i' }, { name: 'j' }] },
      { initContainerStatuses: [state(ended(0, 'Completed'), 'i'), state({ state: { running: {} } }, 'j')] },
      ['0/1', 'Init:1/2', '0'],
    ],
    [
      'Pending',
      'init fails',
      { initContainers: [{ name: 'i' }] },
      { initContainerStatuses: [state({ ...ended(1, 'Error'), restartCount: 3 }, 'i')] },
      ['0/1', 'Init:Error', '3'],
    ],
    [
      'Pending',
      'init image',
      { initContainers: [{ name: 'i' }] },
      { initContainerStatuses: [state(waiting('ImagePullBackOff'), 'i')] },
      ['0/1', 'Init:ImagePullBackOff', '0'],
    ],
    [
      'Running',
      'sidecar',
      { initContainers: [{ name: 'i', restartPolicy: 'Always' }] },
      { initContainerStatuses: [state(running, 'i')], containerStatuses: [state(running)] },
      ['2/2', 'Running', '0'],
    ],
  ])('%s, %s', (phase, _what, spec, status, [ready, reason, restarts]) => {
    const pod = podOf({ containers: [{ name: 'c' }], ...spec }, { phase, ...status });
    expect(podRow(pod, now).slice(1, 4)).toEqual([ready, reason, restarts]);
  });

  it('says that it goes, as long as it has not ended', () => {
    const going = podOf(
      { containers: [{ name: 'c' }] },
      { phase: 'Running' },
      { deletionTimestamp: '2030-01-01T00:10:00Z' },
    );
    expect(podRow(going, now)[2]).toBe('Terminating');
    going.status.phase = 'Succeeded';
    expect(podRow(going, now)[2]).toBe('Succeeded');
  });

  it('shows where it is when asked', () => {
    const pod = podOf(
      { containers: [], nodeName: 'n1', readinessGates: [{ conditionType: 'x' }] },
      { podIPs: [{ ip: '10.0.0.1' }] },
    );
    expect(podRow(pod, now).slice(4)).toEqual(['10m', '10.0.0.1', 'n1', '<none>', '0/1']);
  });

  function podOf(spec: object, status: object, metadata: object = {}): Pod {
    const pod = podManifest('p', spec) as Pod;
    return {
      ...pod,
      status,
      metadata: { ...pod.metadata, creationTimestamp: '2030-01-01T00:00:00Z', ...metadata },
    };
  }
});
