import type { Process } from '../../process.ts';
import { connect as open, SocketError } from '../../socket.ts';
import { command } from './command.ts';
import { lookUp } from './look-up.ts';

/** Tries one TCP connection, and tells in one word what became of it. */
export const connect = command({
  name: 'connect',
  usage: '[host:port]',
  summary: 'Attempts a TCP, UDP or SCTP connection and returns useful errors',
  operands: 1,
  flags: {
    protocol: {
      kind: 'string',
      otherwise: 'tcp',
      usage: 'The protocol to use to perform the connection, can be tcp, udp or sctp',
    },
    timeout: { kind: 'duration', otherwise: 0, usage: 'Maximum time before returning an error' },
  },
  async run(process, { protocol, timeout }, [destination = '']) {
    if (protocol === 'udp' || protocol === 'sctp')
      return say(process, `OTHER: ${protocol} is not modelled by the practice cluster`);
    if (protocol !== '' && protocol !== 'tcp') return say(process, `Unsupported protocol\n${protocol}`);
    const [, host, port = ''] = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(destination) ?? [];
    if (host === undefined) {
      const what = destination.includes(':') ? 'too many colons in address' : 'missing port in address';
      return say(process, `UNKNOWN: address ${destination}: ${what}`);
    }
    const target = lookUp(process, host, port);
    if (typeof target === 'string') return say(process, `DNS: ${target}`);
    try {
      const socket = await open(process, target.address, target.port, timeout > 0 ? timeout : Infinity);
      socket.close();
      return 0;
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      if (error.code === 'ETIMEDOUT') return say(process, 'TIMEOUT');
      if (error.code === 'ECONNREFUSED') return say(process, 'REFUSED');
      return say(process, `OTHER: dial tcp ${target.shown}: connect: ${error.message.toLowerCase()}`);
    }
  },
});

async function say(process: Process, line: string): Promise<number> {
  await process.complain(`${line}\n`);
  return 1;
}
