import { quote } from '../../failures.ts';
import { allContainers, type Container, type Pod } from '../../resources/pod.ts';
import {
  type Check,
  containersThat,
  counted,
  distinct,
  isWindows,
  plural,
  quoted,
  setters,
  type Violation,
} from './check.ts';

/** What the kernel keeps a Pod from. */

type Context = Container['securityContext'];

/** All security contexts of a Pod: its own, and its containers'. */
function contextsOf({ spec }: Pod): Context[] {
  return [spec.securityContext, ...allContainers(spec).map(({ container }) => container.securityContext)];
}

/** Who has a security context of which something holds, and what they set; undefined where nobody has. */
function badly(
  pod: Pod,
  bad: (context: Context) => readonly string[],
): { isPod: boolean; containers: string[]; values: string[] } {
  return {
    isPod: bad(pod.spec.securityContext).length > 0,
    containers: containersThat(pod, ({ securityContext }) => bad(securityContext).length > 0),
    values: distinct(contextsOf(pod).flatMap(bad)),
  };
}

const SAFE_PROFILES = new Set(['RuntimeDefault', 'Localhost']);
const unsafe = (type: string | undefined): string[] =>
  type === undefined || SAFE_PROFILES.has(type) ? [] : [type];

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

export const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  since: 0,
  look(pod) {
    const { isPod, containers, values } = badly(pod, (context) => unsafe(context?.appArmorProfile?.type));
    const annotations = Object.entries(pod.metadata.annotations ?? {})
      .filter(
        ([key, value]) => key.startsWith(APP_ARMOR) && !/^(|runtime\/default|localhost\/.*)$/s.test(value),
      )
      .map(([key, value]) => `${key}=${quote(value)}`)
      .sort();
    const who = [setters(isPod, containers)].filter((each) => each !== '');
    if (annotations.length > 0) who.push(plural('annotation', annotations.length));
    if (who.length === 0) return undefined;
    const all = [...values, ...annotations];
    return {
      reason: plural('forbidden AppArmor profile', all.length),
      detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(all)}`,
    };
  },
};

const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_OF_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';

/** Until the profile had a field of its own. */
export const seccompAnnotations: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  since: 0,
  until: 19,
  look({ metadata, spec }) {
    const keys = allContainers(spec).map(({ container }) => `${SECCOMP_OF_CONTAINER}${container.name}`);
    const bad = [SECCOMP_OF_POD, ...keys].flatMap((key) => {
      const value = metadata.annotations?.[key];
      if (value === undefined || /^((runtime|docker)\/default|localhost\/.*)$/s.test(value)) return [];
      return [`${key}=${quote(value)}`];
    });
    if (bad.length === 0) return undefined;
    const values = distinct(bad);
    return {
      reason: 'seccompProfile',
      detail: `forbidden ${plural('annotation', values.length)} ${values.join(', ')}`,
    };
  },
};

export const seccompBaseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  since: 19,
  look: unconfined,
};

export const seccompRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  since: 19,
  overrides: seccompBaseline.id,
  look(pod, version) {
    if (version >= 25 && isWindows(pod)) return undefined;
    const violation = unconfined(pod);
    if (violation !== undefined || pod.spec.securityContext?.seccompProfile !== undefined) return violation;
    const without = containersThat(
      pod,
      ({ securityContext }) => securityContext?.seccompProfile === undefined,
    );
    if (without.length === 0) return undefined;
    return {
      reason: 'seccompProfile',
      detail: `pod or ${counted('container', without)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    };
  },
};

function unconfined(pod: Pod): Violation | undefined {
  const { isPod, containers, values } = badly(pod, (context) => unsafe(context?.seccompProfile?.type));
  if (values.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `${setters(isPod, containers)} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
  };
}

export const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  since: 0,
  look(pod) {
    const mounted = (context: Context): string[] =>
      context?.procMount === undefined || context.procMount === 'Default' ? [] : [context.procMount];
    const { containers, values } = badly(pod, mounted);
    if (values.length === 0) return undefined;
    return {
      reason: 'procMount',
      detail: `${counted('container', containers)} must not set securityContext.procMount to ${quoted(values)}`,
    };
  },
};

/** By the version 1.N that they are allowed from. */
const SELINUX_TYPES: readonly (readonly [since: number, type: string])[] = [
  [0, 'container_t'],
  [0, 'container_init_t'],
  [0, 'container_kvm_t'],
  [31, 'container_engine_t'],
];

export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  since: 0,
  look(pod, version) {
    const types = new Set(SELINUX_TYPES.flatMap(([since, type]) => (since <= version ? [type] : [])));
    const badTypes = (context: Context): string[] => {
      const { type = '' } = context?.seLinuxOptions ?? {};
      return type === '' || types.has(type) ? [] : [type];
    };
    const set = (field: 'user' | 'role', context: Context): string[] =>
      (context?.seLinuxOptions?.[field] ?? '') === '' ? [] : [`${field} may not be set`];
    const { isPod, containers } = badly(pod, (context) => [
      ...badTypes(context),
      ...set('user', context),
      ...set('role', context),
    ]);
    if (!isPod && containers.length === 0) return undefined;
    const { values } = badly(pod, badTypes);
    const wrong = [
      ...(values.length === 0 ? [] : [counted('type', values)]),
      ...badly(pod, (context) => set('user', context)).values,
      ...badly(pod, (context) => set('role', context)).values,
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${setters(isPod, containers)} set forbidden securityContext.seLinuxOptions: ${wrong.join('; ')}`,
    };
  },
};

/** By the version 1.N that they are safe from. */
const SYSCTLS: readonly (readonly [since: number, name: string])[] = [
  [0, 'kernel.shm_rmid_forced'],
  [0, 'net.ipv4.ip_local_port_range'],
  [0, 'net.ipv4.ip_unprivileged_port_start'],
  [0, 'net.ipv4.ping_group_range'],
  [0, 'net.ipv4.tcp_syncookies'],
  [27, 'net.ipv4.ip_local_reserved_ports'],
  [29, 'net.ipv4.tcp_fin_timeout'],
  [29, 'net.ipv4.tcp_keepalive_intvl'],
  [29, 'net.ipv4.tcp_keepalive_probes'],
  [29, 'net.ipv4.tcp_keepalive_time'],
  [32, 'net.ipv4.tcp_rmem'],
  [32, 'net.ipv4.tcp_wmem'],
];

export const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  since: 0,
  look({ spec }, version) {
    const safe = new Set(SYSCTLS.flatMap(([since, name]) => (since <= version ? [name] : [])));
    const names = (spec.securityContext?.sysctls ?? [])
      .map(({ name }) => name)
      .filter((name) => !safe.has(name));
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') };
  },
};
