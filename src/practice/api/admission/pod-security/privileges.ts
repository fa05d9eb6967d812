import { allContainers, type Container, type Pod } from '../../resources/pod.ts';
import { type Check, containersThat, counted, distinct, isWindows, quoted, setters } from './check.ts';

/** What the processes of a Pod may do. */

export const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  since: 0,
  look(pod) {
    const names = containersThat(pod, ({ securityContext }) => securityContext?.privileged === true);
    if (names.length === 0) return undefined;
    return {
      reason: 'privileged',
      detail: `${counted('container', names)} must not set securityContext.privileged=true`,
    };
  },
};

/** What a container has anyway. */
const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

export const capabilitiesBaseline: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  since: 0,
  look(pod) {
    const detail = addedBeyond(pod, (capability) => DEFAULT_CAPABILITIES.has(capability));
    return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
  },
};

export const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  since: 22,
  overrides: capabilitiesBaseline.id,
  look(pod, version) {
    if (version >= 25 && isWindows(pod)) return undefined;
    const without = containersThat(
      pod,
      ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
    );
    const details = [addedBeyond(pod, (capability) => capability === 'NET_BIND_SERVICE')];
    if (without.length > 0)
      details.unshift(`${counted('container', without)} must set securityContext.capabilities.drop=["ALL"]`);
    const detail = details.filter((each) => each !== undefined).join('; ');
    return detail === '' ? undefined : { reason: 'unrestricted capabilities', detail };
  },
};

function addedBeyond(pod: Pod, isAllowed: (capability: string) => boolean): string | undefined {
  const added = ({ securityContext }: Container): string[] =>
    (securityContext?.capabilities?.add ?? []).filter((each) => !isAllowed(each));
  const names = containersThat(pod, (container) => added(container).length > 0);
  if (names.length === 0) return undefined;
  const all = distinct(allContainers(pod.spec).flatMap(({ container }) => added(container)));
  return `${counted('container', names)} must not include ${quoted(all)} in securityContext.capabilities.add`;
}

export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  since: 8,
  look(pod, version) {
    if (version >= 25 && isWindows(pod)) return undefined;
    const names = containersThat(
      pod,
      ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
    );
    if (names.length === 0) return undefined;
    return {
      reason: 'allowPrivilegeEscalation != false',
      detail: `${counted('container', names)} must set securityContext.allowPrivilegeEscalation=false`,
    };
  },
};

export const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  since: 0,
  look(pod) {
    const reason = 'runAsNonRoot != true';
    const ofPod = pod.spec.securityContext?.runAsNonRoot;
    const who = setters(
      ofPod === false,
      containersThat(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false),
    );
    if (who !== '') return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
    const without = containersThat(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
    if (ofPod === true || without.length === 0) return undefined;
    return {
      reason,
      detail: `pod or ${counted('container', without)} must set securityContext.runAsNonRoot=true`,
    };
  },
};

export const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  since: 23,
  look(pod) {
    const who = setters(
      pod.spec.securityContext?.runAsUser === 0,
      containersThat(pod, ({ securityContext }) => securityContext?.runAsUser === 0),
    );
    return who === '' ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` };
  },
};
