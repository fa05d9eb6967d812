import { readFileSync } from 'node:fs';
import type { Line } from './line.ts';
import type { MaskFacts } from './mask.ts';
import type { Answer } from './run-kubectl.ts';

/** What kubectl 1.36 was told by a real Kubernetes 1.36, in the order typed; each finds what those before it left. */
export const recordings: Recordings = JSON.parse(
  readFileSync(new URL('golden/kubernetes-1.36.json', import.meta.url), 'utf8'),
);

interface Recordings {
  namespace: string;
  nodes: string[];
  records: Recording[];
}

export interface Recording extends Answer {
  command: string;
  stdin?: string;
}

export const recordedFacts: MaskFacts = {
  namespace: recordings.namespace,
  nodes: recordings.nodes,
  machine: ['Debian GNU/Linux 12 (bookworm)', '6.18.44-fc-v657', 'containerd://2.1.9+unknown'],
};

type Look = Partial<Pick<Line, 'until' | 'rows' | 'unordered'>>;

const served =
  /^(NAME|bindings|configmaps|deployments|endpoints|endpointslices|events.* v1|leases|namespaces|networkpolicies|nodes|pods|replicasets|resourcequotas|selfsubject\w+|serviceaccounts|services|subjectaccessreviews) /;

/** What to wait for before a line is told, and what of it is compared: the rest is somebody else's, or the moment's. */
const looks: readonly [RegExp, Look][] = [
  [/^version --client/, { rows: /major|compiler/ }],
  [/^version$/, { rows: /Version: / }],
  [
    /^api-versions/,
    { rows: /^(apps|authentication|authorization|coordination|discovery|networking)\b|^v1$/ },
  ],
  [/^api-resources/, { rows: served }],
  [/^get ns$/, { rows: /^(NAME|default|kube-\S+|NS) / }],
  [/^get pods -A/, { rows: /^NS / }],
  [/^describe node/, { rows: /^(?! {2}\S+ \S+ \S+ \(N%\) .*AGE$)/ }],
  [/^describe pod|^(get )?events|^run tmp/, { unordered: true }],
  [/^logs multi-container (-c nginx|--all)/, { rows: /GET/ }],
  [/^get pods$/, { until: /No resources|crash +0\/1 +\S+ +2/ }],
  [/^describe pod crash/, { until: /Restart Count: +2/ }],
  [/^logs crash/, { until: /dying/ }],
];

/** The line as it is typed on another cluster, in a namespace and with Nodes of other names. */
export function asked({ command, stdin }: Recording, { namespace, nodes }: MaskFacts): Line {
  const typed = command
    .replace(/^kubectl /, '')
    // What 1.36 takes unless it is told.
    .replace(/^debug \S+/, '$& --profile=general')
    .replaceAll(/\bgolden\b/g, namespace)
    .replace(/(?<=nodeName":")n1/, `'$("$KUBECTL" get pod multi-container -o jsonpath={.spec.nodeName})'`)
    .replaceAll(/\bn1\b/g, nodes[0]!);
  return { name: command, command: typed, reference: '1.36', ...(stdin && { stdin }), ...lookOf(command) };
}

export function lookOf(command: string): Look {
  const words = command.replace(/^kubectl /, '');
  return Object.assign(
    {},
    ...looks.filter(([pattern]) => pattern.test(words)).map(([, look]) => look),
  ) as Look;
}

/** Retold on both sides: what another kubectl, the recordings' cluster, or the moment says otherwise. */
const retellings: readonly [RegExp, string][] = [
  // kubectl
  [/^(Kustomize Version: ).*$/gm, '$1N'],
  [/^WARNING: version difference between client .*\n/gm, ''],
  [/(" (?:force )?deleted) from \S+ namespace/g, '$1'],
  [/^Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n/gm, ''],
  [/^All commands and output from this session will be recorded .*\n/gm, ''],
  [/^Error from server \(BadRequest\)(: container \S+ is not valid for pod \S+)$/gm, 'error$1'],
  [/^(error: container \S+ is not valid for pod \S+) out of: .*$/gm, '$1'],
  [/^ {2}Kube-Proxy Version:\n/gm, ''],
  [/^( +)ConfigMapOptional: <nil>$/gm, '$1Optional: false'],
  [/\bspec\.\w+\{\w+\}: /g, ''],
  [/^( +(?:Host )?Port: \d+\/TCP) \(\w+\)$/gm, '$1'],
  // Kubernetes 1.35 and later
  [/Created container: \S+$/gm, 'Container created'],
  [/Started container \S+$/gm, 'Container started'],
  [/^ {2}terminatingReplicas: \d+\n/gm, ''],
  // that cluster
  [/^ +ConfigMapName: openshift-service-ca\.crt\n +Optional: false\n/gm, ''],
  [/^ {2}resources:\n {4}limits:\n {6}memory: 9007199254740988Ki\n/gm, ''],
  [/https:\/\/\S+:\d+/g, 'https://SERVER'],
  [/^(\[.*\] )?(?:127\.0\.0\.1|::1) (?=- - .*GET)/gm, '$1LOOPBACK '],
  // the moment
  [/\b(?:ErrImagePull|ImagePullBackOff)\b/g, 'ErrImagePull'],
  [/^If you don't see a command prompt.*\n|^warning: couldn't attach to pod\/tmp, .*\n/gm, ''],
  [/^(crash 0\/1) \S+ 2/gm, '$1 Error 2'],
  [/trying and failing to pull image|image can't be pulled/g, "image can't be pulled"],
  [/^( +)state:\n\1 {2}(?:terminated|waiting):\n(?:\1 {4}.*\n)+/gm, '$1state: OVER\n'],
];

export function retold(text: string): string {
  return retellings.reduce((told, [pattern, word]) => told.replaceAll(pattern, word), text);
}

const others = {
  apply: 'no server-side apply yet',
  image: 'an image that it does not know is denied as Docker Hub denies it',
};

/** What is not answered alike, and why. */
export const notAlike: Record<string, string> = {
  '7 kubectl get node n1 -o yaml': 'a Node of a cloud, and one of 1.34',
  '70 kubectl rollout status deploy/web --timeout=60s':
    'the rollout is further on when it is first looked at',
  '95 kubectl apply --server-side -f multi-container.yml': others.apply,
  '96 kubectl apply --server-side --field-manager=other -f multi-container.yml': others.apply,
  '102 kubectl describe pod bad-image': others.image,
  '106 kubectl logs crash -p': 'its log had just been cleared away there',
  '122 kubectl auth whoami': 'one is somebody else, and has a token instead of a certificate',
  '123 kubectl config view --minify': 'the cluster has another name, and the kubeconfig a token',
};
