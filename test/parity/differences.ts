/**
 * Every way in which a masked answer of a real cluster may differ from the practice cluster's. The practice cluster
 * models Kubernetes 1.34; each difference says why the other one answers otherwise, and turns its answer into what 1.34
 * would say (or, of the practice cluster, into what a real one would). One that no longer changes any answer fails the
 * suite.
 */
export interface Difference {
  name: string;
  reason: string;
  /** Whose answers it mends. */
  of: readonly Side[];
  mend(text: string): string;
}

/** A live real cluster (1.20), a recording of 1.36, the practice cluster. */
export type Side = '1.20' | '1.36' | 'practice';

function difference(
  of: Side | readonly Side[],
  name: string,
  reason: string,
  ...changes: [RegExp, Replacement][]
): Difference {
  return {
    of: typeof of === 'string' ? [of] : of,
    name,
    reason,
    mend: (text) =>
      changes.reduce(
        (mended, [pattern, replacement]) =>
          typeof replacement === 'string'
            ? mended.replaceAll(pattern, replacement)
            : mended.replaceAll(pattern, replacement),
        text,
      ),
  };
}
type Replacement = string | ((match: string, ...groups: string[]) => string);

const projectedToken = `$1kube-api-access-RANDOM:
    Type: Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds: 3607
    ConfigMapName: kube-root-ca.crt
    ConfigMapOptional: <nil>
    DownwardAPI: true
`;

