import { updateSession } from '../tutor/session.ts';
import type { Workshop } from '../tutor/workshop.ts';
import type { Desk } from './desk.ts';

/**
 * Whether Pods of the tutor's may be put into the network of Nodes. A cluster that offers it, and --allow-node-network,
 * are a yes; otherwise the learner is asked, once, where there is a terminal.
 *
 * @param ask false where it only makes the evidence stronger
 */
export async function nodeNetworkAllowed(desk: Desk, workshop: Workshop, ask: boolean): Promise<boolean> {
  const { options, runtime, output } = desk;
  if (await workshop.nodeShells.isOffered(workshop)) return true;
  if (options.allowNodeNetwork === true) return remember(workshop, true);
  const known = workshop.session.nodeNetwork;
  if (known === true || (known === false && !ask)) return known;
  if (!runtime.interactive || workshop.session.mode === 'demonstration') return false;
  output.say(
    "This wants a shell in a Node's own network. The tutor can make one: a small Pod with hostNetwork, not privileged and not root, in the lesson's namespace, which is deleted when it is done.",
    'Without it the tutor uses weaker evidence, by the kubelet, or a shell that you have on the Node yourself.',
  );
  return remember(workshop, await runtime.prompter.confirm('May it?'));
}

function remember(workshop: Workshop, allowed: boolean): boolean {
  workshop.session = updateSession(workshop.folder, (session) => {
    session.nodeNetwork = allowed;
  });
  return allowed;
}
