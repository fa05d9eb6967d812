import { dump, load } from 'js-yaml';

/** What is particular to one cluster. */
export interface MaskFacts {
  namespace: string;
  nodes: readonly string[];
  /** Words for the Nodes' operating system, kernel and container runtime. */
  machine: readonly string[];
}

/** What must differ between two clusters that answer alike. In this order: a longer thing before its parts. */
const masks: readonly (readonly [RegExp, string])[] = [
  [/\r\n/g, '\n'],
  [/version\.Info\{.*?\}/g, 'VERSION'],
  [/\b(nginx|curl)\/\d+\.\d+(?:\.\d+)*/g, '$1/N'],
  [/\bv?1\.\d+\.\d+(?:[-+][\w.-]+)?(?=\s|$|")/gm, 'VERSION'],
  [/\((?:v?1\.\d+)\)/g, '(VERSION)'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \+0000(?: UTC)?/g, 'TIME'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g, 'TIME'],
  [/\b\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000/g, 'TIME'],
  [/\b\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/g, 'TIME'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b[0-9a-f]{64}\b/g, 'HASH'],
  [/\b(kube-api-access|default-token|generated|replicas|web)-[a-z0-9]{5}\b/g, '$1-RANDOM'],
  // Of a ReplicaSet's template, and of its Pods: Kubernetes writes the ten digits with these letters.
  [/(pod-template-hash(?:=|: ))(['"]?)[4-9bcdf]{5,10}\2(?!\w)/g, '$1HASH'],
  [/(?<=\w-)[4-9bcdf]{8,10}-[b-df-hj-np-tv-xz24-9]{5}(?![\w-])/g, 'HASH-RANDOM'],
  [/(?<=\w-)[4-9bcdf]{8,10}(?![\w-])/g, 'HASH'],
  [/(?<=is running at )https:\S+/g, 'https://SERVER'],
  [/resourceVersion: (["'])\d+\1/g, 'resourceVersion: RV'],
  [/(?<!\d\.)\b(?!127\.0\.0\.1\b|0\.0\.0\.0\b)(?:\d{1,3}\.){3}\d{1,3}\b(?!\.\d)/g, 'IP'],
  [/\S+\/(LIVE|MERGED)-\d+\//g, '$1/'],
  [/^@@ .* @@$/gm, '@@'],
  [/Image size: \d+ bytes/g, 'Image size: N bytes'],
  // What klog puts before a line, and the port that kubectl was given.
  [/^[EIW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (\S+\.go):\d+\]/gm, '$1]'],
  [/^(Forwarding from (?:IP|127\.0\.0\.1)):\d+/gm, '$1:PORT'],
  [/(Handling connection for|an error occurred forwarding) \d+/g, '$1 PORT'],
  // Ages and durations; not the settings `300s`, `delay=0s`.
  [/(?<!for |cpu: +)(?<![\w=.+"-])\d+(?:\.\d+)?(?:µs|ms|[smhdy])(?:\d+(?:\.\d+)?[smhd])*(?![\w-])/g, 'AGE'],
  [/ \(x\d+ over AGE\)/g, ''],
  // A kubelet on a busy machine that looked for a Pod's token too early, and does it again.
  [/^.* FailedMount .*failed to sync \w+ cache: timed out waiting for the condition\n/gm, ''],
  // How much a Node has, and of what.
  [/^ +hugepages-\S+ .*\n/gm, ''],
  [/^( {2}(?:cpu|ephemeral-storage|memory|pods): +)\S+$/gm, '$1N'],
  [/^( {2}(?:Machine ID|System UUID|Boot ID): +)\S+$/gm, '$1ID'],
  [/^(Non-terminated Pods: +)\(\d+ in total\)/gm, '$1(N in total)'],
  [/\((\d+)%\)/g, '(N%)'],
  // What stands under a label is as far to the right as the label is long.
  [/^ {12,}(?=[^\s-])/gm, '            '],
  // Columns are as wide as the longest cell, so widths follow what is masked.
  [/(?<=\S)(?<!^[+-]) {2,}/gm, ' '],
  [/ +$/gm, ''],
  [/--{2,}/g, '--'],
];

/** The text without what must differ. Objects in YAML and JSON come back as sorted YAML, whose lines never wrap. */
export function mask(text: string, { namespace, nodes, machine }: MaskFacts): string {
  let masked = objectText(text).replaceAll(namespace, 'NS');
  for (const word of machine) masked = masked.replaceAll(word, 'MACHINE');
  for (const node of nodes) masked = masked.replaceAll(new RegExp(`\\b${literal(node)}\\b`, 'g'), 'NODE');
  for (const [pattern, name] of masks) masked = masked.replaceAll(pattern, name);
  return masked;
}

function objectText(text: string): string {
  if (!/^(\{\n|apiVersion: )/.test(text)) return text;
  return dump(load(text), { lineWidth: -1, sortKeys: true });
}

function literal(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}
