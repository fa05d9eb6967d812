import { containerViolations, nodeNetwork, profileViolation } from './container-rules.ts';
import { isLabel } from './name.ts';
import { field, fields, items, mapping, violation, type Field, type Violation } from './violation.ts';

const POD_SECURITY = new Set([
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'fsGroup',
  'fsGroupChangePolicy',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seccompProfile',
  'appArmorProfile',
]);
const VOLUMES = new Set(['emptyDir', 'configMap', 'downwardAPI']);

// What a lesson's Pod never has, with the code and the reason.
const NEVER: readonly [name: string, code: string, why: string][] = [
  ['hostPID', 'host-namespace', "a Pod may not see the node's processes"],
  ['hostIPC', 'host-namespace', "a Pod may not share the node's memory"],
  ['automountServiceAccountToken', 'service-account', "a lesson's Pod gets no token of the Kubernetes API"],
  ['ephemeralContainers', 'ephemeral-containers', 'ephemeral containers cannot be created with a Pod'],
  ['imagePullSecrets', 'secret', 'a lesson uses no secrets'],
  ['resourceClaims', 'device', 'devices of the node may not be used'],
  ['priorityClassName', 'priority', "a lesson's Pod may not push others away"],
  ['priority', 'priority', "a lesson's Pod may not push others away"],
  ['runtimeClassName', 'runtime-class', 'a lesson does not choose the container runtime'],
];

/** The rules for the spec of a Pod, or of the Pods of a Deployment. */
export function podViolations(spec: Field): Violation[] {
  const found: Violation[] = [];
  if (mapping(spec.value) === undefined || items(field(spec, 'containers')).length === 0) {
    return [{ ...violation(spec, 'object-invalid', 'a Pod needs a spec with containers'), part: 'value' }];
  }
  const network = field(spec, 'hostNetwork');
  if (network !== undefined && isOn(network))
    found.push(nodeNetwork(network, 'host-network', '`hostNetwork`'));
  for (const [name, code, why] of NEVER) {
    const one = field(spec, name);
    if (one !== undefined && isOn(one)) found.push(violation(one, code, why));
  }
  for (const name of ['serviceAccountName', 'serviceAccount']) {
    const account = field(spec, name);
    if (account !== undefined && isOn(account) && account.value !== 'default') {
      found.push(
        violation(account, 'service-account', "a lesson's Pod runs as the service account `default`"),
      );
    }
  }
  found.push(...podSecurityViolations(field(spec, 'securityContext')));
  for (const volume of items(field(spec, 'volumes'))) found.push(...volumeViolations(volume));
  for (const name of ['containers', 'initContainers']) {
    for (const container of items(field(spec, name))) {
      const called = field(container, 'name');
      if (typeof called?.value !== 'string' || !isLabel(called.value)) {
        const at = { ...violation(called ?? container, 'name-invalid', 'a container needs a name') };
        found.push({ ...at, part: 'value' });
      }
      found.push(...containerViolations(container));
    }
  }
  return found;
}

/** Anything but an absence: `false`, nothing and the empty text are how YAML says no. */
function isOn({ value }: Field): boolean {
  return value !== false && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function podSecurityViolations(context: Field | undefined): Violation[] {
  if (context === undefined) return [];
  return fields(context).flatMap((one) => {
    if (!isOn(one)) return [];
    if (one.name === 'seccompProfile' || one.name === 'appArmorProfile') return profileViolation(one);
    if (POD_SECURITY.has(one.name)) return [];
    if (one.name.toLowerCase() === 'sysctls')
      return [violation(one, 'sysctls', 'kernel settings may not be changed')];
    return [violation(one, 'security-context', `\`${one.name}\` is not allowed in a Pod's securityContext`)];
  });
}

function volumeViolations(volume: Field): Violation[] {
  return fields(volume).flatMap((one) => {
    if (one.name === 'name' || VOLUMES.has(one.name)) return [];
    const hint = `allowed: ${[...VOLUMES].join(', ')}`;
    if (one.name.toLowerCase() === 'hostpath') {
      return [violation(one, 'host-path', 'files of the node may not be mounted', hint)];
    }
    return [violation(one, 'volume-type', `volumes of type \`${one.name}\` are not allowed`, hint)];
  });
}
