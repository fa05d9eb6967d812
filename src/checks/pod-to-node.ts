import { authorityOf, canonicalAddress } from '../cluster/address.ts';
import { detectNetwork } from '../cluster/network.ts';
import { listNodes } from '../cluster/node.ts';
import { type Pod, podAddresses } from '../cluster/pod.ts';
import { type Wiring, wiringOf } from '../cluster/wiring.ts';
import { ApiError } from '../cluster/api.ts';
import type { CheckOf } from '../lesson/check.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import { nodesAreHidden, ownersOf } from './address-owner.ts';
import { type ChosenNode, chooseNode } from './chosen-node.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { askKubeletPort } from './kubelet-port.ts';
import { whetherChanged } from './look-again.ts';
import { enterNode } from './node-entry.ts';
import { listeningSockets } from './listening-sockets.ts';
import { judgeAtNodes } from './node-health.ts';
import { listenerPort, NodeListener } from './node-listener.ts';
import { execFailed, type Probe, request } from './probe.ts';
import { finding, type Finding, lookUpPod, podSubject } from './target-pod.ts';
import type { Evidence } from './verdict.ts';

/**
 * A Pod calls a Node. With a shell there, a server of ours on the Node says whom it saw: the Pod, or an address of the Pod's
 * own Node, which is what networks promise. Without one the kubelet's port shows that the way is there, and no more.
 */
export async function checkPodToNode(check: CheckOf<'pod-to-node'>, context: CheckContext): Promise<Finding> {
  const [chosen, looked] = await Promise.all([
    chooseNode(context, check.to),
    lookUpPod(context, check.from.pod),
  ]);
  if ('finding' in looked) return looked.finding;
  if ('finding' in chosen) return chosen.finding;
  const { node } = chosen;
  return judgeAtNodes(context, [node.name, looked.pod.spec.nodeName], () =>
    callNode(check, context, node, looked.pod),
  );
}

async function callNode(
  check: CheckOf<'pod-to-node'>,
  context: CheckContext,
  node: ChosenNode,
  pod: Pod,
): Promise<Finding> {
  const wiring = await wiringHere(context);
  const expected = expectation(pod, node, wiring);
  const entry = await enterNode(context, node.name);
  if ('shell' in entry) {
    context.expecting(`${check.id}: Node ${node.name} will see ${expected}`);
    return byListener(context, check.from, { node, pod, wiring, expected }, entry.shell);
  }
  context.expecting(`${check.id}: Node ${node.name} answers`);
  const found = await askKubeletPort(context, check.from, pod, node, entry.without);
  return { ...found, evidence: [...entry.evidence, ...found.evidence] };
}

interface Call {
  node: ChosenNode;
  pod: Pod;
  wiring: Wiring;
  expected: string;
}

async function byListener(
  context: CheckContext,
  from: ContainerReference,
  call: Call,
  shell: ContainerReference,
): Promise<Finding> {
  const { node, pod } = call;
  const port = listenerPort(context.nonce());
  const listener = new NodeListener(context, shell, port);
  const command = context.kubectl(
    'exec',
    shell.pod,
    '-c',
    shell.container,
    '--',
    'nc',
    '-l',
    '-p',
    String(port),
  );
  const started = await listener.start();
  if (started.kind !== 'exit') return execFailed(context, shell, command, started);
  if (started.code !== 0)
    return finding('inconclusive', 'listener-failed', {
      subject: `Node ${node.name}`,
      observed: started.stderr.trim() || `nothing listened on port ${port} after 5 s`,
      expected: `a server of ours on port ${port} of Node ${node.name}`,
      evidence: [
        { source: 'exec', origin: context.origin, command, text: started.stderr.trim() || 'no answer' },
      ],
      details: { node: node.name, port: String(port) },
    });
  const sent = await request(context, from, {
    from: pod,
    to: undefined,
    server: `Node ${node.name}`,
    authority: authorityOf(node.address, port),
  });
  if ('finding' in sent) return sent.finding;
  const caller = await listener.caller();
  // It answers once: where somebody else was first, nobody listened any more.
  const taken = caller !== undefined && !caller.request.includes(sent.nonce);
  if (sent.result.kind !== 'answered' && !taken)
    return filtered(context, from, sent, call, await unanswered(context, from, sent, call, { port, shell }));
  if (sent.result.kind !== 'answered' || !sent.result.body.includes(listener.greeting))
    return finding('inconclusive', 'somebody-else', {
      subject: podSubject(context, from.pod),
      observed: sent.evidence[0]?.text ?? '',
      expected: `the answer of our own server on port ${port} of Node ${node.name}`,
      evidence: sent.evidence,
      details: { node: node.name, url: sent.url },
    });
  return judge(
    context,
    from,
    call,
    sent,
    caller?.request.includes(sent.nonce) === true ? caller.address : undefined,
    command,
  );
}

