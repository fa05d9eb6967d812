import { HelperPodFailure } from '../checks/context.ts';
import { refusalOf } from '../checks/helper-trouble.ts';
import { unreadyNode, type UnreadyNode } from '../checks/node-health.ts';
import { ApiError } from '../cluster/api.ts';
import { asProblem } from '../cluster/failure.ts';
import { listNodes } from '../cluster/node.ts';
import { findPod } from '../cluster/pod.ts';
import type { Step } from '../lesson/lesson.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { checkContext } from '../tutor/check-context.ts';
import { podOfStep } from '../tutor/step.ts';
import { kubectl, type Workshop } from '../tutor/workshop.ts';
import { nodeNetworkAllowed } from './consent.ts';
import type { Desk } from './desk.ts';
import { interact } from './interact.ts';

/**
 * `shell --node [NAME]`: a shell in a Node's own network, by a Pod there, after a yes. The Pod goes when the shell ends.
 *
 * @throws {Problem} node-unknown, node-network-declined, node-shell-failed, forbidden
 */
export async function openNodeShell(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  command: string[],
  wanted: string | true,
): Promise<number> {
  const { node, shell } = await openShellOn(desk, workshop, step, wanted, 'shell');
  const about = `Node ${node}, its network; the programs are those of Pod ${shell.pod}.`;
  return interact(desk, workshop, shell, command, about);
}

/**
 * A shell in a Node's own network, after a yes; whoever asks for it removes it.
 *
 * @param command whose option --node it is, for the yes on the command line
 * @throws {Problem} node-unknown, node-not-ready, node-network-declined, node-shell-failed, forbidden
 */
export async function openShellOn(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  wanted: string | true,
  command: 'shell' | 'why',
): Promise<{ node: string; shell: ContainerReference }> {
  try {
    const node = await chosenNode(workshop, step, wanted);
    const unready = await unreadyNode(checkContext(workshop), [node]);
    if (unready !== undefined) throw notReady(workshop, unready);
    if (!(await nodeNetworkAllowed(desk, workshop, true))) throw declined(node, command);
    const shell = await workshop.nodeShells.open(workshop, node);
    if (shell === undefined) throw declined(node, command);
    return { node, shell };
  } catch (error) {
    if (error instanceof HelperPodFailure) throw failed(error);
    if (error instanceof ApiError && refusalOf(error) !== undefined) throw notAdmitted(error, workshop);
    throw asProblem(error, workshop.api.connection.target, "open a shell in a Node's network");
  }
}

async function chosenNode(workshop: Workshop, step: Step, wanted: string | true): Promise<string> {
  const names = (await listNodes(workshop.api)).map((node) => node.metadata.name);
  if (wanted !== true) {
    if (names.includes(wanted)) return wanted;
    const near = nearest(wanted, names);
    throw new Problem({
      code: 'node-unknown',
      kind: 'usage',
      what: `The cluster has no Node ${wanted}${near === undefined ? '' : `; did you mean ${near}?`}`,
      next: [`Its Nodes: ${names.join(', ')}`],
    });
  }
  // The learner's own Pod first: that is the one the exercises are about.
  for (const name of new Set([podOfStep(step), 'multi-container'])) {
    const pod =
      name === undefined ? undefined : await findPod(workshop.api, workshop.session.namespace, name);
    if (pod?.spec.nodeName !== undefined) return pod.spec.nodeName;
  }
  const [first] = names.toSorted();
  if (first !== undefined) return first;
  throw new Problem({ code: 'node-unknown', kind: 'environment', what: 'The cluster has no Nodes' });
}

function declined(node: string, command: 'shell' | 'why'): Problem {
  return new Problem({
    code: 'node-network-declined',
    kind: 'environment',
    what: "A shell in a Node's network needs your yes",
    where: `Node ${node}`,
    next: [
      `Say yes on the command line: k8snet-tutor ${command} --node ${node} --allow-node-network`,
      'Have another way to the Node? The pages of the exercises list some.',
    ],
  });
}

function notReady(workshop: Workshop, { name, observed }: UnreadyNode): Problem {
  return new Problem({
    code: 'node-not-ready',
    kind: 'environment',
    what: `Node ${name} is not Ready, so no shell can be started there: ${observed}`,
    where: `Node ${name}`,
    next: [
      `What does the cluster say of it? ${kubectl(workshop, 'describe', 'node', name)}`,
      `Take another one: ${kubectl(workshop, 'get', 'nodes')}`,
    ],
  });
}

/** Whoever has the right to make Pods may still be refused this one. */
function notAdmitted(error: ApiError, workshop: Workshop): Problem {
  const code = refusalOf(error) ?? 'forbidden';
  const isQuota = code === 'quota-exhausted';
  return new Problem({
    code,
    kind: 'permission',
    what: isQuota
      ? `A quota leaves no room for the tutor's own Pod: ${error.message}`
      : `Pod Security lets no Pod into the network of a Node: ${error.message}`,
    where: `namespace ${workshop.session.namespace}`,
    next: isQuota
      ? [
          'Delete what is not needed any more, or ask for more room.',
          `What is used up? ${kubectl(workshop, 'describe', 'resourcequotas')}`,
        ]
      : [
          'Use a namespace with less strict rules, or the practice cluster: --practice',
          'Have another way to the Node? The pages of the exercises list some.',
        ],
    cause: error,
  });
}

function failed(error: HelperPodFailure): Problem {
  return new Problem({
    code: 'node-shell-failed',
    kind: 'environment',
    what: error.message,
    where: `Node ${error.node}`,
    next: ['Is the Node well? kubectl get nodes', 'Another image: k8snet-tutor start --image shell=IMAGE'],
    cause: error,
  });
}
