import { isIP } from 'node:net';
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  notFoundValue,
  required,
  unsupported,
} from '../field-error.ts';
import {
  dns1123Label,
  dns1123Subdomain,
  environmentName,
  labelErrors,
  labelValue,
  portName,
  qualifiedName,
} from '../names.ts';
import { nanos } from '../quantity.ts';
import {
  type Container,
  type Handler,
  type Pod,
  type PodSpec,
  type Probe,
  type Resources,
  type Toleration,
} from './pod.ts';

/** The rules of kubernetes/pkg/apis/core/validation for a new Pod, as far as somebody who learns networking meets them. */
export function validatePod({ spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  return [...errors, ...validatePodSpec(spec)];
}

export function validatePodSpec(spec: PodSpec): FieldError[] {
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
  return [
    ...validateVolumes(spec),
    ...validateContainers(spec, volumes),
    ...oneOf('spec.restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf('spec.dnsPolicy', spec.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...labelErrors(spec.nodeSelector, 'spec.nodeSelector'),
    ...validateDns(spec),
    ...validateNames(spec),
    ...validateTolerations(spec.tolerations ?? []),
    ...validateHostAliases(spec),
    ...inRange('spec.activeDeadlineSeconds', spec.activeDeadlineSeconds, 1, 2 ** 31 - 1),
  ];
}

function validateNames(spec: PodSpec): FieldError[] {
  const named = [
    { field: 'spec.serviceAccountName', value: spec.serviceAccountName, rule: dns1123Subdomain },
    { field: 'spec.nodeName', value: spec.nodeName, rule: dns1123Subdomain },
    { field: 'spec.hostname', value: spec.hostname, rule: dns1123Label },
    { field: 'spec.subdomain', value: spec.subdomain, rule: dns1123Label },
    { field: 'spec.priorityClassName', value: spec.priorityClassName, rule: dns1123Subdomain },
  ];
  const errors = named.flatMap(({ field, value, rule }) =>
    value === undefined ? [] : rule(value).map((error) => invalid(field, value, error)),
  );
  if (spec.schedulerName !== undefined)
    errors.push(
      ...dns1123Subdomain(spec.schedulerName).map((error) =>
        invalid('spec.schedulerName', spec.schedulerName, error),
      ),
    );
  return errors;
}

function validateDns({ dnsPolicy, dnsConfig }: PodSpec): FieldError[] {
  const servers = dnsConfig?.nameservers ?? [];
  const errors: FieldError[] = [];
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined)
      errors.push(required('spec.dnsConfig', 'must provide `dnsConfig` when `dnsPolicy` is None'));
    else if (servers.length === 0)
      errors.push(
        required(
          'spec.dnsConfig.nameservers',
          'must provide at least one DNS nameserver when `dnsPolicy` is None',
        ),
      );
  }
  if (servers.length > 3)
    errors.push(invalid('spec.dnsConfig.nameservers', servers, 'must not have more than 3 nameservers'));
  return [
    ...errors,
    ...servers.flatMap((server, index) => ipErrors(`spec.dnsConfig.nameservers[${index}]`, server)),
  ];
}

function validateHostAliases({ hostAliases = [] }: PodSpec): FieldError[] {
  return hostAliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...ipErrors(`spec.hostAliases[${index}].ip`, ip),
    ...hostnames.flatMap((name, at) =>
      dns1123Subdomain(name).map((error) =>
        invalid(`spec.hostAliases[${index}].hostnames[${at}]`, name, error),
      ),
    ),
  ]);
}

