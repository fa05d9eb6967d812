import { age } from '../age.ts';
import { type FieldError, forbiddenField, invalid, required, unsupported } from '../field-error.ts';
import { dns1123Subdomain, portName } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import { type IPBlock, ipBlockErrors, ipBlockWarnings } from './ip-block.ts';
import { type LabelSelector, labelSelectorErrors, labelSelectorText } from './label-selector.ts';
import { inRange } from './ranges.ts';

interface NetworkPolicy extends KubernetesObject {
  spec: {
    podSelector: LabelSelector;
    ingress?: { from?: Peer[]; ports?: Port[] }[];
    egress?: { to?: Peer[]; ports?: Port[] }[];
    policyTypes?: string[];
  };
}

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: IPBlock;
}

interface Port {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

/** One rule of either direction; `side` is what its peers are called there. */
interface Rule {
  field: string;
  side: 'from' | 'to';
  peers: Peer[];
  ports: Port[];
}

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const DIRECTIONS = ['Ingress', 'Egress'];

/** Who may talk to a Pod. They are kept, as any cluster keeps them; that somebody enforces them is up to its network. */
export const networkPolicies: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  type: 'V1NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  hasStatus: false,
  returnsDeleted: false,
  hasGeneration: true,
  nameErrors: dns1123Subdomain,
  setDefaults(object) {
    const policy = object as NetworkPolicy;
    for (const { ports } of rulesOf(policy)) for (const port of ports) port.protocol ??= 'TCP';
    if ((policy.spec.policyTypes ?? []).length > 0) return;
    const isAboutEgress = (policy.spec.egress ?? []).length > 0;
    policy.spec.policyTypes = isAboutEgress ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate(object) {
    const policy = object as NetworkPolicy;
    return [
      ...labelSelectorErrors('spec.podSelector', policy.spec.podSelector),
      ...rulesOf(policy).flatMap(({ field, side, peers, ports }) => [
        ...ports.flatMap((port, index) => portErrors(`${field}.ports[${index}]`, port)),
        ...peers.flatMap((peer, index) => peerErrors(`${field}.${side}[${index}]`, peer)),
      ]),
      ...policyTypeErrors(policy.spec.policyTypes ?? []),
    ];
  },
  admitValid(object, _previous, { warn }) {
    for (const { field, side, peers } of rulesOf(object as NetworkPolicy))
      for (const [index, { ipBlock }] of peers.entries())
        if (ipBlock !== undefined)
          ipBlockWarnings(`${field}.${side}[${index}].ipBlock`, ipBlock).forEach(warn);
  },
  columns: [
    NAME,
    {
      name: 'Pod-Selector',
      type: 'string',
      description:
        "podSelector selects the pods to which this NetworkPolicy object applies. The array of rules is applied to any pods selected by this field. An empty selector matches all pods in the policy's namespace. Multiple network policies can select the same set of pods. In this case, the ingress rules for each are combined additively. This field is optional. If it is not specified, it defaults to an empty selector.",
    },
    AGE,
  ],
  row(object, now) {
    const { metadata, spec } = object as NetworkPolicy;
    return [metadata.name, labelSelectorText(spec.podSelector), age(metadata.creationTimestamp, now)];
  },
};

function rulesOf({ spec }: NetworkPolicy): Rule[] {
  const { ingress = [], egress = [] } = spec;
  return [
    ...ingress.map(({ from = [], ports = [] }, index): Rule => ({
      field: `spec.ingress[${index}]`,
      side: 'from',
      peers: from,
      ports,
    })),
    ...egress.map(({ to = [], ports = [] }, index): Rule => ({
      field: `spec.egress[${index}]`,
      side: 'to',
      peers: to,
      ports,
    })),
  ];
}

function portErrors(field: string, { protocol, port, endPort }: Port): FieldError[] {
  const errors: FieldError[] = [];
  const last = `${field}.endPort`;
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    errors.push(unsupported(`${field}.protocol`, protocol, PROTOCOLS));
  if (typeof port === 'number') {
    errors.push(...inRange(`${field}.port`, port, 1, 65535));
    if (endPort !== undefined && endPort < port)
      errors.push(invalid(last, endPort, 'must be greater than or equal to `port`'));
    errors.push(...inRange(last, endPort, 1, 65535));
  } else if (port === undefined) {
    if (endPort !== undefined)
      errors.push(invalid(last, endPort, 'may not be specified when `port` is not specified'));
  } else {
    if (endPort !== undefined)
      errors.push(invalid(last, endPort, 'may not be specified when `port` is non-numeric'));
    errors.push(...portName(port).map((error) => invalid(`${field}.port`, port, error)));
  }
  return errors;
}

function peerErrors(field: string, peer: Peer): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const errors: FieldError[] = [];
  if (podSelector !== undefined) errors.push(...labelSelectorErrors(`${field}.podSelector`, podSelector));
  if (namespaceSelector !== undefined)
    errors.push(...labelSelectorErrors(`${field}.namespaceSelector`, namespaceSelector));
  if (ipBlock !== undefined) errors.push(...ipBlockErrors(`${field}.ipBlock`, ipBlock));
  const isSelector = podSelector !== undefined || namespaceSelector !== undefined;
  if (!isSelector && ipBlock === undefined) errors.push(required(field, 'must specify a peer'));
  if (isSelector && ipBlock !== undefined)
    errors.push(forbiddenField(field, 'may not specify both ipBlock and another peer'));
  return errors;
}

function policyTypeErrors(types: readonly string[]): FieldError[] {
  const field = 'spec.policyTypes';
  if (types.length > DIRECTIONS.length)
    return [invalid(field, types, 'may not specify more than two policyTypes')];
  return types.flatMap((type, index) =>
    DIRECTIONS.includes(type) ? [] : [unsupported(`${field}[${index}]`, type, DIRECTIONS)],
  );
}
