import { apart, type Line, live, modern } from '../line.ts';

const policy = (spec: unknown): { stdin: string } => ({
  stdin: JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'other' },
    spec,
  }),
});
const from = (peer: unknown): { stdin: string } =>
  policy({ podSelector: {}, ingress: [{ from: [peer] }], policyTypes: ['Ingress'] });
const ports = (...list: unknown[]): { stdin: string } =>
  policy({ podSelector: {}, egress: [{ ports: list }], policyTypes: ['Egress'] });
const bad = (note: string, more: { stdin: string }): Line => live('create -f -', { ...more, note });

/** Kept and told of; whether they are enforced is the network's affair. */
export const networkPolicies: readonly Line[] = [
  live('get netpol', { note: 'none' }),
  live('apply -f policy.yml'),
  live('apply -f policy.yml', { note: 'again' }),
  live('create -f policy.yml', { note: 'again' }),
  live('get netpol'),
  live('get networkpolicies.networking.k8s.io -o name'),
  live('get netpol deny-all -o yaml', modern),
  live('describe netpol deny-all'),
  live('apply -f allow.yml'),
  live('get netpol -o wide', { note: 'of all sorts' }),
  live('get netpol allow -o jsonpath={.spec}'),
  live('describe netpol allow'),
  live(`patch netpol allow --type=merge -p '{"spec":{"policyTypes":null,"egress":null}}'`),
  live('get netpol allow -o jsonpath="{.metadata.generation} {.spec.policyTypes}"'),
  bad('no such policy type', policy({ podSelector: {}, policyTypes: ['Sideways'] })),
  apart('create -f -', 'the list is told in JSON, by 1.20 as Go writes it', {
    ...policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] }),
    note: 'three policy types',
    says: /spec.policyTypes: Invalid value: .*: may not specify more than two policyTypes/,
  }),
  bad('no label', policy({ podSelector: { matchLabels: { app: 'not valid' } } })),
  bad(
    'no such operator',
    policy({ podSelector: { matchExpressions: [{ key: 'app', operator: 'Like', values: ['web'] }] } }),
  ),
  bad('In nothing', policy({ podSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] } })),
  bad(
    'exists with values',
    policy({ podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['a'] }] } }),
  ),
  bad('no peer', from({})),
  bad('two kinds of peer', from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } })),
  bad('no network', from({ ipBlock: { cidr: '10.0.0.0' } })),
  apart('create -f -', 'kubectl itself checks it for a server of 1.20', {
    ...from({ ipBlock: { except: ['10.0.0.0/8'] } }),
    ...modern,
    note: 'nothing but exceptions',
    says: /ipBlock.cidr: Required value/,
  }),
  apart('create --dry-run=server -f -', 'it is warned of since 1.33', {
    ...from({ ipBlock: { cidr: '10.0.0.5/24' } }),
    ...modern,
    note: 'an address for a network',
    says: /ipBlock.cidr: CIDR value "IP\/24" is ambiguous in this context \(should be "IP\/24" or "IP\/32"\?\)/,
  }),
  bad('an exception from elsewhere', from({ ipBlock: { cidr: '10.0.0.0/8', except: ['192.168.0.0/16'] } })),
  bad('ports that can’t be', ports({ port: 0 }, { port: 'not a port' }, { port: 80, protocol: 'ICMP' })),
  live('delete -f policy.yml'),
  live('delete netpol deny-all', { note: 'again' }),
  live('delete netpol --all'),
];
