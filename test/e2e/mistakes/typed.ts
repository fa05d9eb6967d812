import { isPractice } from '../harness.ts';
import type { Lane } from './lane.ts';
import type { Mistake } from './mistake.ts';

const step = 'access-node-from-pod';
/** Adds the line that was typed. */
const why =
  (...line: string[]) =>
  (): string[] => ['why', 'curl', ...line];
const make = (lane: Lane): Promise<void> => lane.readyPod();

/** Lines that learners type. */
export const TYPED: Mistake[] = [
  {
    name: 'the variable is not set in this shell',
    step,
    run: why(':8000'),
    code: 'variable-empty',
    exit: 1,
    remedy: /NODE_IP=/,
    make,
  },
  {
    name: "a container's name, without a Service",
    step,
    run: why('nginx'),
    code: 'name-of-pod',
    exit: 1,
    remedy: /Service|curl localhost/,
    make,
  },
  {
    name: "a Node's name",
    step,
    run: async (lane) => ['why', 'curl', `${await lane.field('.spec.nodeName')}:8000`],
    code: 'name-of-node',
    exit: 1,
    remedy: /hostIP|address/,
    make,
  },
  {
    name: 'a typing error in the name',
    step,
    run: why('locahost'),
    code: 'name-unknown',
    exit: 1,
    remedy: /resolv|hosts/,
    make,
  },
  {
    name: "nobody's address",
    step,
    run: why('10.9.9.9'),
    code: 'address-unknown',
    exit: 1,
    remedy: /get pods|get nodes/,
    make,
  },
  {
    name: 'localhost, where the Node is meant',
    step,
    run: why('localhost:8000'),
    code: 'localhost-is-here',
    exit: 1,
    remedy: /Call Node .*:8000/,
    make,
  },
  {
    name: 'a wrong port of its own Pod',
    step: 'multiple-containers-jump-in',
    run: why('localhost:8080'),
    code: 'port-elsewhere',
    exit: 1,
    remedy: /80/,
    make,
  },
  {
    name: 'the address of another Node',
    step,
    run: async (lane) => ['why', 'curl', `${(await lane.otherNode()).address}:8000`],
    code: 'address-of-other',
    exit: 1,
    remedy: /Call Node .*:8000/,
    make,
  },
  {
    name: 'the address that the Pod had before it was made anew',
    step: 'access-pod-from-node',
    run: async (lane) => {
      const before = await lane.field('.status.podIP');
      await lane.learner.check('access-pod-from-node', '--allow-node-network');
      await lane.remove('multi-container');
      await lane.readyPod();
      return ['why', '--node', '--allow-node-network', 'curl', before];
    },
    code: 'address-gone',
    exit: 1,
    remedy: /podIP|get pod/,
    make,
  },
  {
    name: 'HTTP to a port that speaks HTTPS',
    step,
    run: async (lane) => ['why', 'curl', `${await lane.field('.status.hostIP')}:10250`],
    code: 'https-spoken',
    exit: 1,
    remedy: /https/,
    make,
    cannot: () => (isPractice ? 'the practice cluster has no port that speaks HTTPS' : undefined),
  },
  { name: 'the internet', step, run: why('example.com'), code: 'why-outside', exit: 2, remedy: /./, make },
  {
    name: 'a flag that writes files',
    step,
    run: why('--upload-file', 'x', 'localhost'),
    code: 'why-usage',
    exit: 2,
    remedy: /./,
  },
];
