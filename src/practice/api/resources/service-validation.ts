import { isIPv4 } from 'node:net';
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  required,
  unsupported,
} from '../field-error.ts';
import { dns1123Label, dns1123Subdomain, labelErrors, portName } from '../names.ts';
import { inRange } from './ranges.ts';
import {
  hasClusterIP,
  HEADLESS,
  isExternal,
  isHeadless,
  type Service,
  type ServicePort,
  type ServiceSpec,
} from './service.ts';

const NOT_MODELLED = 'the practice cluster does not model this';
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const AFFINITIES = ['ClientIP', 'None'];
const LONGEST_AFFINITY = 86_400;

/** Worded as pkg/apis/core/validation's ValidateService and ValidateServiceUpdate. */
export function serviceErrors({ spec }: Service, previous: Service | undefined): FieldError[] {
  return [
    ...(previous === undefined ? [] : changeErrors(spec, previous.spec)),
    ...portsErrors(spec),
    ...labelErrors(spec.selector, 'spec.selector'),
    ...affinityErrors(spec),
    ...(TYPES.includes(spec.type ?? '') ? [] : [unsupported('spec.type', spec.type, TYPES)]),
    ...addressErrors(spec),
    ...externalNameErrors(spec),
    ...policyErrors(spec),
    ...notModelled(spec),
  ];
}

/** The address that a Service has been given is what its clients know it by. */
function changeErrors(spec: ServiceSpec, before: ServiceSpec): FieldError[] {
  const old = before.clusterIPs?.[0] ?? '';
  if (old === '' || !hasClusterIP(spec) || !hasClusterIP(before)) return [];
  const now = spec.clusterIPs?.[0];
  const field = 'spec.clusterIPs[0]';
  if (now === undefined) return [invalid(field, spec.clusterIPs, 'primary clusterIP can not be unset')];
  return now === old ? [] : [invalid(field, spec.clusterIPs, 'may not change once set')];
}

