import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfig, kubectl, viewerKubeconfig } from '../harness.ts';
import type { Lane } from './lane.ts';
import type { Mistake } from './mistake.ts';

const step = 'introduction';

/** Mistakes with the command line, rights and the cluster itself. Those in a lane of their own may end its session. */
export const COMMANDS: Mistake[] = [
  {
    name: 'a typing error in the page',
    step,
    run: () => ['check', '--step', 'multiple-containers-creat'],
    code: 'step-unknown',
    exit: 2,
    remedy: /multiple-containers-create/,
  },
  {
    name: 'a typing error in the lesson',
    step,
    run: () => ['start', 'netwroking', '--no-prompt'],
    code: 'lesson-unknown',
    exit: 2,
    remedy: /networking/,
  },
  {
    name: 'a typing error in the context',
    step,
    run: () => ['check', '--context', 'no-such-context'],
    code: 'context-unknown',
    exit: 2,
    remedy: /Contexts: /,
  },
  {
    name: 'a kubeconfig that is not there',
    step,
    run: () => ['check', '--kubeconfig', '/nowhere/config'],
    code: 'kubeconfig-missing',
    exit: 2,
    remedy: /./,
  },
  {
    name: 'a container that no manifest has',
    step,
    run: () => ['start', 'networking', '--no-prompt', '--image', 'shel=curl'],
    code: 'image-unmatched',
    exit: 2,
    remedy: /shell/,
  },
  {
    name: 'a Node that is not there',
    step: 'access-node-from-pod',
    run: () => ['shell', '--node', 'no-such-node', '--allow-node-network', '--', 'true'],
    code: 'node-unknown',
    exit: 2,
    remedy: /./,
  },
  {
    name: 'another namespace than that of the lesson',
    step,
    run: () => ['start', 'networking', '--no-prompt', '--namespace', 'default'],
    code: 'other-namespace',
    exit: 2,
    remedy: /leave --namespace out/,
  },
  {
    name: 'a Pod of the same name is there already',
    step: 'pod',
    run: () => ['next'],
    code: 'object-exists',
    exit: 3,
    remedy: /delete pod observer-a/,
    make: async (lane) => {
      await lane.pod({ name: 'observer-a' });
      lane.turnTo('node');
    },
  },
  {
    name: 'an expired token',
    step,
    run: async (lane) => [
      'check',
      '--step',
      'pod',
      '--kubeconfig',
      await withUser(lane, { token: 'expired' }),
    ],
    code: 'unauthorized',
    exit: 3,
    remedy: /log in again/,
  },
  {
    name: 'a cluster that does not answer',
    step,
    run: async (lane) => [
      'check',
      '--step',
      'pod',
      '--kubeconfig',
      await withServer(lane, 'https://127.0.0.1:9'),
    ],
    code: 'server-unreachable',
    exit: 3,
    remedy: /Is the cluster running/,
  },
  {
    name: 'the namespace is deleted under the lesson',
    step: 'multiple-containers-create',
    code: 'namespace-missing',
    exit: 3,
    remedy: /create namespace/,
    make: (lane) => kubectl('delete', 'namespace', lane.namespace, '--wait=true'),
  },
];

/** Those of somebody who has not begun. */
export const BEGINNING: Mistake[] = [
  {
    name: 'check before start',
    step,
    run: () => ['check'],
    code: 'session-none',
    exit: 2,
    remedy: /k8snet-tutor start/,
  },
  {
    name: 'a namespace that is not there',
    step,
    run: () => [
      'start',
      'networking',
      '--no-prompt',
      '--namespace',
      'k8snet-e2e-no-such',
      '--kubeconfig',
      kubeconfig,
    ],
    code: 'namespace-missing',
    exit: 3,
    remedy: /create namespace k8snet-e2e-no-such/,
  },
  {
    name: 'no right to make a namespace',
    step,
    run: () => ['start', 'networking', '--no-prompt', '--kubeconfig', viewerKubeconfig],
    code: 'forbidden',
    exit: 4,
    remedy: /--namespace/,
    cannot: () => (viewerKubeconfig === '' ? 'no kubeconfig of a user who may only look' : undefined),
  },
];

type Config = { users: { user: object }[]; clusters: { cluster: { server: string } }[] };

async function changed(lane: Lane, change: (config: Config) => void): Promise<string> {
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '-o', 'json')) as Config;
  change(config);
  const file = join(lane.learner.state, 'changed-config');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

function withUser(lane: Lane, user: object): Promise<string> {
  return changed(lane, (config) => void (config.users[0]!.user = user));
}

function withServer(lane: Lane, server: string): Promise<string> {
  return changed(lane, (config) => void (config.clusters[0]!.cluster.server = server));
}
