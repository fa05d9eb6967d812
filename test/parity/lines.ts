import { apart, type KubectlName, type Line, live, modern, old, recorded } from './line.ts';
import { debug } from './lines/debug.ts';
import { networkPolicies } from './lines/network-policies.ts';
import { services } from './lines/services.ts';
import { exec, forwarding, sessions } from './lines/streams.ts';
import { workloads } from './lines/workloads.ts';

const standardNamespaces = /^(NAME|default|kube-node-lease|kube-public|kube-system|NS(?!-))/;
const ownNamespace = /^(NAMESPACE|NS) /;
const noPodOfANode = /^(?! {2}\S+ \S+ \S+ \(N%\) .*AGE$)/;

/** The Nodes, the namespace, and what there is before anything is made. */
const before: readonly Line[] = [
  live('version', modern),
  live('get --raw /healthz'),
  live('get nodes'),
  live('get nodes -o wide'),
  live('get nodes -o name'),
  live('get nodes --show-labels'),
  live('get no $NODE -o jsonpath="{.spec.podCIDRs} {.status.conditions[*].type}"'),
  live('get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints,CIDR:.spec.podCIDR'),
  live('describe node $NODE', { rows: noPodOfANode }),
  live('get node nosuch'),
  live('get ns', { rows: standardNamespaces }),
  recorded('get ns $NS -o yaml', { recording: 'kubectl get ns golden -o yaml' }),
  live('describe ns $NS'),
  live('create namespace $NS-two'),
  live('create namespace $NS-two', { note: 'again' }),
  live('create namespace Not_A_Name'),
  live('delete namespace $NS-two --wait=false'),
  live('delete namespace nosuch'),
  live('get pods', { note: 'none' }),
  live('get pods -o name', { note: 'none' }),
  live('get pods -o json', { note: 'none' }),
  live('get all', { note: 'none' }),
  live('get events', { note: 'none' }),
  recorded('get sa'),
  live('get sa default -o name'),
  live('describe sa default'),
  recorded('get cm', { note: 'none of our own' }),
  live('get nosuch'),
  live('get pod nosuch'),
  live('get pods nosuch neither -o yaml'),
  live('get pod/nosuch cm/nosuch'),
  live('get pod nosuch --ignore-not-found'),
  live('describe pod nosuch'),
  live('logs nosuch'),
  recorded('exec nosuch -- ls', modern),
  live('exec nosuch -- ls', old),
  live('delete pod nosuch'),
  live('label pod nosuch a=b'),
  live('patch pod nosuch -p "{}"'),
  live('wait --for=condition=Ready pod/nosuch --timeout=5s'),
];

/** The deck's Pod: made, looked at, described, executed in. */
const pod: readonly Line[] = [
  live('apply -f multi-container.yml --dry-run=client'),
  live('apply -f multi-container.yml --dry-run=server'),
  recorded('diff -f multi-container.yml'),
  live('apply -f multi-container.yml'),
  live('wait --for=condition=Ready pod/multi-container --timeout=60s'),
  live('apply -f multi-container.yml', { note: 'again' }),
  live('diff -f multi-container.yml', { note: 'nothing to do' }),
  live('create -f multi-container.yml'),
  live('get pod multi-container'),
  live('get po'),
  live('get pods -o wide'),
  live('get nodes,pods -o wide'),
  live('get pods --no-headers'),
  live('get pods -A', { rows: ownNamespace }),
  live('get pods -A -o wide', { rows: ownNamespace }),
  live('get pods,sa'),
  live('get -f multi-container.yml'),
  recorded('get pod multi-container -o yaml'),
  recorded('get pod multi-container -o json'),
  live('get pods -o name'),
  live('get pod multi-container -o jsonpath={.status.podIP}'),
  live(`get pods -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}'`),
  live(`get pods -o go-template='{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'`),
  live('get pods -o custom-columns=NAME:.metadata.name,IP:.status.podIP,IMAGES:.spec.containers[*].image'),
  live('get pods --show-labels'),
  live('get pods --sort-by=.metadata.creationTimestamp'),
  live('get pods --chunk-size=1'),
  live('get pods -l app=none'),
  live('get pods -l "!app"'),
  live('get pods -l "app in (a,b)"'),
  live('get pods -l "a b"'),
  live('get pods --field-selector status.phase=Running'),
  live('get pods --field-selector status.phase!=Running'),
  live('get pods --field-selector metadata.name=multi-container,metadata.namespace=$NS'),
  live('get pods --field-selector nosuch=x'),
  live('get pods --field-selector spec.nodeName=nosuch'),
  live('get pods -w --request-timeout=1s', { note: 'ends by itself' }),
  live('get pod multi-container -o jsonpath={.metadata.nosuch}'),
  live('get --raw /api/v1/namespaces/$NS/pods/nosuch'),
  live('describe pod multi-container'),
  live('describe pods multi', { note: 'by prefix' }),
  live('get events --sort-by=.metadata.creationTimestamp', { unordered: true }),
  live('get events --field-selector involvedObject.name=multi-container,reason=Scheduled'),
  live('events --for pod/multi-container', { ...modern, unordered: true }),
];

