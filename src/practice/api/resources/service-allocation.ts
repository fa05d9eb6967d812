import { isIPv4 } from 'node:net';
import { type FieldError, invalid, invalidObject } from '../field-error.ts';
import type { KubernetesObject } from '../object.ts';
import { SERVICES } from '../registry.ts';
import type { Surroundings } from '../resource.ts';
import { dropOldType } from './service-defaults.ts';
import {
  asService,
  hasClusterIP,
  hasNodePorts,
  HEADLESS,
  isHeadless,
  type Service,
  type ServicePort,
  type ServiceSpec,
} from './service.ts';

/** kube-apiserver's --service-cluster-ip-range: its first address is that of the Service `kubernetes`. */
export const SERVICE_CIDR = '10.96.0.0/12';
const FIRST_ADDRESS = toNumber('10.96.0.0');
const ADDRESSES = 2 ** 20;
/** Dynamic addresses are taken above these, which are for people's own choice (ServiceIPStaticSubrange). */
const STATIC_ADDRESSES = 256;

/** kube-apiserver's --service-node-port-range; the same halves as with addresses. */
const FIRST_PORT = 30_000;
const LAST_PORT = 32_767;
const STATIC_PORTS = 86;

/**
 * Gives a Service its clusterIP and nodePorts, or takes those it asks for; on an update it keeps what it had. As the real
 * one it does so before anything is validated.
 *
 * @throws {StatusError} 422 when what it asks for is taken or out of range
 */
export function allocateForService(
  object: KubernetesObject,
  previous: KubernetesObject | undefined,
  surroundings: Surroundings,
): void {
  const service = asService(object);
  const { spec } = service;
  const before = previous && asService(previous).spec;
  if (before !== undefined) {
    dropOldType(spec, before);
    keepAllocated(spec, before);
  }
  agreeOnAddresses(spec, before);
  const others = surroundings
    .list(SERVICES)
    .map(asService)
    .filter(({ metadata }) => metadata.uid !== service.metadata.uid);
  const errors = [...allocateAddress(spec, before, others, surroundings)];
  if (errors.length === 0 && hasNodePorts(spec))
    errors.push(...allocatePorts(spec, before, others, surroundings));
  if (errors.length > 0) throw invalidObject('', 'Service', service.metadata.name, errors);
}

/** Who leaves out what was allocated has not asked for it to change. */
function keepAllocated(spec: ServiceSpec, before: ServiceSpec): void {
  if (hasClusterIP(spec) && hasClusterIP(before)) {
    const { clusterIP, clusterIPs } = before;
    if (clusterIP !== undefined) spec.clusterIP ??= clusterIP;
    if (clusterIPs !== undefined && spec.clusterIP === clusterIP) spec.clusterIPs ??= clusterIPs;
  }
  if (!hasNodePorts(spec) || !hasNodePorts(before)) return;
  const asked = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  for (const port of spec.ports ?? []) {
    const old = before.ports?.find((each) => each.port === port.port && each.protocol === port.protocol);
    if (port.nodePort === undefined && old?.nodePort !== undefined && !asked.has(old.nodePort))
      port.nodePort = old.nodePort;
  }
}

/** clusterIP and the first of clusterIPs are the same thing: the one that was not written follows the other. */
function agreeOnAddresses(spec: ServiceSpec, before: ServiceSpec | undefined): void {
  if (before === undefined) {
    if (spec.clusterIP !== undefined) spec.clusterIPs ??= [spec.clusterIP];
    return;
  }
  const sameList = spec.clusterIPs?.join() === before.clusterIPs?.join();
  if (spec.clusterIP !== before.clusterIP && sameList) {
    if (spec.clusterIP === undefined) delete spec.clusterIPs;
    else spec.clusterIPs = [spec.clusterIP];
  } else if (spec.clusterIP === before.clusterIP && !sameList && spec.clusterIPs === undefined)
    delete spec.clusterIP;
}

