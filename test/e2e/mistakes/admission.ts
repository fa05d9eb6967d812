import { serverMinor } from '../harness.ts';
import type { Lane } from './lane.ts';
import type { Mistake } from './mistake.ts';

const minor = await serverMinor();
const inside = 'access-pod-from-node';

/** What the API server lets nobody make in a namespace. In a lane of its own: it holds for everything there. */
export const ADMISSION: Mistake[] = [
  {
    name: 'a quota that leaves no room for the Pod',
    step: 'multiple-containers-create',
    check: 'pod',
    code: 'quota-full',
    exit: 4,
    remedy: /describe resourcequota/,
    make: (lane) => lane.quota({ pods: '0' }),
    undo: noQuota,
  },
  {
    name: "a quota that leaves no room for the tutor's own Pods",
    step: 'pod',
    run: enterPod,
    code: 'quota-exhausted',
    exit: 4,
    remedy: /--namespace NAME/,
    make: (lane) => lane.quota({ pods: '0' }),
    undo: noQuota,
  },
  {
    name: 'Pod Security lets no Pod on a Node’s network ask',
    step: inside,
    check: 'own-node',
    run: () => ['check', '--step', inside, '--allow-node-network'],
    code: 'pod-security',
    exit: 4,
    remedy: /less strict rules/,
    make: (lane) => underSecurity(lane, 'baseline'),
    undo: (lane) => lane.security('privileged'),
    cannot: noPodSecurity,
  },
  {
    name: "Pod Security lets the tutor's own Pods not in",
    step: 'pod',
    run: enterPod,
    code: 'pod-security',
    exit: 4,
    remedy: /--namespace NAME/,
    make: (lane) => lane.security('restricted'),
    undo: (lane) => lane.security('privileged'),
    cannot: noPodSecurity,
  },
];

function enterPod(lane: Lane): string[] {
  lane.turnTo('node');
  return ['next'];
}

async function underSecurity(lane: Lane, level: string): Promise<void> {
  await lane.readyPod();
  await lane.security(level);
}

function noQuota(lane: Lane): Promise<unknown> {
  return lane.try('delete', 'resourcequota', 'few-pods');
}

/** On by default since 1.23. */
function noPodSecurity(): string | undefined {
  return minor === undefined || minor >= 23 ? undefined : `Kubernetes 1.${minor} has no Pod Security`;
}
