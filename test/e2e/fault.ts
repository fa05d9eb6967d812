import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';

/** Where a practice cluster takes faults; a real one is broken by a program. */
const PATH = '/k8snet-practice/faults';
const PRACTICE_ONLY = new Set(['reject', 'unreject']);
/** Milliseconds. A real cluster's routes take some seconds to come and go. */
const PATIENCE = 60_000;

const { env } = process;
const kubeconfig = env['E2E_KUBECONFIG'] ?? '';
/** The suite itself started the cluster under test. */
const isPractice = kubeconfig !== '' && kubeconfig === env['PARITY_PRACTICE_KUBECONFIG'];

/**
 * Why the network of the cluster under test can't be broken, for a test to be skipped; undefined where it can.
 *
 * @param name of the fault, where not every kind of cluster has it
 */
export function canFault(name?: string): string | undefined {
  if (isPractice) return undefined;
  if (env['E2E_FAULT'] === undefined || env['E2E_FAULT'] === '')
    return 'nothing is known to break this cluster; name a program in E2E_FAULT';
  if (name !== undefined && PRACTICE_ONLY.has(name)) return `only a practice cluster has the fault ${name}`;
  return undefined;
}

/**
 * Breaks the network of the cluster under test, or mends it, before it returns. Whoever breaks mends:
 * `afterAll(() => fault('heal'))`.
 *
 * @param words such as 'drop-route', '1', '2': nodes by their numbers. The faults of both kinds of cluster have the
 *   same words: masquerade-pods on|off, drop-route N M, restore-routes, cut-node N, heal-node N, heal
 * @throws {Error} with what the program said
 */
export async function fault(...words: string[]): Promise<void> {
  const reason = canFault(words[0]);
  if (reason !== undefined) throw new Error(reason);
  if (!isPractice) return run(env['E2E_FAULT']!, words, env, '');
  const kubectl = env['E2E_KUBECTL'] ?? 'kubectl';
  const args = ['--kubeconfig', kubeconfig, 'create', '--raw', PATH, '-f', '-'];
  await run(kubectl, args, { PATH: env['PATH'], HOME: tmpdir() }, JSON.stringify({ fault: words }));
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
