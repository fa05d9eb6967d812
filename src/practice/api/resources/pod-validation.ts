import { isIP } from 'node:net';
import { duplicate, type FieldError, forbiddenField, invalid, required } from '../field-error.ts';
import { dns1123Label, dns1123Subdomain } from '../names.ts';
import {
  hostPortConflicts,
  validateContainer,
  validateContainerName,
  validateInitContainer,
} from './container-validation.ts';
import { validateEphemeralContainers } from './ephemeral-validation.ts';
import { validatePlacement } from './placement-validation.ts';
import type { Pod, PodSpec } from './pod.ts';
import { validateHooks, validateProbes } from './probe-validation.ts';
import { inRange, oneOf } from './ranges.ts';
import { validateVolumes } from './volume-validation.ts';

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
    ...validateEphemeralContainers(spec, volumes),
    ...oneOf('spec.restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf('spec.dnsPolicy', spec.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...validatePlacement(spec),
    ...validateDns(spec),
    ...validateNames(spec),
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
    errors.push(...validateContainerName(container, field));
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

function ipErrors(field: string, ip: string): FieldError[] {
  return isIP(ip) === 0
    ? [invalid(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
    : [];
}
