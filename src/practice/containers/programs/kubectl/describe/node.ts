import { PODS } from '../discovery.ts';
import { humanDuration } from '../duration.ts';
import { type ApiObject, at, type Fields, listAt, textAt } from '../object.ts';
import { pathOf, type Session } from '../session.ts';
import { amount, bytesText, cpuText } from './quantity.ts';
import { annotations, lines, longTime, orNone, pairs } from './text.ts';

const LEASES = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespaced: true } as const;

/** A Node as k8s.io/kubectl/pkg/describe tells it, with the Pods that run there. */
export async function describeNode(node: ApiObject, session: Session): Promise<string> {
  const { name = '', creationTimestamp = '', labels } = node.metadata;
  const query = new URLSearchParams({
    fieldSelector: `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded`,
  });
  const [pods, lease] = await Promise.all([
    session.read(pathOf(PODS, undefined), {}, query).then((list) => listAt(list, 'items')),
    session.read(pathOf(LEASES, 'kube-node-lease', name)).catch(() => undefined),
  ]);
  const optional = (title: string, value: string): string => (value === '' ? '' : `${title}:\t${value}\n`);
  return [
    `Name:\t${name}\n`,
    `Roles:\t${roles(labels ?? {})}\n`,
    pairs('Labels', labels),
    annotations(node),
    `CreationTimestamp:\t${longTime(creationTimestamp)}\n`,
    lines('Taints', listAt(node, 'spec', 'taints').map(taint)),
    `Unschedulable:\t${String(at(node, 'spec', 'unschedulable') === true)}\n`,
    leaseText(lease),
    conditions(listAt(node, 'status', 'conditions')),
    `Addresses:\n${rows(listAt(node, 'status', 'addresses').map((each) => [textAt(each, 'type'), textAt(each, 'address')]))}`,
    amounts('Capacity', at(node, 'status', 'capacity')),
    amounts('Allocatable', at(node, 'status', 'allocatable')),
    systemInfo(at(node, 'status', 'nodeInfo')),
    optional('PodCIDR', textAt(node, 'spec', 'podCIDR')),
    optional('PodCIDRs', ((at(node, 'spec', 'podCIDRs') ?? []) as string[]).join(',')),
    optional('ProviderID', textAt(node, 'spec', 'providerID')),
    podsText(pods, node, session.process.machine.clock.now()),
  ].join('');
}

function roles(labels: Record<string, string>): string {
  const found = Object.keys(labels).flatMap(
    (label) => /^node-role\.kubernetes\.io\/(.+)$/.exec(label)?.[1] ?? [],
  );
  return orNone(found.sort().join(','));
}

function taint(each: Fields): string {
  const value = textAt(each, 'value');
  return `${textAt(each, 'key')}${value === '' ? '' : `=${value}`}:${textAt(each, 'effect')}`;
}

function leaseText(lease: unknown): string {
  const time = (field: string): string => {
    const text = textAt(lease, 'spec', field);
    return text === '' ? '<unset>' : longTime(text);
  };
  const holder = textAt(lease, 'spec', 'holderIdentity') || '<unset>';
  return `Lease:\n${rows([
    ['HolderIdentity', holder],
    ['AcquireTime', time('acquireTime')],
    ['RenewTime', time('renewTime')],
  ])}`;
}

function conditions(list: readonly Fields[]): string {
  const titles = ['Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message'];
  const line = (cells: readonly string[]): string => `  ${cells.join('\t')}\n`;
  const cells = (each: Fields): string[] => [
    `${textAt(each, 'type')} `,
    `${textAt(each, 'status')} `,
    `${longTime(textAt(each, 'lastHeartbeatTime'))} `,
    `${longTime(textAt(each, 'lastTransitionTime'))} `,
    `${textAt(each, 'reason')} `,
    textAt(each, 'message'),
  ];
  const rules = titles.map((title) => '-'.repeat(title === 'Type' ? 4 : title.length));
  return `Conditions:\n${line(titles)}${line(rules)}${list.map((each) => line(cells(each))).join('')}`;
}

function amounts(title: string, map: unknown): string {
  const entries = Object.entries((map ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${title}:\n${rows(entries)}`;
}

function rows(entries: readonly (readonly string[])[]): string {
  return entries.map(([title, value]) => `  ${title}:\t${value}\n`).join('');
}

const SYSTEM: readonly [string, string][] = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
  ['Kube-Proxy Version', 'kubeProxyVersion'],
];

function systemInfo(info: unknown): string {
  return `System Info:\n${rows(SYSTEM.map(([title, field]) => [title, textAt(info, field)]))}`;
}

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

function hugePages(node: ApiObject): string[] {
  const names = Object.keys(at(node, 'status', 'allocatable') ?? {});
  return names.filter((name) => name.startsWith('hugepages-')).sort();
}

function podsText(pods: readonly Fields[], node: ApiObject, now: number): string {
  const capacity = (name: string): number => amount(textAt(node, 'status', 'allocatable', name));
  const share = (name: string, value: number): string => {
    const text = name === 'cpu' ? cpuText(value) : bytesText(value);
    return `${text} (${capacity(name) === 0 ? 0 : Math.floor((value / capacity(name)) * 100)}%)`;
  };
  const lines = pods.map((pod) => {
    const age = humanDuration(now - Date.parse(textAt(pod, 'metadata', 'creationTimestamp')));
    const cells = (['cpu', 'memory'] as const).flatMap((name) =>
      ['requests', 'limits'].map((kind) => share(name, sum(pod, kind, name))),
    );
    return `  ${[textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name'), '', ...cells, age].join('\t')}\n`;
  });
  const totals = [...RESOURCES, ...hugePages(node)].map((name) => {
    const total = (kind: string): number => pods.reduce((all, pod) => all + sum(pod, kind, name), 0);
    return `  ${[name, share(name, total('requests')), share(name, total('limits'))].join('\t')}\n`;
  });
  return (
    `Non-terminated Pods:\t(${pods.length} in total)\n` +
    '  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n' +
    '  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n' +
    `${lines.join('')}Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n` +
    `  Resource\tRequests\tLimits\n  --------\t--------\t------\n${totals.join('')}`
  );
}

/** What a Pod's containers want together, or the greediest of its init containers. */
function sum(pod: unknown, kind: string, name: string): number {
  const wanted = (list: string): number[] =>
    listAt(pod, 'spec', list).map((each) => amount(textAt(each, 'resources', kind, name)));
  const together = wanted('containers').reduce((all, each) => all + each, 0);
  return Math.max(together, ...wanted('initContainers'));
}
