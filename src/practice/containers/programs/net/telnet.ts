import { connect, SocketError } from '../../socket.ts';
import { type Applet, fail } from '../applet.ts';
import { addressOf } from './address-of.ts';
import { converse, portOf } from './nc.ts';

/** As far as anybody uses it today: to see whether a port answers, and to type at it. */
export const telnet: Applet = {
  name: 'telnet',
  usage: `telnet [-a] [-l USER] HOST [PORT]

Connect to telnet server

	-a	Automatic login with $USER variable
	-l USER	Automatic login as USER`,
  options: { short: 'al:' },
  operands: { least: 1, most: 2 },
  async run(call) {
    const { process, suite } = call;
    const [host = '', text = '23'] = call.operands;
    const port = portOf(text);
    if (port === undefined) return fail(call, `bad port '${text}'`);
    const address = await addressOf(call, host);
    try {
      const socket = await connect(process, address, port);
      await process.print(`Connected to ${host}\n`);
      await converse(call, socket, Infinity);
      await process.complain('Connection closed by foreign host\n');
      return 1;
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      const libc = suite.kind === 'busybox' ? suite.libc : 'glibc';
      return fail(call, `can't connect to remote host (${address}): ${error.words(libc)}`);
    }
  },
};
