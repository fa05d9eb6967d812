import { beforeEach, describe, expect, it } from 'vitest';
import { NAMESPACES, PODS } from '../../../../src/practice/api/registry.ts';
import { StatusError } from '../../../../src/practice/api/status-error.ts';
import { Api, podManifest, refusal } from '../support/api.ts';

let api: Api;
beforeEach(() => {
  api = new Api();
});

const LABEL = 'pod-security.kubernetes.io/';

function label(labels: Record<string, string>, warn: (text: string) => void = () => undefined): void {
  const named = Object.fromEntries(Object.entries(labels).map(([mode, value]) => [`${LABEL}${mode}`, value]));
  const update = { metadata: { name: 'space', labels: named } };
  api.registry.update(NAMESPACES, undefined, 'space', update, { warn });
}

function pod(spec: object, annotations: Record<string, string> = {}): object {
  return { metadata: { name: 'x', annotations }, spec };
}

/** What a Pod is refused for at a level, without `violates PodSecurity "…": `; undefined where it is let in. */
function violations(level: string, manifest: object, version = 'latest'): string | undefined {
  label({ enforce: level, 'enforce-version': version });
  try {
    api.registry.create(PODS, 'space', manifest, { dryRun: true });
    return undefined;
  } catch (error) {
    const message = error instanceof StatusError && error.code === 403 ? error.message : String(error);
    return /^pods "x" is forbidden: violates PodSecurity "\w+:[\w.]+": (.*)$/s.exec(message)?.[1] ?? message;
  }
}

const one = (name: string, more: object = {}): object => ({ name, image: 'nginx', ...more });
/** Containers by name, with their security contexts. */
const withContexts = (contexts: Record<string, object>, ofPod: object = {}): object => ({
  securityContext: ofPod,
  containers: Object.entries(contexts).map(([name, securityContext]) => one(name, { securityContext })),
});
const http = (host: string): object => ({ httpGet: { host, port: 80 } });

