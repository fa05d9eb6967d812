import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isPractice, kubeconfig, pause } from './harness.ts';

/** Where a practice cluster takes faults; a real one is broken by a program. */
const PATH = '/k8snet-practice/faults';
/** Milliseconds. A real cluster's routes take some seconds to come and go. */
const PATIENCE = 60_000;

const { env } = process;

/** Why the network of the cluster under test can't be broken, for a test to be skipped; undefined where it can. */
export function canFault(): string | undefined {
  if (isPractice) return undefined;
  if (env['E2E_FAULT'] === undefined || env['E2E_FAULT'] === '')
    return 'nothing is known to break this cluster; name a program in E2E_FAULT';
  return undefined;
}

/**
 * Breaks the network of the cluster under test, or mends it, before it returns. Whoever breaks mends:
 * `afterAll(() => fault('heal'))`.
 *
 * @param words such as 'drop-route', '1', '2': nodes by their numbers. The faults of both kinds of cluster have the
 *   same words: masquerade-pods on|off, drop-route N M, restore-routes, cut-node N, heal-node N, kill-node N, start-node N,
 *   restart-apiserver, stop-apiserver SECONDS, reject N, unreject N, heal; pull-limit on|off only the practice cluster has. `heal` waits for an API server that is away.
 * @throws {Error} with what the program said
 */
export async function fault(...words: string[]): Promise<void> {
  const reason = canFault();
  if (reason !== undefined) throw new Error(reason);
  const [name, node] = words;
  if (name === 'heal') await returning;
  if (name === 'stop-apiserver') returning = away(Number(node) * 1000);
  if (!isPractice && (name === 'reject' || name === 'unreject')) return reject(name, node!);
  if (!isPractice && name === 'stop-apiserver') return run(env['E2E_FAULT']!, [name], env, '');
  if (!isPractice) return run(env['E2E_FAULT']!, words, env, '');
  // An API server that was told to restart a moment ago may not be back yet.
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await tellPractice(words);
    } catch (error) {
      if (name !== 'heal' || !/refused|reset|EOF/.test(String(error)) || Date.now() > deadline) throw error;
      await pause(200);
    }
  }
}

function tellPractice(words: string[]): Promise<void> {
  const kubectl = env['E2E_KUBECTL'] ?? 'kubectl';
  const args = ['--kubeconfig', kubeconfig, 'create', '--raw', PATH, '-f', '-'];
  return run(kubectl, args, { PATH: env['PATH'], HOME: tmpdir() }, JSON.stringify({ fault: words }));
}

/** Resolves when an API server that was stopped is there again. */
let returning: Promise<void> = Promise.resolve();

/** The practice cluster's comes back by itself; the real one's is started again. */
async function away(milliseconds: number): Promise<void> {
  await pause(milliseconds);
  if (!isPractice) await run(env['E2E_FAULT']!, ['start-apiserver'], env, '');
}

/** New connections from Pods, and from other Nodes that put their own address on them; not from the API server (.10). */
const CALLERS = [
  ['-s', '10.210.0.0/16'],
  ['-m', 'iprange', '--src-range', '172.31.240.11-172.31.240.19'],
];

/** The real cluster's program has no such fault; its neighbour runs commands in a Node. */
async function reject(name: 'reject' | 'unreject', node: string): Promise<void> {
  const program = join(dirname(env['E2E_FAULT']!), 'node');
  const rule = [
    '-p',
    'tcp',
    '-m',
    'conntrack',
    '--ctstate',
    'NEW',
    '-j',
    'REJECT',
    '--reject-with',
    'tcp-reset',
  ];
  for (const callers of CALLERS) {
    const action = name === 'reject' ? '-I' : '-D';
    await run(program, [node, 'iptables', '-w', action, 'INPUT', ...callers, ...rule], env, '');
  }
}

function run(program: string, args: string[], environment: NodeJS.ProcessEnv, input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { env: environment, timeout: PATIENCE };
    const child = execFile(program, args, options, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${program} ${args.join(' ')}: ${stderr || error.message}`));
    });
    // A program that ends without reading what it is told has said why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