export const differences: readonly Difference[] = [
  difference(
    '1.20',
    'token-volume',
    'Until 1.21 a container’s token came from a Secret; since then it is projected.',
    [/^( {2})default-token-RANDOM:\n.*Type: .*\n.*SecretName: .*\n.*Optional: .*\n/gm, projectedToken],
    [/default-token-RANDOM \(ro\)/g, 'kube-api-access-RANDOM (ro)'],
  ),
  difference('1.20', 'token-secrets', 'Until 1.24 every ServiceAccount had a Secret with a token.', [
    /^(Mountable secrets|Tokens): default-token-RANDOM$/gm,
    '$1: <none>',
  ]),
  difference(
    '1.20',
    'ready-to-start-condition',
    'Since 1.29 a Pod has the condition PodReadyToStartContainers.',
    [
      /^( {2}Type Status\n)(?= {2}Initialized)/gm,
      (...found) => {
        const whole = found.at(-1) ?? '';
        return `${found[1]}  PodReadyToStartContainers ${/^Status: Succeeded$/m.test(whole) ? 'False' : 'True'}\n`;
      },
    ],
  ),
  difference('1.20', 'namespace-label', 'Since 1.21 a Namespace carries its name as a label.', [
    /^(Name: (NS\S*)\nLabels: )<none>$/gm,
    '$1kubernetes.io/metadata.name=$2',
  ]),
  difference(
    '1.20',
    'event-words',
    'Kubelet and scheduler word some events otherwise today: Created and BackOff name the container, Pulled the size.',
    [/Created container (\S+)$/gm, 'Created container: $1'],
    [/(Successfully pulled image ".*") in AGE$/gm, '$1 in AGE (AGE including waiting). Image size: N bytes.'],
    [
      /Back-off restarting failed container$/gm,
      (match, ...found) => {
        const pod = /^Name: (\S+)$/m.exec(found.at(-1) ?? '')?.[1] ?? '';
        return `${match} c in pod ${pod}_NS(UID)`;
      },
    ],
    [
      /(node\(s\) didn't match Pod's node affinity)\.$/gm,
      '$1/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    ],
  ),
  difference(
    '1.20',
    'docker-hub',
    'The practice cluster pulls from a Docker Hub of its own, which denies what is not there, as the real one does.',
    [
      /rpc error: code = NotFound desc = (failed to pull and unpack image "\S+": failed to resolve reference "\S+": )\S+: not found/g,
      '$1pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ],
  ),
  difference('1.20', 'runtime-errors', 'What runc says does not end in “unknown” any more.', [
    /(executable file not found in \$PATH): unknown$/gm,
    '$1',
  ]),
  difference(
    '1.20',
    'localhost-of-node',
    'The Nodes of that cluster have no IPv6 address for localhost, which is looked up there when a port is forwarded.',
    [
      /dial tcp6: address localhost: no suitable address found/g,
      'dial tcp6 [::1]:81: connect: connection refused',
    ],
  ),
  difference(
    '1.20',
    'last-restart',
    'Since 1.22 the number of restarts is followed by the age of the last one.',
    [/^(\S+ \d+\/\d+ [A-Z]\S* [1-9]\d*) AGE/gm, '$1 (AGE ago) AGE'],
  ),
  difference(
    '1.20',
    'go-values',
    'Since 1.33 a wrong value is shown as JSON, not as Go writes it.',
    [/map\[string\]string\(nil\)(?=: `selector`)/g, 'null'],
    [/v1\.LabelSelector\{MatchLabels:map\[string\]string\((nil)\), MatchExpressions:\S+\(nil\)\}/g, '{}'],
    [
      /v1\.LabelSelector\{MatchLabels:map\[string\]string(\{.*?\}), MatchExpressions:\S+\(nil\)\}/g,
      '{"matchLabels":$1}',
    ],
    [/map\[string\]string(\{".*?\})/g, '$1'],
    [/intstr\.IntOrString\{Type:0, IntVal:(\d+), StrVal:""\}/g, '$1'],
    [/intstr\.IntOrString\{Type:1, IntVal:0, StrVal:(".*?")\}/g, '$1'],
    [
      /apps\.DeploymentStrategy\{Type:(".*?"), RollingUpdate:\S+\(nil\)\}/g,
      '{"Type":$1,"RollingUpdate":null}',
    ],
  ),
  difference(
    '1.20',
    'template-creation',
    'Until 1.34 a Pod template had a creationTimestamp, which was null.',
    [/^ +creationTimestamp: null\n/gm, ''],
  ),
  difference(
    '1.20',
    'scaled-from',
    'Since 1.24 the event of a scaled ReplicaSet also tells what it was before.',
    [/(Scaled up replica set \S+) to (?=\d)/g, '$1 from 0 to '],
  ),
  difference('1.20', 'terminal-phase', 'Since 1.27 a deleted Pod reaches its last phase before it goes.', [
    /^(watched 0\/1) Terminating 0/gm,
    '$1 Completed 0',
  ]),
  difference(
    '1.20',
    'pod-updates',
    'What may be changed in a running Pod is listed otherwise, and is more, today.',
    [
      /`spec\.containers\[\*\]\.image`, `spec\.initContainers\[\*\]\.image`, `spec\.activeDeadlineSeconds` or `spec\.tolerations` \(only additions to existing tolerations\)/g,
      '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ],
  ),
  difference(
    '1.20',
    'kube-proxy-version',
    'Since 1.33 a Node does not tell it: the kubelet never knew it for certain.',
    [/^ {2}Kube-Proxy Version: VERSION$/gm, '  Kube-Proxy Version:'],
  ),
  difference(
    ['1.20', 'practice'],
    'node-events',
    'A Node’s events are about its boot, and forgotten after an hour.',
    [/^(Name: NODE\n[^]*\n)Events:[^]*$/g, '$1Events: <none>\n'],
  ),
  difference('1.20', 'cidr-words', 'What a CIDR must look like is told with examples today.', [
    /: not a valid CIDR$/gm,
    ': must be a valid CIDR value, (e.g. IP/24 or 2001:db8::/64)',
  ]),
  difference('1.20', 'selector-words', 'A selector that can’t be read is explained otherwise today.', [
    /expected: '=', '!=', '==', 'in', notin'/g,
    'expected: in, notin, =, ==, !=, gt, lt',
  ]),
  difference(
    '1.20',
    'table-columns',
    'Tables have the columns of 1.35 and later: no count of Secrets, the architecture beside the kernel; the age is last.',
    [/^NAME SECRETS AGE$/gm, 'NAME AGE'],
    [/^(serviceaccount\/default) \d AGE$/gm, '$1 AGE'],
    [/^NAME AGE REQUEST LIMIT$/gm, 'NAME REQUEST LIMIT AGE'],
    [/^(few|cpu) AGE (.*\d\/\d.*)$/gm, '$1 $2 AGE'],
    [/(?<=^(?:node\/)?NODE .*MACHINE) MACHINE(?= MACHINE$)/gm, ' MACHINE (amd64)'],
  ),
  difference(
    '1.36',
    'recording-cluster',
    'The cluster of the recordings has a second CA in every Namespace.',
    [
      /^[+ ]*- configMap:\n.*items:\n.*key: service-ca\.crt\n.*path: service-ca\.crt\n.*name: openshift-service-ca\.crt\n/gm,
      '',
    ],
    [/^openshift-service-ca\.crt .*\n/gm, ''],
  ),
  difference(
    '1.36',
    'pod-resources',
    'A Pod’s status tells the resources of the whole Pod since 1.35 or later.',
    [/^ {2}resources: \{\}\n(?= {2}startTime)/gm, ''],
  ),
  difference('practice', 'simulated', 'A practice cluster says so, in a label of its Nodes.', [
    /^ *k8snet-tutor\/simulated=true\n|,k8snet-tutor\/simulated=true/gm,
    '',
  ]),
  difference('practice', 'node-shell', 'Its Nodes name the image of their shell, in an annotation.', [
    /^(Annotations: )k8snet-tutor\/node-shell-image: \S+\n {12}/gm,
    '$1',
  ]),
  difference('practice', 'no-limit-ranges', 'The practice cluster has no limit ranges to describe.', [
    /^(Name: NS\n[^]*Status: Active\n\n(?:No resource quota\.|Resource Quotas)\n[^]*)$/g,
    '$1\nNo LimitRange resource.\n',
  ]),
  difference('1.20', 'quota-words', 'What a quota wants to be told is told for each container since 1.24.', [
    /must specify limits\.cpu,requests\.memory$/gm,
    'must specify limits.cpu for: late; requests.memory for: late',
  ]),
  difference(
    'practice',
    'cloud-nodes',
    'Nodes of the practice cluster are those of a cloud that sets their routes: external address, zone, who made them.',
    [/^ {2}ExternalIP: IP\n/gm, ''],
    [/^((?:node\/)?NODE Ready <none> AGE VERSION IP) IP /gm, '$1 <none> '],
    [/^ *topology\.kubernetes\.io\/\w+=\S+\n|,topology\.kubernetes\.io\/\w+=[\w-]+/gm, ''],
    [/^ProviderID: .*\n/gm, ''],
    [/^ {2}NetworkUnavailable False .*\n|\bNetworkUnavailable (?=MemoryPressure)/gm, ''],
  ),
];

/** The answer as Kubernetes 1.34 would give it; `used` collects the names of the differences that it took. */
export function mend(text: string, side: Side, used: Set<string>): string {
  return differences
    .filter((each) => each.of.includes(side))
    .reduce((mended, each) => {
      const next = each.mend(mended);
      if (next !== mended) used.add(each.name);
      return next;
    }, text);
}
