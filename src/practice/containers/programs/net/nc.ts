import { ConnectionReset } from '../../../network/connection.ts';
import { OpenFile } from '../../open-file.ts';
import { connect, listen, listenAnywhere, type Socket, SocketError } from '../../socket.ts';
import { BrokenPipe } from '../../stream.ts';
import { type Applet, type Call, complain, fail, type Suite } from '../applet.ts';
import { resolve } from '../resolve.ts';
import { startCommand } from '../run-command.ts';
import { LATE, within } from '../within.ts';

/** A port by its number; services have no names here. */
export function portOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

export const nc: Applet = {
  name: 'nc',
  usage: `nc [OPTIONS] HOST PORT  - connect
nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen

	-e PROG	Run PROG after connect (must be last)
	-l	Listen mode, for inbound connects
	-lk	With -e, provides persistent server
	-p PORT	Local port
	-s ADDR	Local address
	-w SEC	Timeout for connects and final net reads
	-i SEC	Delay interval for lines sent
	-n	Don't do DNS resolution
	-u	UDP mode
	-b	Allow broadcasts
	-v	Verbose
	-o FILE	Hex dump traffic
	-z	Zero-I/O mode (scanning)`,
  options: { short: '+lkp:s:w:i:nuvze:N' },
  async run(call) {
    const { options, operands } = call;
    if (options.has('u')) await fail(call, 'UDP is not modelled by the practice cluster');
    const wait = options.get('w') === undefined ? Infinity : Number(options.get('w')) * 1000;
    if (Number.isNaN(wait)) await fail(call, `invalid number '${options.get('w')}'`);
    if (options.has('l')) return serve(call, wait);
    const [host, portText] = operands;
    const port = portOf(portText);
    if (host === undefined) await fail(call, 'no destination');
    if (portText === undefined) await fail(call, 'no port[s] to connect to');
    if (port === undefined) await fail(call, `bad port '${portText}'`);
    const [address] = resolve(call.process, host!).sort(
      (a, b) => Number(a.includes(':')) - Number(b.includes(':')),
    );
    if (address === undefined) await fail(call, `bad address '${host}'`);
    const shown = address!.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    try {
      const socket = await connect(call.process, address!, port!, wait);
      if (options.has('v')) await call.process.complain(`${host} (${shown}) open\n`);
      if (options.has('z')) return 0;
      return await converse(call, socket, wait);
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      // That nobody listens is told to those who ask twice.
      const loudness = options.all('v').length;
      if (loudness > 1 || (loudness === 1 && error.code !== 'ECONNREFUSED'))
        await complain(call, `${host} (${shown}): ${error.words(libcOf(call.suite))}`);
      return 1;
    }
  },
};

function libcOf(suite: Suite): 'glibc' | 'musl' {
  return suite.kind === 'busybox' ? suite.libc : 'glibc';
}

async function serve(call: Call, wait: number): Promise<number> {
  const { options, operands, process } = call;
  // OpenBSD's way, as in the deck: the port is an operand.
  const text = options.get('p') ?? operands.at(-1);
  const port = portOf(text);
  if (text === undefined) await fail(call, 'no port to listen on');
  if (port === undefined)
    await fail(call, options.has('p') ? `bad local port '${text}'` : `bad address '${text}'`);
  const own =
    options.get('s') ?? (options.has('p') ? undefined : operands.length > 1 ? operands[0] : undefined);
  try {
    const server = own === undefined ? listenAnywhere(process, port!) : listen(process, own, port!);
    if (options.has('v')) await process.complain(`listening on [::]:${server.local.port} ...\n`);
    do {
      const socket = await within(process, wait, server.accept());
      if (socket === LATE) return await fail(call, 'timed out');
      if (!options.has('k')) server.close();
      if (options.has('v')) {
        const { local, remote } = socket;
        const from = `${remote.address}:${remote.port}`;
        await process.complain(`connect to ${local.address}:${local.port} from ${from} (${from})\n`);
      }
      const conversation = converse(call, socket, wait);
      if (!options.has('k')) return await conversation;
      // One program for each, beside one another.
      if (options.has('e')) conversation.catch(() => socket.close());
      else await conversation;
    } while (process.alive);
    return 0;
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return fail(call, `bind: ${error.words(libcOf(call.suite))}`);
  }
}

/**
 * Both ways at once. The end of stdin is the end of what we send; nc itself ends when the other side has ended.
 */
export async function converse(call: Call, socket: Socket, wait: number): Promise<number> {
  const { process, options } = call;
  const program = options.get('e');
  if (program !== undefined)
    return runOn(call, socket, [program, ...call.operands.slice(options.has('l') ? 0 : 2)]);
  const sending = (async (): Promise<void> => {
    for (let bytes = await process.stdin.read(); bytes !== null; bytes = await process.stdin.read())
      await socket.write(bytes);
    socket.end();
  })().catch(gone);
  const receiving = (async (): Promise<void> => {
    for (;;) {
      const bytes = await within(process, wait, socket.read());
      if (bytes === LATE || bytes === null) return;
      await process.stdout.write(bytes);
    }
  })().catch(gone);
  // What is left to send when the other side has ended is lost; that sending fails is not.
  const never = new Promise<never>(() => undefined);
  await Promise.race([receiving, sending.then(() => never)]);
  socket.close();
  return 0;
}

/** The other side went away: nothing more to do, and nothing to say. */
function gone(error: unknown): void {
  if (!(error instanceof ConnectionReset || error instanceof BrokenPipe)) throw error;
}

async function runOn(call: Call, socket: Socket, argv: string[]): Promise<number> {
  const { process } = call;
  const files = process.files.copy();
  const file = new OpenFile({ source: socket.source, sink: socket.sink });
  files.set(0, file);
  files.set(1, file.share());
  try {
    const status = await process.until(startCommand(process, argv, { files }).exited);
    socket.close();
    return status;
  } catch (error) {
    socket.close();
    if (error instanceof Error && 'code' in error)
      return fail(call, `can't execute '${argv[0]}': ${error.message}`, 127);
    throw error;
  }
}