function validateTolerations(tolerations: readonly Toleration[]): FieldError[] {
  return tolerations.flatMap(
    ({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, index) => {
      const field = `spec.tolerations[${index}]`;
      const errors: FieldError[] = [];
      if (key !== '') errors.push(...qualifiedName(key).map((error) => invalid(`${field}.key`, key, error)));
      else if (operator !== 'Exists')
        errors.push(
          invalid(
            `${field}.operator`,
            operator,
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
          ),
        );
      if (tolerationSeconds !== undefined && effect !== 'NoExecute')
        errors.push(
          invalid(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
        );
      if (operator === 'Exists' && value !== '')
        errors.push(
          invalid(
            `${field}.operator`,
            { key, operator, value, effect },
            "value must be empty when `operator` is 'Exists'",
          ),
        );
      else if (operator === '' || operator === 'Equal')
        errors.push(...labelValue(value).map((error) => invalid(`${field}.operator`, value, error)));
      else if (operator !== 'Exists')
        errors.push(unsupported(`${field}.operator`, operator, ['Equal', 'Exists']));
      if (effect !== '')
        errors.push(...oneOf(`${field}.effect`, effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
      return errors;
    },
  );
}

function validateVolumes({ volumes = [] }: PodSpec): FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const field = `spec.volumes[${index}]`;
    const errors: FieldError[] = [];
    if (volume.name === '') errors.push(required(`${field}.name`));
    else
      errors.push(...dns1123Label(volume.name).map((error) => invalid(`${field}.name`, volume.name, error)));
    if (seen.has(volume.name)) errors.push(duplicate(`${field}.name`, volume.name));
    seen.add(volume.name);
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    for (const extra of sources.slice(1))
      errors.push(forbiddenField(`${field}.${extra}`, 'may not specify more than 1 volume type'));
    return errors;
  });
}

function validateContainers(spec: PodSpec, volumes: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const containers = spec.containers ?? [];
  if (containers.length === 0) errors.push(required('spec.containers'));
  const all = [
    ...containers.map((container, index) => ({ container, field: `spec.containers[${index}]`, init: false })),
    ...(spec.initContainers ?? []).map((container, index) => ({
      container,
      field: `spec.initContainers[${index}]`,
      init: true,
    })),
  ];
  for (const { container, field, init } of all) {
    if (container.name === '') errors.push(required(`${field}.name`));
    else
      errors.push(
        ...dns1123Label(container.name).map((error) => invalid(`${field}.name`, container.name, error)),
      );
    if (container.name !== '' && names.has(container.name))
      errors.push(duplicate(`${field}.name`, container.name));
    names.add(container.name);
    errors.push(...validateContainer(container, field, volumes, spec.hostNetwork === true));
    if (init) errors.push(...validateInitContainer(container, field));
    else if (container.restartPolicy !== undefined && container.restartPolicy !== '')
      errors.push(forbiddenField(`${field}.restartPolicy`, 'may not be set for non-init containers'));
    if (!init) errors.push(...validateHooks(container, field), ...validateProbes(container, field));
  }
  errors.push(...hostPortConflicts(containers));
  return errors;
}

function validateContainer(
  container: Container,
  field: string,
  volumes: ReadonlySet<string>,
  hostNetwork: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  const { image = '' } = container;
  if (image === '') errors.push(required(`${field}.image`));
  else if (image.trim() !== image)
    errors.push(invalid(`${field}.image`, image, 'must not have leading or trailing whitespace'));
  errors.push(
    ...oneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, [
      'File',
      'FallbackToLogsOnError',
    ]),
    ...validatePorts(container, field, hostNetwork),
    ...validateEnvironment(container, field),
    ...validateMounts(container, field, volumes),
    ...oneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...validateResources(container.resources ?? {}, `${field}.resources`),
    ...inRange(`${field}.securityContext.runAsUser`, container.securityContext?.runAsUser, 0, 2 ** 31 - 1),
    ...inRange(`${field}.securityContext.runAsGroup`, container.securityContext?.runAsGroup, 0, 2 ** 31 - 1),
  );
  const { privileged, allowPrivilegeEscalation } = container.securityContext ?? {};
  if (privileged === true && allowPrivilegeEscalation === false)
    errors.push(
      invalid(
        `${field}.securityContext`,
        container.securityContext,
        'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ),
    );
  return errors;
}

function validatePorts({ ports = [] }: Container, field: string, hostNetwork: boolean): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}.ports[${index}]`;
    const errors: FieldError[] = [];
    if (port.name !== undefined && port.name !== '') {
      const wrong = portName(port.name).map((error) => invalid(`${at}.name`, port.name, error));
      errors.push(...wrong);
      if (wrong.length === 0 && names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    if (port.containerPort === 0) errors.push(required(`${at}.containerPort`));
    else errors.push(...inRange(`${at}.containerPort`, port.containerPort, 1, 65535));
    errors.push(...inRange(`${at}.hostPort`, port.hostPort, 1, 65535));
    if (port.protocol === '') errors.push(required(`${at}.protocol`));
    else errors.push(...oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
    if (hostNetwork && port.hostPort !== port.containerPort)
      errors.push(
        invalid(
          `${at}.containerPort`,
          port.containerPort,
          'must match `hostPort` when `hostNetwork` is true',
        ),
      );
    return errors;
  });
}

function hostPortConflicts(containers: readonly Container[]): FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap((port, at) => {
      if (port.hostPort === undefined || port.hostPort === 0) return [];
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (seen.has(key)) return [duplicate(`spec.containers[${index}].ports[${at}].hostPort`, key)];
      seen.add(key);
      return [];
    }),
  );
}

const SOURCES_OF_VALUES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function validateEnvironment({ env = [] }: Container, field: string): FieldError[] {
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    const at = `${field}.env[${index}]`;
    if (name === '') return [required(`${at}.name`)];
    const errors = environmentName(name).map((error) => invalid(`${at}.name`, name, error));
    if (valueFrom === undefined) return errors;
    const sources = SOURCES_OF_VALUES.filter((source) => valueFrom[source] !== undefined);
    if (sources.length === 0)
      errors.push(
        invalid(
          `${at}.valueFrom`,
          '',
          'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
        ),
      );
    else if (value !== '')
      errors.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    else if (sources.length > 1)
      errors.push(invalid(`${at}.valueFrom`, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

function validateMounts(
  { volumeMounts = [] }: Container,
  field: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const paths = new Set<string>();
  return volumeMounts.flatMap(({ name, mountPath }, index) => {
    const at = `${field}.volumeMounts[${index}]`;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    else if (!volumes.has(name)) errors.push(notFoundValue(`${at}.name`, name));
    if (mountPath === '') errors.push(required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    return errors;
  });
}

function validateResources({ limits = {}, requests = {} }: Resources, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [list, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const)
    for (const [name, quantity] of Object.entries(amounts))
      if ((nanos(quantity) ?? 0n) < 0n)
        errors.push(invalid(`${field}.${list}[${name}]`, quantity, 'must be greater than or equal to 0'));
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (limit !== undefined && (nanos(request) ?? 0n) > (nanos(limit) ?? 0n))
      errors.push(
        invalid(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`),
      );
  }
  return errors;
}