const logs: readonly Line[] = [
  live('logs multi-container'),
  live('logs multi-container -c shell'),
  live('logs multi-container -c nginx --tail=0'),
  recorded('logs multi-container -c nginx --tail=1', {
    ...modern,
    recording: 'kubectl logs multi-container -c nginx --tail=3',
    rows: /GET/,
  }),
  recorded('logs multi-container --all-containers --prefix --tail=1', {
    ...modern,
    recording: 'kubectl logs multi-container --all-containers --prefix --tail=2',
    rows: /GET/,
  }),
  live('logs multi-container -c nope'),
  live('logs multi-container -c nginx -p'),
];

const changes: readonly Line[] = [
  live('label pod multi-container app=mc'),
  live('label pod multi-container app=mc', { note: 'again' }),
  live('label pod multi-container app=other'),
  live('label pod multi-container app=other --overwrite'),
  live('label pod multi-container "app=not valid"'),
  live('get pods -l app=other -L app'),
  live('label pods -l app=other app-'),
  live('annotate pod multi-container note=hi'),
  live('annotate pod multi-container note-'),
  live(`patch pod multi-container -p '{"metadata":{"labels":{"x":"y"}}}'`),
  live(`patch pod multi-container -p '{"metadata":{"labels":{"x":"y"}}}'`, { note: 'again' }),
  live(`patch pod multi-container --type=merge -p '{"metadata":{"labels":{"z":"1"}}}'`),
  live('get pod multi-container --show-labels'),
  live(`patch pod multi-container --type=json -p '[{"op":"remove","path":"/metadata/labels/x"}]'`),
  live(`patch pod multi-container --type=json -p '[{"op":"test","path":"/metadata/labels/z","value":"2"}]'`),
  live(`patch pod multi-container --type=json -p '[{"op":"remove","path":"/metadata/labels/nosuch"}]'`),
  live(
    `patch pod multi-container -p '{"spec":{"containers":[{"name":"nginx","image":"busybox"}]}}' --dry-run=server`,
  ),
  live(`patch pod multi-container -p '{"spec":{"restartPolicy":"Never"}}'`, { rows: /^The Pod|^\* / }),
  live(`patch pod multi-container -p '{"metadata":{"name":"another"}}'`),
  apart(`patch pod multi-container -p '{not json'`, 'where JSON is broken is told in other words', {
    says: /BadRequest.*invalid/,
  }),
  live('apply -f labelled.yml'),
  live('get pod multi-container --show-labels', { note: 'applied' }),
  live('apply -f labelled.yml', { note: 'again' }),
  live('apply -f other-command.yml', { rows: /^The Pod|^\* / }),
  live('apply -f multi-container.yml', { note: 'labels taken back' }),
];

