import { procNetAddress } from '../cluster/address.ts';
import { execScript, type ExecOutcome } from '../cluster/exec.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { CheckContext } from './context.ts';

/** Seconds that the server waits to be called; then it ends by itself. */
const PATIENCE = 30;
const EXEC_TIMEOUT = 20_000;
/** Tenths of a second that it may take to listen. */
const LISTEN_TRIES = 50;

/** Above what clusters give out to Services (30000-32767) and clients (from 32768) nothing is safe; below there is room. */
const LOWEST_PORT = 20_000;
const PORTS = 9_000;

/** A port for a server of ours. */
export function listenerPort(nonce: string): number {
  const digits = nonce.replace(/[^0-9]/g, '').slice(0, 6) || '0';
  return LOWEST_PORT + (Number.parseInt(digits, 10) % PORTS);
}

/** Whether a server of ours, or of another learner's tutor, may be there, which answers once and then is gone. */
export function isListenerPort(port: number): boolean {
  return port >= LOWEST_PORT && port < LOWEST_PORT + PORTS;
}

/** What the server saw of its one caller. */
export interface Caller {
  /** The request as it arrived. */
  request: string;
  /** The address at the other end of its connection, as the Node's kernel has it; undefined when it did not look in time. */
  address: string | undefined;
}

/**
 * A server of ours on a Node that answers once. It holds its last byte back until the kernel has said, in /proc/net/tcp, who is
 * at the other end: no log of a server is needed, and no privilege.
 */
export class NodeListener {
  readonly port: number;
  /** What it answers: a line with a nonce. */
  readonly greeting: string;
  private readonly context: CheckContext;
  private readonly shell: ContainerReference;
  private readonly folder: string;

  /** @param shell a container in the Node's network @param port above 1023 */
  constructor(context: CheckContext, shell: ContainerReference, port: number) {
    this.context = context;
    this.shell = shell;
    this.port = port;
    const nonce = context.nonce();
    this.greeting = `k8snet-tutor ${nonce}`;
    this.folder = `/tmp/k8snet-${nonce}`;
  }

  /** Starts it; exit code 0 once the kernel says that it listens. */
  start(): Promise<ExecOutcome> {
    const { folder, greeting, port } = this;
    const head = `HTTP/1.0 200 OK\\r\\nContent-Length: ${greeting.length + 1}\\r\\n\\r\\n`;
    return this.run(
      [
        // Tried again after a lost answer, it is there already.
        `[ -d ${folder} ] || {`,
        `mkdir ${folder} || exit 1`,
        `( { printf '${head}${greeting}'`,
        `  i=0; until ${peers(port)} > ${folder}/peers; do`,
        `    i=$((i+1)); [ $i -lt ${PATIENCE * 10} ] || break; sleep 0.1`,
        `  done; printf '\\n'`,
        `} | timeout ${PATIENCE} nc -l -p ${port} > ${folder}/request 2> ${folder}/trouble ) < /dev/null > /dev/null 2>&1 &`,
        `}`,
        `i=0; until grep -q '${socketRow(port, '0A')}' /proc/net/tcp /proc/net/tcp6 2> /dev/null; do`,
        `  i=$((i+1)); [ $i -lt ${LISTEN_TRIES} ] || { cat ${folder}/trouble >&2; exit 1; }; sleep 0.1`,
        `done`,
      ].join('\n'),
    );
  }

  /** What it saw; undefined when nobody called, or it can't be read. */
  async caller(): Promise<Caller | undefined> {
    const { folder } = this;
    const outcome = await this.run(`cat ${folder}/peers; echo ---; cat ${folder}/request; rm -r ${folder}`);
    if (outcome.kind !== 'exit') return undefined;
    const [rows = '', request = ''] = outcome.stdout.split('---\n');
    if (request.trim() === '') return undefined;
    return { request, address: peerAddress(rows) };
  }

  private run(script: string): Promise<ExecOutcome> {
    const { context, shell } = this;
    const target = { namespace: context.namespace, ...shell };
    return execScript(context.api, target, script, context.nonce, EXEC_TIMEOUT);
  }
}

/** A line of /proc/net/tcp for this port, in this state: see proc_net_tcp.txt of the kernel. 01 established, 0A listening. */
export function socketRow(port: number, state: '01' | '0A'): string {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  return `^ *[0-9]*: [0-9A-F]*:${hexadecimal} [0-9A-F]*:[0-9A-F]* ${state} `;
}

function peers(port: number): string {
  return `cat /proc/net/tcp /proc/net/tcp6 2> /dev/null | grep '${socketRow(port, '01')}'`;
}

/** The one address at the other end; undefined where there is none, or more than one. */
export function peerAddress(rows: string): string | undefined {
  const addresses = [...rows.matchAll(/^ *\d+: [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]+):[0-9A-F]{4} 01 /gm)].map(
    (each) => procNetAddress(each[1]!),
  );
  return new Set(addresses).size === 1 ? addresses[0] : undefined;
}
