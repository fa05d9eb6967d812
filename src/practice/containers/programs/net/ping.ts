import { strerror } from '../../errno.ts';
import { type Applet, type Call, fail } from '../applet.ts';
import { Stopwatch } from '../curl/stopwatch.ts';
import { addressOf } from './address-of.ts';

/** ICMP's header. */
const HEADER = 8;
/** How long the last question waits for its answer when none was answered, and when some were. */
const PATIENCE_S = 10;
const SHORT_PATIENCE_MS = 1000;

export const ping: Applet = {
  name: 'ping',
  usage: `ping [OPTIONS] HOST

Send ICMP ECHO_REQUESTs to HOST

	-4,-6		Force IP or IPv6 name resolution
	-c CNT		Send only CNT pings
	-s SIZE		Send SIZE data bytes in packets (default 56)
	-i SECS		Interval
	-A		Ping as soon as reply is received
	-t TTL		Set TTL
	-I IFACE/IP	Source interface or IP address
	-W SEC		Seconds to wait for the first response (default 10)
			(after all -c CNT packets are sent)
	-w SEC		Seconds until ping exits (default:infinite)
			(can exit earlier with -c CNT)
	-q		Quiet, only display output at start/finish
	-p HEXBYTE	Payload pattern`,
  options: { short: '46qvAc:s:t:w:W:I:np:i:' },
  operands: { least: 1, most: 1 },
  run: (call) => start(call, call.options.has('6') ? 6 : call.options.has('4') ? 4 : undefined),
};

export const ping6: Applet = {
  ...ping,
  name: 'ping6',
  usage: ping.usage
    .replace('ping [OPTIONS]', 'ping6 [OPTIONS]')
    .replace('\t-4,-6\t\tForce IP or IPv6 name resolution\n', ''),
  run: (call) => start(call, 6),
};

async function start(call: Call, family: 4 | 6 | undefined): Promise<number> {
  const { options, process } = call;
  const number = async (letter: string, otherwise: number): Promise<number> => {
    const text = options.get(letter);
    if (text === undefined) return otherwise;
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) : fail(call, `invalid number '${text}'`);
  };
  const count = await number('c', 0);
  const size = await number('s', 56);
  const interval = await number('i', 1);
  const seconds = await number('w', 0);
  const patience = await number('W', PATIENCE_S);
  const ttl = options.has('t') ? await number('t', 64) : undefined;
  const host = call.operands[0]!;
  const address = await addressOf(call, host, { family });
  await process.print(`PING ${host} (${address}): ${size} data bytes\n`);
  const run = new Pinging(call, address, { size, ttl });
  const { clock } = process.machine;
  const deadline = seconds > 0 ? clock.now() + seconds * 1000 : Infinity;
  const interruption = new AbortController();
  process.handle('SIGINT', () => interruption.abort());
  const pause = (milliseconds: number): Promise<void> =>
    process.until(
      new Promise<void>((resolve) => {
        const cancel = clock.after(Math.max(0, Math.min(milliseconds, deadline - clock.now())), resolve);
        interruption.signal.addEventListener('abort', () => {
          cancel();
          resolve();
        });
      }),
    );
  while (!interruption.signal.aborted && clock.now() < deadline) {
    await run.once();
    if (count > 0 && run.received >= count) break;
    if (count > 0 && run.sent >= count) {
      // What is answered at all is answered at once here; the real one does not know that.
      await pause(run.received > 0 ? SHORT_PATIENCE_MS : patience * 1000);
      break;
    }
    await pause(options.has('A') && run.wasAnswered ? 0 : interval * 1000);
  }
  await process.print(run.summary(host));
  return run.received === 0 || (seconds > 0 && run.received < count) ? 1 : 0;
}

class Pinging {
  sent = 0;
  received = 0;
  wasAnswered = false;
  private readonly call: Call;
  private readonly address: string;
  private readonly size: number;
  private readonly ttl: number | undefined;
  /** Microseconds. */
  private readonly trips: number[] = [];

  constructor(call: Call, address: string, options: { size: number; ttl: number | undefined }) {
    this.call = call;
    this.address = address;
    this.size = options.size;
    this.ttl = options.ttl;
  }

  async once(): Promise<void> {
    const { process, options, suite } = this.call;
    const { network } = process.machine;
    const sequence = this.sent++;
    const result = network.probe({
      kind: 'echo',
      address: this.address,
      id: process.pid,
      sequence,
      ttl: this.ttl,
    });
    if (result.kind === 'unsent') {
      const libc = suite.kind === 'busybox' ? suite.libc : 'glibc';
      await fail(this.call, `sendto: ${strerror('ENETUNREACH', libc)}`);
    }
    // An error is no answer: busybox looks for its own number in it, and does not find it.
    this.wasAnswered = result.kind === 'reply';
    if (result.kind !== 'reply') return;
    const trip = new Stopwatch(process.machine).tick(this.address === '127.0.0.1' ? 40 : 120);
    this.trips.push(trip);
    this.received++;
    if (options.has('q')) return;
    await process.print(
      `${this.size + HEADER} bytes from ${result.from}: seq=${sequence} ttl=${result.ttl} time=${milliseconds(trip)} ms\n`,
    );
  }

  summary(host: string): string {
    const { sent, received, trips } = this;
    const lost = sent === 0 ? 0 : Math.floor(((sent - received) * 100) / sent);
    const counts = `${sent} packets transmitted, ${received} packets received, ${lost}% packet loss\n`;
    const head = `\n--- ${host} ping statistics ---\n${counts}`;
    if (trips.length === 0) return head;
    const average = Math.floor(trips.reduce((sum, each) => sum + each, 0) / trips.length);
    const shown = [Math.min(...trips), average, Math.max(...trips)].map(milliseconds).join('/');
    return `${head}round-trip min/avg/max = ${shown} ms\n`;
  }
}

/** 0.123 */
export function milliseconds(microseconds: number): string {
  return (microseconds / 1000).toFixed(3);
}