// Reasons and details are those of the tests in k8s.io/pod-security-admission/policy.
const BASELINE: [name: string, manifest: object, violation: string][] = [
  [
    'a Node’s network',
    pod({ hostNetwork: true, containers: [one('a')] }),
    'host namespaces (hostNetwork=true)',
  ],
  [
    'all of a Node’s namespaces',
    pod({ hostNetwork: true, hostPID: true, hostIPC: true, containers: [one('a')] }),
    'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
  ],
  [
    'one port of the Node',
    pod({
      containers: [
        one('a'),
        one('b', { ports: [{ containerPort: 1 }, { containerPort: 20, hostPort: 20 }] }),
      ],
    }),
    'hostPort (container "b" uses hostPort 20)',
  ],
  [
    'ports of the Node',
    pod({
      containers: [
        one('a'),
        one('b', {
          ports: [
            { containerPort: 10, hostPort: 10 },
            { containerPort: 20, hostPort: 20 },
          ],
        }),
        one('c', {
          ports: [
            { containerPort: 10, hostPort: 10, protocol: 'UDP' },
            { containerPort: 30, hostPort: 30 },
          ],
        }),
      ],
    }),
    'hostPort (containers "b", "c" use hostPorts 10, 20, 30)',
  ],
  [
    'files of the Node',
    pod({ containers: [one('a')], volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
    'hostPath volumes (volume "v")',
  ],
  [
    'a privileged container',
    pod(withContexts({ a: {}, b: { privileged: true } })),
    'privileged (container "b" must not set securityContext.privileged=true)',
  ],
  [
    'capabilities',
    pod(
      withContexts({
        a: { capabilities: { add: ['NET_RAW', 'CHOWN'] } },
        b: { capabilities: { add: ['ALL'] } },
        c: { capabilities: { add: ['CHOWN'] } },
      }),
    ),
    'non-default capabilities (containers "a", "b" must not include "ALL", "NET_RAW" in securityContext.capabilities.add)',
  ],
  [
    'hosts of probes',
    pod({
      containers: [
        one('a', {
          livenessProbe: http('127.0.0.1'),
          readinessProbe: { tcpSocket: { host: '::1', port: 80 } },
          startupProbe: http('localhost'),
        }),
      ],
    }),
    'probe or lifecycle host (container "a" uses probe or lifecycle hosts "127.0.0.1", "::1", "localhost")',
  ],
  [
    'hosts of probes and hooks, of two containers',
    pod({
      containers: [
        one('valid', { livenessProbe: { httpGet: { port: 80 } } }),
        one('invalid1', { livenessProbe: http('a.com') }),
        one('invalid2', {
          startupProbe: http('a.com'),
          lifecycle: { preStop: { tcpSocket: { host: 'b.com', port: 80 } } },
        }),
      ],
    }),
    'probe or lifecycle host (containers "invalid1", "invalid2" use probe or lifecycle hosts "a.com", "b.com")',
  ],
  [
    'a host of an init container',
    pod({
      containers: [one('a')],
      initContainers: [one('init', { restartPolicy: 'Always', lifecycle: { postStart: http('x') } })],
    }),
    'probe or lifecycle host (container "init" uses probe or lifecycle host "x")',
  ],
  [
    'an unmasked /proc',
    pod(
      withContexts({ c: { procMount: 'Default' }, d: { procMount: 'Unmasked' }, e: { procMount: 'other' } }),
    ),
    'procMount (containers "d", "e" must not set securityContext.procMount to "Unmasked", "other")',
  ],
  [
    'a Pod without AppArmor',
    pod(withContexts({ a: {} }, { appArmorProfile: { type: 'Unconfined' } })),
    'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
  ],
  [
    'annotations for AppArmor',
    pod(withContexts({ a: {} }), {
      'container.apparmor.security.beta.kubernetes.io/b': 'runtime/default',
      'container.apparmor.security.beta.kubernetes.io/d': 'localhost/foo',
      'container.apparmor.security.beta.kubernetes.io/f': 'unknown',
      'container.apparmor.security.beta.kubernetes.io/e': 'unconfined',
    }),
    'forbidden AppArmor profiles (annotations must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/e="unconfined"", "container.apparmor.security.beta.kubernetes.io/f="unknown"")',
  ],
  [
    'a Pod and a container without seccomp',
    pod(
      withContexts(
        { a: { seccompProfile: { type: 'Unconfined' } }, b: {} },
        { seccompProfile: { type: 'Unconfined' } },
      ),
    ),
    'seccompProfile (pod and container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    'SELinux options',
    pod(
      withContexts(
        {
          a: { seLinuxOptions: { type: 'container_t' } },
          b: { seLinuxOptions: { type: 'container_init_t' } },
          c: { seLinuxOptions: { type: 'container_kvm_t' } },
          d: { seLinuxOptions: { type: 'bar' } },
          e: { seLinuxOptions: { user: 'bar' } },
          f: { seLinuxOptions: { role: 'baz' } },
        },
        { seLinuxOptions: { type: 'foo', user: 'bar', role: 'baz' } },
      ),
    ),
    'seLinuxOptions (pod and containers "d", "e", "f" set forbidden securityContext.seLinuxOptions: types "bar", "foo"; user may not be set; role may not be set)',
  ],
  [
    'SELinux options of the Pod alone',
    pod(withContexts({ a: {} }, { seLinuxOptions: { role: 'baz' } })),
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: role may not be set)',
  ],
  [
    'sysctls',
    pod(
      withContexts(
        { a: {} },
        {
          sysctls: [
            { name: 'net.ipv4.tcp_syncookies', value: '1' },
            { name: 'b', value: '1' },
            { name: 'a', value: '1' },
          ],
        },
      ),
    ),
    'forbidden sysctls (b, a)',
  ],
  [
    'processes of a Windows host',
    pod(
      withContexts(
        { a: { windowsOptions: { hostProcess: true } } },
        { windowsOptions: { hostProcess: true } },
      ),
    ),
    'hostProcess (pod and container "a" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
  [
    'several things, in the order of their checks',
    pod({ hostNetwork: true, ...withContexts({ a: { privileged: true, procMount: 'Unmasked' } }) }),
    'host namespaces (hostNetwork=true), privileged (container "a" must not set securityContext.privileged=true), procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
];

describe('baseline', () => {
  it.each(BASELINE)('%s', (_, manifest, violation) => {
    expect(violations('baseline', manifest)).toBe(violation);
  });

  it('an ordinary Pod is let in', () => {
    expect(violations('baseline', podManifest('x'))).toBeUndefined();
  });

  it('privileged lets everything in', () => {
    for (const [, manifest] of BASELINE) expect(violations('privileged', manifest)).toBeUndefined();
  });
});

const good = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

const RESTRICTED: [name: string, manifest: object, violation: string | undefined][] = [
  ['all is said', pod(withContexts({ a: good, b: good })), undefined],
  [
    'said by the Pod as far as it can',
    pod(
      withContexts(
        {
          a: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
        },
        { runAsNonRoot: true, seccompProfile: { type: 'Localhost', localhostProfile: 'x' } },
      ),
    ),
    undefined,
  ],
  [
    'nothing is said',
    podManifest('x'),
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  ],
  [
    'a Node’s network: baseline goes first',
    pod({ ...withContexts({ a: { ...good, allowPrivilegeEscalation: true } }), hostNetwork: true }),
    'host namespaces (hostNetwork=true), allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
  ],
  [
    'capabilities, told once',
    pod(withContexts({ a: { ...good, capabilities: { add: ['SYS_ADMIN', 'CHOWN'] } }, b: good })),
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]; container "a" must not include "CHOWN", "SYS_ADMIN" in securityContext.capabilities.add)',
  ],
  [
    'volumes, told once',
    pod({
      ...withContexts({ a: good }),
      volumes: [
        { name: 'h', hostPath: { path: '/' } },
        { name: 'n', nfs: { server: 's', path: '/' } },
        { name: 'e', emptyDir: {} },
      ],
    }),
    'restricted volume types (volumes "h", "n" use restricted volume types "hostPath", "nfs")',
  ],
  [
    'root, of a Pod',
    pod(withContexts({ a: { ...good, runAsNonRoot: null } }, { runAsNonRoot: false, runAsUser: 0 })),
    'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)',
  ],
  [
    'root, of containers',
    pod(
      withContexts(
        {
          a: good,
          c: { ...good, runAsNonRoot: false },
          d: { ...good, runAsNonRoot: false, runAsUser: 0 },
        },
        { runAsNonRoot: true },
      ),
    ),
    'runAsNonRoot != true (containers "c", "d" must not set securityContext.runAsNonRoot=false), runAsUser=0 (container "d" must not set runAsUser=0)',
  ],
  [
    'seccomp, of containers',
    pod(
      withContexts(
        {
          b: { ...good, seccompProfile: null },
          c: { ...good, seccompProfile: { type: 'Unconfined' } },
          d: { ...good, seccompProfile: { type: 'Unconfined' } },
        },
        { seccompProfile: { type: 'RuntimeDefault' } },
      ),
    ),
    'seccompProfile (containers "c", "d" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    'seccomp, of nobody',
    pod(withContexts({ a: { ...good, seccompProfile: null }, b: { ...good, seccompProfile: null } })),
    'seccompProfile (pod or containers "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  ],
  [
    'a Pod for Windows has no such settings',
    pod({ os: { name: 'windows' }, ...withContexts({ a: { runAsNonRoot: true } }) }),
    undefined,
  ],
];

describe('restricted', () => {
  it.each(RESTRICTED)('%s', (_, manifest, violation) => {
    expect(violations('restricted', manifest)).toBe(violation);
  });
});

describe('a standard of another version', () => {
  const probe = pod({ containers: [one('a', { livenessProbe: http('localhost') })] });
  const sysctl = pod(withContexts({ a: {} }, { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] }));
  const engine = pod(withContexts({ a: {} }, { seLinuxOptions: { type: 'container_engine_t' } }));
  const annotated = pod(withContexts({ a: {} }), {
    'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
  });

  it.each([
    ['v1.33', probe, undefined],
    ['v1.34', probe, 'probe or lifecycle host (container "a" uses probe or lifecycle host "localhost")'],
    ['v1.99', probe, 'probe or lifecycle host (container "a" uses probe or lifecycle host "localhost")'],
    ['v1.31', sysctl, 'forbidden sysctls (net.ipv4.tcp_rmem)'],
    ['v1.32', sysctl, undefined],
    ['v1.30', engine, expect.stringContaining('type "container_engine_t"')],
    ['v1.31', engine, undefined],
    ['v1.18', annotated, expect.stringContaining('forbidden annotation seccomp.security.alpha')],
    ['v1.19', annotated, undefined],
  ])('%s', (version, manifest, violation) => {
    expect(violations('baseline', manifest, version)).toEqual(violation);
  });

  it('is named where it is broken', () => {
    label({ enforce: 'restricted', 'enforce-version': 'v1.21' });
    // Neither capabilities nor the user were looked at then.
    expect(refusal(() => api.pod('x')).message).toBe(
      'pods "x" is forbidden: violates PodSecurity "restricted:v1.21": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });
});

describe('of a Pod', () => {
  it('what is wrong with it is told first, and a quota last', () => {
    label({ enforce: 'baseline' });
    expect(refusal(() => api.pod('x', { hostNetwork: true, containers: [] })).code).toBe(422);
  });

  it('a warning is sent beside the answer', async () => {
    label({ warn: 'baseline', 'warn-version': 'v1.30', audit: 'restricted' });
    const { status, headers } = await api.call('POST', '/api/v1/namespaces/space/pods', {
      body: podManifest('x', { hostNetwork: true }),
    });
    expect(status).toBe(201);
    expect(headers['Warning']).toBe(
      '299 - "would violate PodSecurity \\"baseline:v1.30\\": host namespaces (hostNetwork=true)"',
    );
  });

  it('no warning is added to a refusal', async () => {
    label({ warn: 'restricted', enforce: 'baseline' });
    const { status, headers } = await api.call('POST', '/api/v1/namespaces/space/pods', {
      body: podManifest('x', { hostNetwork: true }),
    });
    expect([status, headers['Warning']]).toEqual([403, undefined]);
  });

  it('one that is there already stays, and may be changed except for its images', () => {
    const { metadata, spec } = api.pod('x', { hostNetwork: true }) as unknown as {
      metadata: object;
      spec: { containers: object[] };
    };
    label({ enforce: 'baseline' });
    const change = (more: object, image = 'nginx'): unknown =>
      api.registry.update(PODS, 'space', 'x', {
        metadata: { ...metadata, resourceVersion: null, ...more },
        spec: { ...spec, containers: [{ ...spec.containers[0], image }] },
      });
    change({ labels: { app: 'x' } });
    expect(refusal(() => change({}, 'busybox')).message).toBe(
      'pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    );
  });
});

describe('of a namespace', () => {
  const create = (labels: Record<string, string>): unknown =>
    api.registry.create(NAMESPACES, undefined, { metadata: { name: 'new', labels } });

  it.each([
    ['enforce', 'strict', 'must be one of privileged, baseline, restricted'],
    ['warn', '', 'must be one of privileged, baseline, restricted'],
    ['audit', 'Baseline', 'must be one of privileged, baseline, restricted'],
    ['enforce-version', '1.30', 'must be "latest" or "v1.x"'],
    ['warn-version', 'v1.030', 'must be "latest" or "v1.x"'],
  ])('%s: %j is refused', (mode, value, rule) => {
    const error = refusal(() => create({ [`${LABEL}${mode}`]: value }));
    expect([error.code, error.message]).toEqual([
      422,
      `Namespace "new" is invalid: metadata.labels[${LABEL}${mode}]: Invalid value: "${value}": ${rule}`,
    ]);
    expect(refusal(() => label({ [mode]: value })).code).toBe(422);
  });

  it('whose label is from a time when nobody looked: taken for the strictest, and no obstacle to other changes', () => {
    const namespace = api.registry.get(NAMESPACES, undefined, 'space');
    const labels = { [`${LABEL}enforce`]: 'strict', [`${LABEL}warn`]: 'strict' };
    api.store.update('namespaces', { ...namespace, metadata: { ...namespace.metadata, labels } });
    expect(refusal(() => api.pod('x')).message).toContain('violates PodSecurity "restricted:latest"');
    const update = { metadata: { name: 'space', labels: { ...labels, app: 'a' } } };
    api.registry.update(NAMESPACES, undefined, 'space', update);
    expect(refusal(() => label({ enforce: 'strict', warn: 'other' })).code).toBe(422);
  });

  it('stricter than its Pods: they are told, grouped, and stay', () => {
    api.pod('b', { hostNetwork: true });
    api.pod('a', { hostNetwork: true });
    api.pod('c', { hostNetwork: true });
    api.pod('d', withContexts({ a: { privileged: true } }));
    api.pod('fine');
    const warnings: string[] = [];
    label({ enforce: 'baseline' }, (text) => warnings.push(text));
    expect(warnings).toEqual([
      'existing pods in namespace "space" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 2 other pods): host namespaces',
      'd: privileged',
    ]);
    warnings.length = 0;
    label({ enforce: 'baseline', warn: 'restricted' }, (text) => warnings.push(text));
    label({ enforce: 'privileged' }, (text) => warnings.push(text));
    expect(warnings).toEqual([]);
  });

  it('of another version, the Pods are looked at again; of a laxer level they are not', () => {
    api.pod('a', { containers: [one('a', { livenessProbe: http('localhost') })] });
    const warnings: string[] = [];
    const told = (labels: Record<string, string>): number => {
      warnings.length = 0;
      label(labels, (text) => warnings.push(text));
      return warnings.length;
    };
    expect(told({ enforce: 'baseline', 'enforce-version': 'v1.33' })).toBe(0);
    expect(told({ enforce: 'baseline', 'enforce-version': 'v1.34' })).toBe(2);
    expect(told({ enforce: 'restricted', 'enforce-version': 'v1.34' })).toBe(2);
    expect(told({ enforce: 'baseline', 'enforce-version': 'v1.34' })).toBe(0);
  });
});
