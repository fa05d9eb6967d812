import { field, fields, items, mapping, violation, type Field, type Violation } from './violation.ts';

const CONTAINER_SECURITY = new Set([
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'readOnlyRootFilesystem',
  'allowPrivilegeEscalation',
  'privileged',
  'capabilities',
  'procMount',
  'seccompProfile',
  'appArmorProfile',
]);
const ENV_SOURCES = new Set(['fieldRef', 'resourceFieldRef', 'configMapKeyRef']);

/** The rules for a container of a Pod, an init container too. */
export function containerViolations(container: Field): Violation[] {
  const found = securityViolations(field(container, 'securityContext'));
  for (const port of items(field(container, 'ports'))) {
    const hostPort = field(port, 'hostPort');
    if (hostPort !== undefined && hostPort.value !== 0)
      found.push(nodeNetwork(hostPort, 'host-port', '`hostPort`'));
  }
  for (const variable of items(field(container, 'env'))) {
    for (const from of fields(field(variable, 'valueFrom') ?? variable)) {
      const plain = field(variable, 'valueFrom') === undefined || ENV_SOURCES.has(from.name);
      if (!plain) found.push(violation(from, 'secret', `a variable may not come from \`${from.name}\``));
    }
  }
  for (const source of items(field(container, 'envFrom'))) {
    for (const from of fields(source)) {
      const plain = from.name === 'configMapRef' || from.name === 'prefix';
      if (!plain) found.push(violation(from, 'secret', `variables may not come from \`${from.name}\``));
    }
  }
  for (const mount of items(field(container, 'volumeMounts'))) {
    const propagation = field(mount, 'mountPropagation');
    if (
      propagation !== undefined &&
      propagation.value !== 'None' &&
      propagation.value !== 'HostToContainer'
    ) {
      found.push(violation(propagation, 'mount-propagation', 'mounts may not reach back to the node'));
    }
  }
  const devices = [field(container, 'volumeDevices'), claims(container)];
  for (const device of devices) {
    if (device !== undefined) found.push(violation(device, 'device', 'devices of the node may not be used'));
  }
  return [...found, ...probeViolations(container)];
}

/** A violation that a step with `requires: [node-network]` permits. */
export function nodeNetwork(at: Field, code: string, what: string): Violation {
  const hint = 'add `requires: [node-network]` to the step that applies it';
  const message = `${what} is for steps that require node-network`;
  return { ...violation(at, code, message, hint), permittedBy: 'node-network' };
}

/** Profiles of the runtime may be asked for, none may be switched off or brought along. */
export function profileViolation(profile: Field): Violation[] {
  const type = field(profile, 'type');
  if (type?.value === 'RuntimeDefault' && fields(profile).length === 1) return [];
  const name = String(profile.path.at(-1));
  return [violation(profile, 'security-profile', `\`${name}\` may only be {type: RuntimeDefault}`)];
}

function securityViolations(context: Field | undefined): Violation[] {
  if (context === undefined) return [];
  return fields(context).flatMap((one) => {
    if (one.value === null) return [];
    if (!CONTAINER_SECURITY.has(one.name)) {
      return [
        violation(one, 'security-context', `\`${one.name}\` is not allowed in a container's securityContext`),
      ];
    }
    switch (one.name) {
      case 'privileged':
        return one.value === false ? [] : [violation(one, 'privileged', 'a container may not be privileged')];
      case 'allowPrivilegeEscalation':
        return one.value === false
          ? []
          : [violation(one, 'privilege-escalation', 'a container may not gain privileges')];
      case 'procMount':
        return one.value === 'Default' ? [] : [violation(one, 'proc-mount', '/proc may not be unmasked')];
      case 'capabilities':
        return fields(one).flatMap((part) => {
          const nothing = part.value === null || (Array.isArray(part.value) && part.value.length === 0);
          if (part.name === 'drop' || (part.name === 'add' && nothing)) return [];
          return [violation(part, 'capabilities', 'capabilities may be dropped, not added')];
        });
      case 'seccompProfile':
      case 'appArmorProfile':
        return profileViolation(one);
      default:
        return [];
    }
  });
}

/** Probes and hooks with a host make the kubelet call from the node to wherever the lesson says. */
function probeViolations(container: Field): Violation[] {
  const hooks = fields(field(container, 'lifecycle') ?? { path: [], value: undefined });
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => field(container, name));
  return [...hooks, ...probes].flatMap((probe) => {
    if (probe === undefined || mapping(probe.value) === undefined) return [];
    return ['httpGet', 'tcpSocket'].flatMap((name) => {
      const action = field(probe, name);
      const host = action === undefined ? undefined : field(action, 'host');
      if (host === undefined) return [];
      return [violation(host, 'probe-host', 'a probe asks its own Pod: `host` is not allowed')];
    });
  });
}

function claims(container: Field): Field | undefined {
  const resources = field(container, 'resources');
  return resources === undefined ? undefined : field(resources, 'claims');
}