/** Pods that don't come up, and manifests that are refused. */
const mistakes: readonly Line[] = [
  live('apply -f bad-image.yml -f crash.yml -f pending.yml'),
  recorded('apply -f unknown-field.yml', modern),
  live('apply -f unknown-field.yml', old),
  recorded('apply -f wrong-type.yml', modern),
  live('apply -f wrong-type.yml', old),
  recorded('apply -f no-name.yml', modern),
  live('apply -f no-name.yml', old),
  live('create -f no-name.yml'),
  live('apply -f nosuch.yml'),
  live('apply -f -', { stdin: 'apiVersion: v1\nkind: Pod\n  metadata: {name: x}\n' }),
  live('apply -f nosuch-kind.yml'),
  live('apply -f nosuch-namespace.yml'),
  live('create -f no-containers.yml'),
  live('create -f bad-name.yml'),
  live('create -f same-names.yml'),
  live('create -f no-image.yml'),
  live('create -f bad-port.yml'),
  live('create -f bad-policy.yml'),
  live('create -f bad-image.yml'),
  live('create -f - --dry-run=server -o name', {
    stdin:
      '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"generated-"},"spec":{"containers":[]}}',
  }),
  live('create -f - -o jsonpath={.metadata.name} --dry-run=server', {
    stdin: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"given"}}',
  }),
  live('apply -f probed.yml -f two.yml -f no-config.yml'),
  live('wait --for=condition=Ready pod/two --timeout=60s'),
  live('get pod bad-image', { until: /ImagePullBackOff/ }),
  live('describe pod bad-image', { until: /Reason: +ImagePullBackOff/, unordered: true }),
  live('logs bad-image', { until: /trying and failing/ }),
  live('get pod crash', { until: /CrashLoopBackOff +2/ }),
  live('describe pod crash', { until: /CrashLoopBackOff[^]*Restart Count: +2/, unordered: true }),
  live('get pod crash -o jsonpath={.status.containerStatuses[0].state}', { until: /CrashLoopBackOff/ }),
  live('logs crash'),
  live('logs crash -p'),
  recorded('exec crash -- ls', modern),
  live('exec crash -- ls', old),
  live('get pod pending'),
  live('describe pod pending', { unordered: true }),
  recorded('get pod pending -o yaml'),
  live('logs pending'),
  live('exec pending -- ls'),
  live('wait --for=condition=Ready pod/pending --timeout=1s'),
  live('get pod probed', { until: /0\/1 +Running/ }),
  live('describe pod probed', { until: /Unhealthy/, unordered: true }),
  live('describe pod two', { unordered: true }),
  live('get pod no-config', { until: /CreateContainerConfigError/ }),
  live('describe pod no-config', { until: /CreateContainerConfigError/, unordered: true }),
  live('logs no-config'),
  live('get pods -o wide', { note: 'all sorts', rows: /^(NAME|pending|multi-container|probed|two)/ }),
  live('get pods --field-selector status.phase=Pending -o name'),
  live('run done --image=busybox --restart=Never -- echo hi'),
  live('get pod done', { until: /Completed/ }),
  live('describe pod done', { unordered: true }),
  live('logs done'),
  live('logs done --timestamps'),
  live('logs done -f'),
  live('logs done --limit-bytes=1'),
  live('logs done --since=1h --tail=5'),
  live('logs -l run=done'),
  live('logs done nosuch'),
  live('exec done -- ls'),
  live('run web --image=nginx --port=80 --labels=app=web,tier=front'),
  live('get pod web --show-labels', { until: /1\/1/ }),
  live('run web --image=nginx', { note: 'again' }),
];

const configMaps: readonly Line[] = [
  live('create configmap c --from-literal=a=b'),
  live('create configmap c --from-literal=a=b', { note: 'again' }),
  recorded('get cm c -o yaml'),
  live('get cm c'),
  live('describe cm c'),
  live(`patch cm c -p '{"data":{"a":null,"d":"e"}}'`),
  live('get cm c -o jsonpath={.data}'),
  live('delete cm c'),
  live('create serviceaccount robot'),
  live('delete sa robot'),
];