function validateInitContainer(container: Container, field: string): FieldError[] {
  if (container.restartPolicy === 'Always')
    return [...validateHooks(container, field), ...validateProbes(container, field)];
  const errors =
    container.restartPolicy === undefined || container.restartPolicy === ''
      ? []
      : [unsupported(`${field}.restartPolicy`, container.restartPolicy, ['Always'])];
  const words = 'may not be set for init containers without restartPolicy=Always';
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    if (container[name] !== undefined) errors.push(forbiddenField(`${field}.${name}`, words));
  return errors;
}

function validateHooks({ lifecycle }: Container, field: string): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((name) => {
    const hook = lifecycle?.[name];
    return hook === undefined ? [] : validateHandler(hook, `${field}.lifecycle.${name}`);
  });
}

function validateProbes(container: Container, field: string): FieldError[] {
  return (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name) => {
    const probe = container[name];
    if (probe === undefined) return [];
    const errors = validateProbe(probe, `${field}.${name}`);
    if (name !== 'readinessProbe' && probe.successThreshold !== 1)
      errors.push(invalid(`${field}.${name}.successThreshold`, probe.successThreshold, 'must be 1'));
    return errors;
  });
}

function validateProbe(probe: Probe, field: string): FieldError[] {
  const errors = validateHandler(probe, field);
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const)
    if ((probe[name] ?? 0) < 0)
      errors.push(invalid(`${field}.${name}`, probe[name], 'must be greater than or equal to 0'));
  return errors;
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function validateHandler(handler: Handler, field: string): FieldError[] {
  const given = HANDLERS.filter((name) => handler[name] !== undefined);
  if (given.length === 0) return [required(field, 'must specify a handler type')];
  const errors = given
    .slice(1)
    .map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 handler type'));
  const { exec, httpGet, tcpSocket, grpc } = handler;
  if (exec !== undefined && (exec.command ?? []).length === 0) errors.push(required(`${field}.exec.command`));
  if (httpGet !== undefined) {
    if ((httpGet.path ?? '') === '') errors.push(required(`${field}.httpGet.path`));
    errors.push(...portErrors(`${field}.httpGet.port`, httpGet.port));
    errors.push(...oneOf(`${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']));
  }
  if (tcpSocket !== undefined) errors.push(...portErrors(`${field}.tcpSocket.port`, tcpSocket.port));
  if (grpc !== undefined) errors.push(...portErrors(`${field}.grpc.port`, grpc.port));
  return errors;
}

function portErrors(field: string, port: number | string): FieldError[] {
  if (typeof port === 'number') return inRange(field, port, 1, 65535);
  return portName(port).map((error) => invalid(field, port, error));
}

function ipErrors(field: string, ip: string): FieldError[] {
  return isIP(ip) === 0
    ? [invalid(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
    : [];
}

function inRange(field: string, value: number | undefined, low: number, high: number): FieldError[] {
  if (value === undefined || (value >= low && value <= high)) return [];
  return [invalid(field, value, `must be between ${low} and ${high}, inclusive`)];
}

function oneOf(field: string, value: string | undefined, choices: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [];
  return choices.includes(value) ? [] : [unsupported(field, value, choices)];
}
