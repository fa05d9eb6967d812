import { isPractice } from '../harness.ts';
import type { Lane } from './lane.ts';
import type { Mistake } from './mistake.ts';

const step = 'access-node-from-pod';
const check = 'server';
const allowed = (): string[] => ['check', '--step', step, '--allow-node-network'];
const node = (lane: Lane): Promise<string> => lane.field('.spec.nodeName');

/** Mistakes with the server on a Node. All in one lane: port 8000 of a Node is there once. */
export const NODES: Mistake[] = [
  {
    name: 'no server runs on the Node',
    step,
    check,
    run: allowed,
    code: 'node-port-closed',
    exit: 1,
    remedy: /Start it on Node/,
    make: (lane) => lane.readyPod(),
  },
  {
    name: 'the server runs on another Node',
    step,
    check,
    run: allowed,
    code: 'node-server-elsewhere',
    exit: 1,
    remedy: /shell --node/,
    make: async (lane) => {
      await lane.readyPod();
      await lane.serve((await lane.otherNode()).name);
    },
    undo: (lane) => lane.stop(),
  },
  {
    name: 'the server listens on another port',
    step,
    check,
    run: allowed,
    code: 'node-server-port',
    exit: 1,
    remedy: /8000/,
    make: async (lane) => {
      await lane.readyPod();
      await lane.serve(await node(lane), { port: 8080 });
    },
    undo: (lane) => lane.stop(),
  },
  {
    name: 'the server listens on 127.0.0.1 only',
    step,
    check,
    run: allowed,
    code: 'node-server-loopback',
    exit: 1,
    remedy: /all addresses|without/,
    make: async (lane) => {
      await lane.readyPod();
      await lane.serve(await node(lane), { on: '127.0.0.1' });
    },
    undo: (lane) => lane.stop(),
    cannot: () => (isPractice ? undefined : 'the nc of this cluster listens on all addresses (no -s)'),
  },
  {
    name: 'the server sends another file',
    step,
    check,
    run: allowed,
    code: 'node-serves-other',
    exit: 1,
    remedy: /k8snet-tutor page/,
    make: async (lane) => {
      await lane.readyPod();
      await lane.serve(await node(lane), { text: 'something-else' });
    },
    undo: (lane) => lane.stop(),
  },
  {
    name: 'nc has served once and ended',
    step,
    check,
    run: allowed,
    code: 'node-server-ended',
    exit: 1,
    remedy: /again/,
    make: async (lane) => {
      await lane.readyPod();
      await lane.serve(await node(lane));
      await lane.learner.tutor(...allowed());
    },
    undo: (lane) => lane.stop(),
  },
];
