import { labelSelectorText } from '../../../../api/resources/label-selector.ts';
import { type ApiObject, at, isFields, textAt } from '../object.ts';
import { annotations, head, pairs } from './text.ts';

/** The two directions, in kubectl's words. */
const INGRESS = { type: 'Ingress', name: 'ingress', peers: 'from', title: 'From', other: 'source' };
const EGRESS = { type: 'Egress', name: 'egress', peers: 'to', title: 'To', other: 'destination' };
type Direction = typeof INGRESS;

export function describeNetworkPolicy(policy: ApiObject): string {
  const { creationTimestamp, labels } = policy.metadata;
  const types = listAt(policy, 'spec', 'policyTypes').map(String);
  const made = `${String(creationTimestamp).replace('T', ' ').replace('Z', '')} +0000 UTC`;
  const selected = selectorText(at(policy, 'spec', 'podSelector'));
  const everyPod = ' (Allowing the specific traffic to all pods in this namespace)';
  return [
    `${head(policy)}Created on:\t${made}\n${pairs('Labels', labels)}${annotations(policy)}Spec:`,
    `  PodSelector:     ${selected}${selected === '<none>' ? everyPod : ''}`,
    ...directionLines(policy, INGRESS, types),
    ...directionLines(policy, EGRESS, types),
    `  Policy Types: ${types.join(', ')}\n`,
  ].join('\n');
}

function directionLines(policy: ApiObject, direction: Direction, types: readonly string[]): string[] {
  if (!types.includes(direction.type)) return [`  Not affecting ${direction.name} traffic`];
  const rules = listAt(policy, 'spec', direction.name).map((rule) => ruleLines(rule, direction));
  const allowed =
    rules.length === 0
      ? [`<none> (Selected pods are isolated for ${direction.name} connectivity)`]
      : rules.flatMap((lines, index) => (index === 0 ? lines : ['----------', ...lines]));
  return [`  Allowing ${direction.name} traffic:`, ...allowed.map((line) => `    ${line}`)];
}

function ruleLines(rule: unknown, { peers, title, other }: Direction): string[] {
  const ports = listAt(rule, 'ports').map(
    (port) => `To Port: ${textAt(port, 'port')}/${textAt(port, 'protocol')}`,
  );
  const others = listAt(rule, peers).flatMap((peer) => [
    `${title}:`,
    ...peerLines(peer).map((line) => `  ${line}`),
  ]);
  return [
    ...(ports.length === 0 ? ['To Port: <any> (traffic allowed to all ports)'] : ports),
    ...(others.length === 0 ? [`${title}: <any> (traffic not restricted by ${other})`] : others),
  ];
}

function peerLines(peer: unknown): string[] {
  const [namespaces, pods, block] = ['namespaceSelector', 'podSelector', 'ipBlock'].map((name) =>
    at(peer, name),
  );
  if (block !== undefined)
    return [
      'IPBlock:',
      `  CIDR: ${textAt(block, 'cidr')}`,
      `  Except: ${listAt(block, 'except').join(', ')}`,
    ];
  return [
    ...(namespaces === undefined ? [] : [`NamespaceSelector: ${selectorText(namespaces)}`]),
    ...(pods === undefined ? [] : [`PodSelector: ${selectorText(pods)}`]),
  ];
}

function selectorText(selector: unknown): string {
  return labelSelectorText(isFields(selector) ? selector : {});
}

function listAt(value: unknown, ...path: string[]): unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}