/** Without a Pod, so that nothing is used. */
const quotas: readonly Line[] = [
  live('create quota few --hard=pods=2'),
  live('create quota few --hard=pods=2', { note: 'again' }),
  live('get quota few', { until: /0\/2/ }),
  live('describe quota few'),
  live('describe ns $NS', { note: 'with a quota' }),
  live('get resourcequota few -o jsonpath={.status}'),
  live(`patch quota few -p '{"spec":{"hard":{"pods":"0"}}}'`),
  live('get quota', { until: /0\/0/ }),
  live('run late --image=nginx', { note: 'no Pod fits in' }),
  live('create -f multi-container.yml', { note: 'no Pod fits in' }),
  live('create quota cpu --hard=limits.cpu=1,requests.memory=1024Mi,count/pods=5'),
  live('get quota', { note: 'of each kind', until: /limits.cpu: 0/ }),
  live('describe quota'),
  live('run late --image=nginx', { note: 'without a limit' }),
  live('create quota bad --hard=foo=1'),
  live('create quota bad --hard=pods=-1'),
  live('create quota bad --hard=pods=1 --dry-run=server'),
  live('delete quota few cpu'),
  live('get quota', { note: 'none left' }),
  // A real cluster takes these, and would hold all that follows to them.
  apart('create quota scoped --hard=pods=1 --scopes=BestEffort --dry-run=server', 'scopes are not modelled', {
    ...modern,
    says: /the practice cluster does not model this/,
  }),
  apart('create quota ofServices --hard=services=1 --dry-run=server', 'Services are not modelled yet', {
    ...modern,
    says: /the practice cluster does not model this/,
  }),
];

const rights: readonly Line[] = [
  live('auth can-i create pods'),
  live('auth can-i create pods --as=nobody'),
  live('auth can-i get pods --subresource=log'),
  live('get pods --as=nobody'),
  live('get pods -A --as=nobody'),
  live('get node $NODE --as=nobody'),
  live('delete pod multi-container --as=nobody'),
  live('logs multi-container -c shell --as=nobody'),
  live('apply -f watched.yml --as=nobody'),
];

/** What a watch sees, and how things go. */
const going: readonly Line[] = [
  live('get pods watched -w', { note: 'before it is there' }),
  live('get pods -w --field-selector metadata.name=watched', {
    meanwhile: [
      'apply -f watched.yml',
      'wait --for=condition=Ready pod/watched --timeout=60s',
      'delete pod watched',
    ],
  }),
  live('delete pod pending --dry-run=client'),
  live('delete pod pending --dry-run=server'),
  live('delete pod bad-image pending no-config --grace-period=0 --force'),
  live('delete -f crash.yml'),
  live('delete -f crash.yml', { note: 'again' }),
  live('delete pod nosuch done'),
  live('delete pod nosuch --ignore-not-found'),
  live('delete pods -l app=none'),
  live('delete pods -l app=web --grace-period=1'),
  live('delete pod/multi-container cm/two --grace-period=2 --wait=false'),
  live('get pod multi-container', { note: 'going' }),
  live('wait --for=delete pod/multi-container --timeout=60s'),
  live('delete pod probed --now'),
  live('delete pods --all'),
  live('get pods', { note: 'none left' }),
];

const served =
  /^(NAME|configmaps|endpoints|events|namespaces|nodes|pods|resourcequotas|serviceaccounts|services) .*(v1|APIVERSION|APIGROUP)/;
const discovery: readonly Line[] = [
  live('api-versions', { rows: /^v1$/ }),
  live('api-resources --api-group=', { rows: served }),
  live('api-resources --namespaced=false -o name', { rows: /^(namespaces|nodes)$/ }),
  recorded('explain pod.spec.containers.image', modern),
  apart('explain pod.spec.containers.image', 'what Kubernetes says of it has changed since 1.20', {
    ...old,
    says: /FIELD: +image <string>[^]*Container image name\. More info:/,
  }),
  recorded('explain pod.nosuch', modern),
];

/** What does not need the Pods of the others: each in a namespace of its own, at the same time. */
export const chapters: readonly (readonly Line[])[] = [
  [
    ...before,
    ...quotas,
    ...pod,
    ...exec,
    ...logs,
    ...forwarding,
    ...changes,
    ...mistakes,
    ...sessions,
    ...configMaps,
    ...networkPolicies,
    ...debug,
    ...rights,
    ...going,
  ],
  services,
  [...workloads, ...discovery],
];

/** In the order typed: each line finds what those before it in its chapter left. */
export const lines: readonly Line[] = chapters.flat();

export function linesFor(kubectl: KubectlName, among = lines): Line[] {
  return among.filter((each) => each.kubectls?.includes(kubectl) ?? true);
}
