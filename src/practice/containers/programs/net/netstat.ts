import type { SocketAddress } from '../../../network/connection.ts';
import type { RouteView, SocketView } from '../../../network/stack.ts';
import type { Applet, Call } from '../applet.ts';
import { mask } from './ifconfig.ts';

const STATES: Record<SocketView['state'], string> = {
  LISTEN: 'LISTEN',
  ESTAB: 'ESTABLISHED',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  'FIN-WAIT': 'FIN_WAIT2',
  'LAST-ACK': 'LAST_ACK',
};

export const netstat: Applet = {
  name: 'netstat',
  usage: `netstat [-ral] [-tuwx] [-enWp]

Display networking information

	-r	Routing table
	-a	All sockets
	-l	Listening sockets
		Else: connected sockets
	-t	TCP sockets
	-u	UDP sockets
	-w	Raw sockets
	-x	Unix sockets
		Else: all socket types
	-e	Other/more information
	-n	Don't resolve names
	-W	Wide display
	-p	Show PID/program name for sockets`,
  options: { short: 'raltuwxenWp' },
  operands: { most: 0 },
  async run(call) {
    const { options, process } = call;
    if (options.has('r'))
      return routes(call, 'MSS Window  irtt', (flags) => `${flags.padEnd(7)}   0 0          0`);
    const which = options.has('a')
      ? 'servers and established'
      : options.has('l')
        ? 'only servers'
        : 'w/o servers';
    const owner = options.has('p') ? await owners(call) : undefined;
    await process.print(`Active Internet connections (${which})\n`);
    await process.print(
      `Proto Recv-Q Send-Q Local Address           Foreign Address         State       ${owner === undefined ? '' : 'PID/Program name    '}\n`,
    );
    if (options.has('u') && !options.has('t')) return 0;
    for (const { state, local, remote } of process.machine.network.sockets()) {
      const isListening = state === 'LISTEN';
      if (!options.has('a') && isListening !== options.has('l')) continue;
      const foreign = isListening ? `${local.address.includes(':') ? '::' : '0.0.0.0'}:*` : endpoint(remote);
      const columns = [endpoint(local).padEnd(23), foreign.padEnd(23), STATES[state].padEnd(12)];
      const program = owner?.({ local, remote: isListening ? undefined : remote }) ?? '';
      await process.print(`tcp        0      0 ${columns.join(' ')}${program}\n`);
    }
    return 0;
  },
};

/** Tells whose a socket is, as far as this process may see others of its container. */
async function owners({ process, suite }: Call): Promise<(socket: Ends) => string> {
  const isRoot = process.user.uid === 0;
  if (!isRoot) await process.complain('netstat: showing only processes with your user ID\n');
  const known = new Map<string, string>();
  for (const each of process.machine.processes.list()) {
    if (!isRoot && each.user.uid !== process.user.uid) continue;
    const hasOwnTitle = each.title !== each.argv.join(' ');
    const title = hasOwnTitle ? each.title : (each.argv[0] ?? '');
    const name = `${each.pid}/${title.replace(/^.*\//, '')}`;
    for (const socket of each.sockets) if (!known.has(key(socket))) known.set(key(socket), name);
  }
  const shown = (name: string): string =>
    suite.kind === 'busybox' ? name.slice(0, 20) : `${name.slice(0, 19).padEnd(19)} `;
  return (socket) => shown(known.get(key(socket)) ?? '-');
}

interface Ends {
  local: SocketAddress;
  remote?: SocketAddress | undefined;
}

function key({ local, remote }: Ends): string {
  return remote === undefined ? endpoint(local) : `${endpoint(local)} ${endpoint(remote)}`;
}

function endpoint({ address, port }: SocketAddress): string {
  return `${address}:${port}`;
}

export const route: Applet = {
  name: 'route',
  usage: `route [{add|del|delete}]

Edit kernel routing tables

	-n	Don't resolve names
	-e	Display other/more information
	-A inet{6}	Select address family`,
  options: { short: 'neA:' },
  run: (call) =>
    routes(
      call,
      'Metric Ref    Use',
      (flags, metric) => `${flags.padEnd(5)} ${String(metric).padEnd(6)} 0        0`,
    ),
};

async function routes(
  call: Call,
  titles: string,
  columns: (flags: string, metric: number) => string,
): Promise<number> {
  const { process } = call;
  const gap = titles.startsWith('MSS') ? 'Flags   ' : 'Flags ';
  await process.print('Kernel IP routing table\n');
  await process.print(`Destination     Gateway         Genmask         ${gap}${titles} Iface\n`);
  for (const each of process.machine.network.routes(4)) {
    const { address, length } = split(each);
    const flags = `U${each.via === undefined ? '' : 'G'}${length === 32 ? 'H' : ''}`;
    const place = [address, each.via ?? '0.0.0.0', mask(length)].map((cell) => cell.padEnd(15)).join(' ');
    await process.print(`${place} ${columns(flags, each.metric ?? 0)} ${each.device}\n`);
  }
  return 0;
}

function split({ destination }: RouteView): { address: string; length: number } {
  if (destination === 'default') return { address: '0.0.0.0', length: 0 };
  const [address = '', length = '32'] = destination.split('/');
  return { address, length: Number(length) };
}