function allocateAddress(
  spec: ServiceSpec,
  before: ServiceSpec | undefined,
  others: readonly Service[],
  { random }: Surroundings,
): FieldError[] {
  if (!hasClusterIP(spec)) return [];
  setFamilies(spec);
  if (isHeadless(spec)) return [];
  const isTaken = (address: string): boolean => others.some((each) => each.spec.clusterIP === address);
  const wanted = spec.clusterIP ?? '';
  if (wanted === '') {
    const address = fromNumber(
      first(
        () => FIRST_ADDRESS + between(STATIC_ADDRESSES, ADDRESSES - 2, random),
        (candidate) => isTaken(fromNumber(candidate)),
      ),
    );
    spec.clusterIP = address;
    spec.clusterIPs = [address];
    return [];
  }
  // What is wrong with it in itself is for validation to say.
  if (wanted === before?.clusterIP || (before?.clusterIP ?? '') !== '' || !isIPv4(wanted)) return [];
  const offset = toNumber(wanted) - FIRST_ADDRESS;
  if (offset <= 0 || offset >= ADDRESSES - 1)
    return [
      refused(
        spec,
        `the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${SERVICE_CIDR}`,
      ),
    ];
  return isTaken(wanted) ? [refused(spec, 'provided IP is already allocated')] : [];
}

function refused({ clusterIP, clusterIPs }: ServiceSpec, why: string): FieldError {
  return invalid('spec.clusterIPs', clusterIPs, `failed to allocate IP ${clusterIP ?? ''}: ${why}`);
}

/** Who runs a headless Service without a selector gives its addresses, of any family; all others have IPv4 here. */
function setFamilies(spec: ServiceSpec): void {
  const isOpen = spec.clusterIP === HEADLESS && Object.keys(spec.selector ?? {}).length === 0;
  if (spec.ipFamilyPolicy === undefined) spec.ipFamilies ??= isOpen ? ['IPv4', 'IPv6'] : ['IPv4'];
  spec.ipFamilyPolicy ??= isOpen && spec.ipFamilies?.length === 2 ? 'RequireDualStack' : 'SingleStack';
  spec.ipFamilies ??= ['IPv4'];
}

function allocatePorts(
  spec: ServiceSpec,
  before: ServiceSpec | undefined,
  others: readonly Service[],
  { random }: Surroundings,
): FieldError[] {
  const own = new Set((before?.ports ?? []).map(portKey));
  const taken = new Set(others.flatMap((each) => (each.spec.ports ?? []).map(portKey)));
  const errors: FieldError[] = [];
  spec.ports?.forEach((port, index) => {
    const field = `spec.ports[${index}].nodePort`;
    const { nodePort } = port;
    if (nodePort === undefined || own.has(portKey(port))) return;
    if (nodePort < FIRST_PORT || nodePort > LAST_PORT)
      errors.push(
        invalid(
          field,
          nodePort,
          `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${LAST_PORT}`,
        ),
      );
    else if (taken.has(portKey(port)))
      errors.push(invalid(field, nodePort, 'provided port is already allocated'));
    taken.add(portKey(port));
  });
  if (errors.length > 0) return errors;
  const numbers = new Set([...taken, ...own].map((key) => Number(key.split('/')[0])));
  const given = new Map<number, number>();
  for (const port of spec.ports ?? []) {
    if (port.nodePort !== undefined) given.set(port.port, port.nodePort);
    // TCP and UDP of the same port share the number.
    port.nodePort ??=
      given.get(port.port) ??
      first(
        () => FIRST_PORT + between(STATIC_PORTS, LAST_PORT - FIRST_PORT, random),
        (candidate) => numbers.has(candidate),
      );
    given.set(port.port, port.nodePort);
    numbers.add(port.nodePort);
  }
  return [];
}

function portKey({ nodePort = 0, protocol = 'TCP' }: ServicePort): string {
  return `${nodePort}/${protocol}`;
}

/** @returns from `low` to `high`, both included */
function between(low: number, high: number, random: () => number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** The first candidate that is free; where chance does not find one, it counts on from the last. */
function first(candidate: () => number, isTaken: (candidate: number) => boolean): number {
  for (let attempt = 1; attempt < 64; attempt++) {
    const next = candidate();
    if (!isTaken(next)) return next;
  }
  let next = candidate();
  while (isTaken(next)) next++;
  return next;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function fromNumber(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
