import { execScript } from '../cluster/exec.ts';
import { type Pod, podsSeen } from '../cluster/pod.ts';
import type { CheckContext } from './context.ts';
import { readListening } from './listening-sockets.ts';
import { isRunning } from './target-pod.ts';
import type { Evidence } from './verdict.ts';

/** A server that somebody runs in a shell of the lesson's namespace on a Node. */
export interface OwnServer {
  node: string;
  port: number;
  evidence: Evidence;
}

const EXEC_TIMEOUT = 10_000;

/** A script of ours that looks on, and what keeps the shell's Pod there. */
const NO_SERVER = /^(sh -c m=|sleep |ps |COMMAND$|CMD$)/;

/**
 * The servers in shells on Nodes: ports that a program there names, and on which its Node listens. They are looked at and not
 * called: many such servers answer once, and in a class somebody else's looks the same from outside. One that was not
 * started in a Pod of this namespace is not found.
 */
export async function ownServers(context: CheckContext): Promise<OwnServer[]> {
  const shells = (await podsSeen(context.api, context.namespace)).filter(
    // Where a container sees all processes of its Node, nobody knows whose they are.
    ({ spec }) => spec.hostNetwork === true && spec.hostPID !== true,
  );
  return (await Promise.all(shells.map((pod) => serversIn(context, pod)))).flat();
}

async function serversIn(context: CheckContext, pod: Pod): Promise<OwnServer[]> {
  const container = pod.spec.containers.find(({ name }) => isRunning(pod, name))?.name;
  if (container === undefined) return [];
  const mark = context.nonce();
  const script = `cat /proc/net/tcp || exit $?; cat /proc/net/tcp6 2> /dev/null; echo ${mark}; ps -e -o args`;
  const target = { namespace: context.namespace, pod: pod.metadata.name, container };
  const outcome = await execScript(context.api, target, script, context.nonce, EXEC_TIMEOUT);
  if (outcome.kind !== 'exit' || outcome.code !== 0) return [];
  const [tables = '', programs = ''] = outcome.stdout.split(`${mark}\n`);
  const open = new Set(readListening(tables).map(({ port }) => port));
  const command = context.kubectl('exec', target.pod, '-c', container, '--', 'ps', '-e', '-o', 'args');
  const servers = programs
    .split('\n')
    .filter((line) => !NO_SERVER.test(line))
    .flatMap((program) => numbersIn(program).map((port) => ({ program, port })))
    .filter(({ port }) => open.has(port));
  // A shell's line and the program that it started name one port.
  const byPort = new Map(servers.map(({ program, port }) => [port, program]));
  return [...byPort].map(([port, program]) => ({
    node: pod.spec.nodeName ?? '',
    port,
    evidence: {
      source: 'exec',
      origin: context.origin,
      command,
      text: `${program.trim()}: port ${port} is open`,
    },
  }));
}

/** Whole numbers that may be ports: of `nc -l -p 8000`, `:8000`, `http.server 8000`; not the parts of an address. */
function numbersIn(program: string): number[] {
  return [...program.matchAll(/(?<![\w.])\d{1,5}(?![\w.])/g)].map(([digits]) => Number(digits));
}