function portsErrors(spec: ServiceSpec): FieldError[] {
  const { ports = [] } = spec;
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless(spec) && hasClusterIP(spec)) errors.push(required('spec.ports'));
  const names = new Set<string>();
  ports.forEach((port, index) => {
    errors.push(
      ...portErrors(port, `spec.ports[${index}]`, {
        isNamed: ports.length > 1,
        isHeadless: isHeadless(spec),
        names,
      }),
    );
    if (port.nodePort !== undefined && !isExternal(spec))
      errors.push(
        forbiddenField(
          `spec.ports[${index}].nodePort`,
          "may not be used when `type` is '" + spec.type! + "'",
        ),
      );
  });
  const seen = new Set<string>();
  const nodePorts = new Set<string>();
  ports.forEach(({ protocol = '', port, nodePort }, index) => {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${index}]`, { protocol, port }));
    seen.add(key);
    const nodeKey = `${protocol}/${nodePort ?? ''}`;
    if (nodePort !== undefined && nodePorts.has(nodeKey))
      errors.push(duplicate(`spec.ports[${index}].nodePort`, { protocol, nodePort }));
    nodePorts.add(nodeKey);
  });
  return errors;
}

function portErrors(
  { name = '', protocol, port, targetPort, nodePort }: ServicePort,
  field: string,
  rules: { isNamed: boolean; isHeadless: boolean; names: Set<string> },
): FieldError[] {
  const errors: FieldError[] = [];
  if (rules.isNamed && name === '') errors.push(required(`${field}.name`));
  else if (name !== '') {
    errors.push(...dns1123Label(name).map((error) => invalid(`${field}.name`, name, error)));
    if (rules.names.has(name)) errors.push(duplicate(`${field}.name`, name));
    rules.names.add(name);
  }
  errors.push(...inRange(`${field}.port`, port, 1, 65_535));
  if (!PROTOCOLS.includes(protocol ?? '')) errors.push(unsupported(`${field}.protocol`, protocol, PROTOCOLS));
  if (typeof targetPort === 'number') errors.push(...inRange(`${field}.targetPort`, targetPort, 1, 65_535));
  else if (targetPort !== undefined)
    errors.push(...portName(targetPort).map((error) => invalid(`${field}.targetPort`, targetPort, error)));
  if (nodePort !== undefined) errors.push(...inRange(`${field}.nodePort`, nodePort, 1, 65_535));
  return errors;
}

function affinityErrors({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  if (!AFFINITIES.includes(sessionAffinity ?? ''))
    return [unsupported('spec.sessionAffinity', sessionAffinity, AFFINITIES)];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds === undefined || (seconds > 0 && seconds <= LONGEST_AFFINITY)) return [];
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  return [invalid(field, seconds, `must be greater than 0 and less than ${LONGEST_AFFINITY}`)];
}

function addressErrors(spec: ServiceSpec): FieldError[] {
  const { clusterIPs = [], type = '' } = spec;
  if (!hasClusterIP(spec))
    return clusterIPs.length === 0
      ? []
      : [forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services')];
  const errors: FieldError[] = [];
  if (isHeadless(spec) && isExternal(spec))
    errors.push(invalid('spec.clusterIPs[0]', HEADLESS, `may not be set to 'None' for ${type} services`));
  clusterIPs.forEach((address, index) => {
    if (address !== HEADLESS && !isIPv4(address))
      errors.push(
        invalid(
          `spec.clusterIPs[${index}]`,
          address,
          'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ),
      );
  });
  if (spec.clusterIP !== clusterIPs[0])
    errors.push(invalid('spec.clusterIP', spec.clusterIP, 'must match clusterIPs[0]'));
  if (clusterIPs.length > 1) errors.push(forbiddenField('spec.clusterIPs[1]', NOT_MODELLED));
  return errors;
}

function externalNameErrors(spec: ServiceSpec): FieldError[] {
  if (hasClusterIP(spec)) return [];
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') return [required('spec.externalName')];
  return dns1123Subdomain(name).map((error) => invalid('spec.externalName', name, error));
}

function policyErrors(spec: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { externalTrafficPolicy, internalTrafficPolicy } = spec;
  const policies = ['Cluster', 'Local'];
  if (externalTrafficPolicy !== undefined) {
    const field = 'spec.externalTrafficPolicy';
    if (!isExternal(spec))
      errors.push(
        invalid(field, externalTrafficPolicy, 'may only be set for externally-accessible services'),
      );
    else if (!policies.includes(externalTrafficPolicy))
      errors.push(unsupported(field, externalTrafficPolicy, policies));
    else if (externalTrafficPolicy === 'Local') errors.push(forbiddenField(field, NOT_MODELLED));
  }
  if (internalTrafficPolicy === undefined) return errors;
  const field = 'spec.internalTrafficPolicy';
  if (!policies.includes(internalTrafficPolicy))
    errors.push(unsupported(field, internalTrafficPolicy, policies));
  else if (internalTrafficPolicy === 'Local') errors.push(forbiddenField(field, NOT_MODELLED));
  return errors;
}

function notModelled(spec: ServiceSpec): FieldError[] {
  const fields: (keyof ServiceSpec)[] = [
    'externalIPs',
    'healthCheckNodePort',
    'loadBalancerClass',
    'loadBalancerIP',
    'loadBalancerSourceRanges',
    'trafficDistribution',
  ];
  const errors = fields
    .filter((field) => spec[field] !== undefined && !isEmpty(spec[field]))
    .map((field) => forbiddenField(`spec.${field}`, NOT_MODELLED));
  const isOpen = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  if (!isOpen && spec.ipFamilies?.includes('IPv6') === true)
    errors.push(forbiddenField('spec.ipFamilies', NOT_MODELLED));
  if (!isOpen && spec.ipFamilyPolicy === 'RequireDualStack')
    errors.push(forbiddenField('spec.ipFamilyPolicy', NOT_MODELLED));
  return errors;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
