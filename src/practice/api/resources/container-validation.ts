import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  notFoundValue,
  required,
  unsupported,
} from '../field-error.ts';
import { configMapKey, dns1123Label, environmentName, portName } from '../names.ts';
import { nanos } from '../quantity.ts';
import type { Container, Resources, ValueSource } from './pod.ts';
import { validateHooks, validateProbes } from './probe-validation.ts';
import { inRange, oneOf } from './ranges.ts';

/** The name of a container; that no other has it is for the Pod to see. */
export function validateContainerName({ name }: Container, field: string): FieldError[] {
  if (name === '') return [required(`${field}.name`)];
  return dns1123Label(name).map((error) => invalid(`${field}.name`, name, error));
}

/** The rules of one container, except for its name. */
export function validateContainer(
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

/** No two containers of a Pod can have the same port of the node. */
export function hostPortConflicts(containers: readonly Container[]): FieldError[] {
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

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const;

function validateEnvironment({ env = [], envFrom = [] }: Container, field: string): FieldError[] {
  const errors = env.flatMap(({ name, value = '', valueFrom }, index) => {
    const at = `${field}.env[${index}]`;
    if (name === '') return [required(`${at}.name`)];
    const wrong = environmentName(name).map((error) => invalid(`${at}.name`, name, error));
    return valueFrom === undefined
      ? wrong
      : [...wrong, ...validateSource(valueFrom, value, `${at}.valueFrom`)];
  });
  envFrom.forEach(({ configMapRef, secretRef }, index) => {
    const at = `${field}.envFrom[${index}]`;
    if (configMapRef !== undefined && secretRef !== undefined)
      errors.push(invalid(at, '', 'may not have more than one field specified at a time'));
    else if (configMapRef === undefined && secretRef === undefined)
      errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if ((configMapRef?.name ?? secretRef?.name ?? '') === '')
      errors.push(required(`${at}.${configMapRef === undefined ? 'secretRef' : 'configMapRef'}.name`));
  });
  return errors;
}

/** What a variable can be told of its Pod (kubernetes/pkg/apis/core/pods, ConvertDownwardAPIFieldLabel). */
const FIELD_PATHS =
  /^(metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName|restartPolicy|schedulerName|hostNetwork)|status\.(hostIPs?|podIPs?|phase|nominatedNodeName))$/;
const SUPPORTED_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

function validateSource(source: ValueSource, value: string, field: string): FieldError[] {
  const given = SOURCES.filter((each) => source[each] !== undefined);
  if (given.length === 0)
    return [
      invalid(
        field,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      ),
    ];
  const errors: FieldError[] = [];
  if (value !== '') errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  else if (given.length > 1)
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  const { fieldRef } = source;
  if (fieldRef !== undefined) {
    const { fieldPath } = fieldRef;
    const at = `${field}.fieldRef.fieldPath`;
    if (fieldPath === '') errors.push(required(at));
    else if (!FIELD_PATHS.test(fieldPath))
      errors.push(
        invalid(at, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`),
      );
    else if (!SUPPORTED_PATHS.includes(fieldPath) && !fieldPath.endsWith("']"))
      errors.push(unsupported(at, fieldPath, SUPPORTED_PATHS));
  }
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const key = source[name]?.key;
    if (key === '') errors.push(required(`${field}.${name}.key`));
    else if (key !== undefined)
      errors.push(...configMapKey(key).map((error) => invalid(`${field}.${name}.key`, key, error)));
  }
  if (source.resourceFieldRef?.resource === '') errors.push(required(`${field}.resourceFieldRef.resource`));
  return errors;
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
      if (!isResource(name))
        errors.push(
          invalid(`${field}.${list}[${name}]`, name, 'must be a standard resource type or fully qualified'),
          invalid(`${field}.${list}[${name}]`, name, 'must be a standard resource for containers'),
        );
      else if ((nanos(quantity) ?? 0n) < 0n)
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

/** What only sidecars may have. */
export function validateInitContainer(container: Container, field: string): FieldError[] {
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

function isResource(name: string): boolean {
  return (
    ['cpu', 'memory', 'ephemeral-storage'].includes(name) ||
    name.startsWith('hugepages-') ||
    name.includes('/')
  );
}
