import { allContainers, type Container, type Handler } from '../../resources/pod.ts';
import { type Check, containersThat, counted, distinct, plural, quoted, setters, uses } from './check.ts';

/** What a Pod has of its Node. */

export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  since: 0,
  look({ spec }) {
    const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((each) => spec[each] === true);
    if (shared.length === 0) return undefined;
    return { reason: 'host namespaces', detail: shared.map((each) => `${each}=true`).join(', ') };
  },
};

export const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  since: 0,
  look(pod) {
    const portsOf = ({ ports = [] }: Container): number[] =>
      ports.map(({ hostPort = 0 }) => hostPort).filter((port) => port !== 0);
    const containers = containersThat(pod, (container) => portsOf(container).length > 0);
    if (containers.length === 0) return undefined;
    const ports = distinct(
      allContainers(pod.spec).flatMap(({ container }) => portsOf(container).map(String)),
    );
    return {
      reason: 'hostPort',
      detail: `${counted('container', containers)} ${uses(containers.length)} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
    };
  },
};

/** Of probes and hooks that go elsewhere than to their own Pod. */
export const hostProbes: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  since: 34,
  look(pod) {
    const containers = distinct(containersThat(pod, (container) => hostsOf(container).length > 0));
    if (containers.length === 0) return undefined;
    const hosts = distinct(allContainers(pod.spec).flatMap(({ container }) => hostsOf(container)));
    const reason = 'probe or lifecycle host';
    return {
      reason,
      detail: `${counted('container', containers)} ${uses(containers.length)} ${plural(reason, hosts.length)} ${quoted(hosts)}`,
    };
  },
};

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers: (Handler | undefined)[] = [
    livenessProbe,
    readinessProbe,
    startupProbe,
    lifecycle?.postStart,
    lifecycle?.preStop,
  ];
  return handlers
    .flatMap((handler) => [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''])
    .filter((host) => host !== '');
}

export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  since: 0,
  look(pod) {
    const isHost = (context: Container['securityContext']): boolean =>
      context?.windowsOptions?.hostProcess === true;
    const who = setters(
      isHost(pod.spec.securityContext),
      containersThat(pod, ({ securityContext }) => isHost(securityContext)),
    );
    if (who === '') return undefined;
    return {
      reason: 'hostProcess',
      detail: `${who} must not set securityContext.windowsOptions.hostProcess=true`,
    };
  },
};