async function judge(
  context: CheckContext,
  from: ContainerReference,
  { node, pod, wiring, expected }: Call,
  sent: Probe,
  address: string | undefined,
  command: string,
): Promise<Finding> {
  const subject = podSubject(context, from.pod);
  if (address === undefined)
    return finding('inconclusive', 'caller-unseen', {
      subject,
      observed: 'the answer came, but our server on the Node could not tell from whom the request was',
      expected,
      evidence: sent.evidence,
      details: { node: node.name },
    });
  const own = podAddresses(pod).map(canonicalAddress).includes(address);
  const owners = own ? [] : await ownersOf(context, address, pod);
  const masked = owners.some((owner) => owner.node === pod.spec.nodeName);
  const evidence: Evidence[] = [
    ...sent.evidence,
    { source: 'exec', origin: context.origin, command, text: `the Node's kernel: connected with ${address}` },
  ];
  const details = {
    pod: from.pod,
    node: node.name,
    address,
    owner: owners.map(({ text }) => text).join(' and '),
    podNode: pod.spec.nodeName ?? '',
    url: sent.url,
  };
  const parts = { subject, expected, evidence, details };
  if (own)
    return finding('pass', 'node-saw-pod', {
      ...parts,
      observed: `Node ${node.name} saw ${address}, the Pod's own address: nobody rewrote it`,
    });
  if (masked)
    return finding('pass', 'node-saw-node', {
      ...parts,
      observed: `Node ${node.name} saw ${address}: ${details.owner} put its own address in the place of the Pod's. ${customary(wiring)}`,
    });
  if (owners.length === 0 && (await nodesAreHidden(context)))
    return finding('inconclusive', 'owner-hidden', {
      ...parts,
      observed: `Node ${node.name} saw ${address}, and whose address that is you may not read`,
    });
  const changed = await whetherChanged(context, [pod]);
  if (changed !== undefined) return changed;
  return finding('fail', 'source-unknown', {
    ...parts,
    observed: `Node ${node.name} saw ${address}${details.owner === '' ? '' : `, which is ${details.owner}`}`,
  });
}

function customary(wiring: Wiring): string {
  if (wiring.podToOtherNode === 'node') return `That is how it is meant to be here: ${wiring.why}`;
  if (wiring.podToOtherNode === 'either') return 'Many networks do that, and Kubernetes allows it.';
  return `Kubernetes allows it, though it is unusual here: ${wiring.why}`;
}

/** What is right, and what is to be expected, before anything is sent. */
function expectation(pod: Pod, node: ChosenNode, wiring: Wiring): string {
  const own = `${podAddresses(pod).join(' or ')} (the Pod)`;
  if (node.name === pod.spec.nodeName) return `${own}, or an address of its own`;
  const masked = `an address of Node ${pod.spec.nodeName}`;
  if (wiring.podToOtherNode === 'pod') return `${own}; ${masked} would be allowed as well`;
  if (wiring.podToOtherNode === 'node') return `${masked} (${wiring.why}); ${own} would be allowed as well`;
  return `${own} or ${masked}: both are common`;
}

async function wiringHere(context: CheckContext): Promise<Wiring> {
  try {
    const nodes = await listNodes(context.api);
    return wiringOf(await detectNetwork(context.api, nodes), nodes);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return wiringOf({ name: 'unknown', evidence: [] }, []);
  }
}

/** A policy would be named, and an empty answer has come through. */
const ON_THE_WAY = new Set(['connection-timeout', 'connection-unreachable', 'node-rejects']);

/** A firewall may let only some ports through: where the Node's own answers, the Pod does reach it. */
async function filtered(
  context: CheckContext,
  from: ContainerReference,
  sent: Probe,
  { node, pod }: Pick<Call, 'node' | 'pod'>,
  found: Finding,
): Promise<Finding> {
  if (!ON_THE_WAY.has(found.code)) return found;
  const answer = await askKubeletPort(context, from, pod, node, '');
  if (answer.outcome !== 'pass') return found;
  return finding('inconclusive', 'node-port-filtered', {
    subject: found.subject,
    observed: `${found.observed}; but ${answer.details['url']} answered`,
    expected: `a connection to Node ${node.name}`,
    evidence: [...found.evidence, ...answer.evidence],
    details: { pod: from.pod, node: node.name, url: sent.url, answering: answer.details['url'] ?? '' },
  });
}

/** Our server listened there: its own Node has said so. Where it still does, what keeps the Pod from it is on the way. */
async function unanswered(
  context: CheckContext,
  from: ContainerReference,
  sent: Probe,
  { node }: Pick<Call, 'node'>,
  { port, shell }: { port: number; shell: ContainerReference },
): Promise<Finding> {
  const { result } = sent;
  if (result.kind !== 'refused') return connectionFailed(context, from, sent);
  const listening = await listeningSockets(context, shell);
  const evidence = [...sent.evidence, ...(listening === undefined ? [] : [listening.evidence])];
  if (listening?.sockets.some((each) => each.port === port) !== true)
    return finding('inconclusive', 'listener-failed', {
      subject: `Node ${node.name}`,
      observed: `${result.message}; our server on port ${port} was there, and it had ended when it was called`,
      expected: `a server of ours on port ${port} of Node ${node.name}`,
      evidence,
      details: { node: node.name, port: String(port) },
    });
  return finding('fail', 'node-rejects', {
    subject: podSubject(context, from.pod),
    observed: `${result.message}; but a server listens on port ${port} of Node ${node.name}`,
    expected: `a connection to Node ${node.name}`,
    evidence,
    details: { pod: from.pod, node: node.name, url: sent.url },
  });
}
