import type { ProbeResult } from '../../../network/stack.ts';
import { strerror } from '../../errno.ts';
import { type Applet, type Call, fail } from '../applet.ts';
import { Stopwatch } from '../curl/stopwatch.ts';
import { nameOf } from '../resolver.ts';
import { addressOf } from './address-of.ts';
import { milliseconds } from './ping.ts';

/** The first port that nobody should listen on. */
const FIRST_PORT = 33_434;
/** IP and UDP, or ICMP, and what busybox sends in them. */
const PACKET_BYTES = 46;

const ENDS: Partial<Record<string, string>> = { 'network-unreachable': ' !N', 'host-unreachable': ' !H' };

export const traceroute: Applet = {
  name: 'traceroute',
  usage: `traceroute [-46IFlnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]
	[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]
	[-z PAUSE_MSEC] HOST [BYTES]

Trace the route to HOST

	-4,-6	Force IP or IPv6 name resolution
	-F	Set don't fragment bit
	-I	Use ICMP ECHO instead of UDP datagrams
	-l	Display TTL value of the returned packet
	-n	Print numeric addresses
	-r	Bypass routing tables, send directly to HOST
	-v	Verbose
	-f N	First number of hops (default 1)
	-m N	Max number of hops
	-q N	Number of probes per hop (default 3)
	-p N	Base UDP port number used in probes
		(default 33434)
	-s IP	Source address
	-i IFACE Source interface
	-t N	Type-of-service in probe packets (default 0)
	-w SEC	Wait for a response (default 3)
	-z MSEC	Wait before each send`,
  options: { short: '46IFlnrvf:m:q:p:t:w:s:i:z:' },
  operands: { least: 1, most: 2 },
  async run(call) {
    const { options, process } = call;
    const number = async (letter: string, otherwise: number): Promise<number> => {
      const text = options.get(letter);
      if (text === undefined) return otherwise;
      return /^\d+$/.test(text) ? Number(text) : fail(call, `invalid number '${text}'`);
    };
    const [first, last] = [await number('f', 1), await number('m', 30)];
    const [probes, wait] = [await number('q', 3), await number('w', 3)];
    const port = await number('p', FIRST_PORT);
    const host = call.operands[0]!;
    const family = options.has('6') ? 6 : options.has('4') ? 4 : undefined;
    const address = await addressOf(call, host, { family });
    if (process.user.uid !== 0) return fail(call, 'socket(AF_INET,3,1): Operation not permitted');
    await process.print(
      `traceroute to ${host} (${address}), ${last} hops max, ${PACKET_BYTES} byte packets\n`,
    );
    const isEcho = options.has('I');
    let sequence = 0;
    for (let ttl = first; ttl <= last; ttl++) {
      await process.print(String(ttl).padStart(2));
      let shown = '';
      let isThere = false;
      let unreachable = 0;
      for (let probe = 0; probe < probes; probe++) {
        const result = process.machine.network.probe({
          kind: isEcho ? 'echo' : 'udp',
          address,
          id: isEcho ? process.pid : port + sequence,
          sequence: sequence++,
          ttl,
        });
        if (result.kind === 'unsent') await refuse(call);
        if (result.kind !== 'reply' && result.kind !== 'error') {
          await process.sleep(wait * 1000);
          await process.print('  *');
          continue;
        }
        const name = result.from === shown ? '' : `  ${nameText(call, result.from)}`;
        shown = result.from;
        const trip = new Stopwatch(process.machine).tick(40 * ttl);
        await process.print(`${name}  ${milliseconds(trip)} ms${endOf(result)}`);
        if (isEnd(result)) isThere = true;
        else if (endOf(result) !== '') unreachable++;
      }
      await process.print('\n');
      if (isThere || (unreachable > 0 && unreachable >= probes - 1)) break;
    }
    return 0;
  },
};

function refuse(call: Call): Promise<never> {
  const libc = call.suite.kind === 'busybox' ? call.suite.libc : 'glibc';
  return fail(call, `sendto: ${strerror('ENETUNREACH', libc)}`);
}

function isEnd(result: ProbeResult): boolean {
  return result.kind === 'reply' || (result.kind === 'error' && result.type === 'port-unreachable');
}

function endOf(result: ProbeResult): string {
  return result.kind === 'error' ? (ENDS[result.type] ?? '') : '';
}

function nameText({ process, options }: Call, address: string): string {
  if (options.has('n')) return address;
  return `${nameOf(process, address) ?? address} (${address})`;
}
