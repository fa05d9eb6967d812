import { connect, listen, type Socket, SocketError } from '../../socket.ts';
import { type Applet, type Call, fail } from '../applet.ts';
import { resolve } from '../resolve.ts';
import { LATE, within } from '../within.ts';
import { converse, portOf } from './nc.ts';

const UNRESOLVED = 'getaddrinfo: Name or service not known';

/**
 * netcat-openbsd of the deck's day: `-l 8000`, and as Debian has it `-l -p 8000`. The end of stdin ends what it sends,
 * so that who asked knows that the answer is whole.
 */
export const openbsdNc: Applet = {
  name: 'nc',
  usage: 'nc [-46bCDdhjklnrStUuvZz] [hostname] [port]',
  options: { short: '46lknp:s:w:q:i:vzuNd' },
  async run(call) {
    const { options } = call;
    if (options.has('u')) await fail(call, 'UDP is not modelled by the practice cluster');
    const wait = options.get('w') === undefined ? Infinity : Number(options.get('w')) * 1000;
    if (Number.isNaN(wait)) await fail(call, `timeout invalid: ${options.get('w')}`);
    return options.has('l') ? serve(call, wait) : ask(call, wait);
  },
};

async function usage({ process }: Call): Promise<number> {
  await process.complain(
    'usage: nc [-46bCDdhjklnrStUuvZz] [-I length] [-i interval] [-O length]\n' +
      '\t  [-P proxy_username] [-p source_port] [-q seconds] [-s source]\n' +
      '\t  [-T toskeyword] [-V rtable] [-w timeout] [-X proxy_protocol]\n' +
      '\t  [-x proxy_address[:port]] [destination] [port]\n',
  );
  return 1;
}

async function ask(call: Call, wait: number): Promise<number> {
  const { options, operands, process } = call;
  const [host, text] = operands;
  if (host === undefined || text === undefined) return usage(call);
  const port = portOf(text);
  if (port === undefined) return fail(call, `port number invalid: ${text}`);
  const addresses = resolve(process, host).filter((each) => isWanted(call, each));
  if (addresses.length === 0) return fail(call, UNRESOLVED);
  for (const address of addresses) {
    try {
      const socket = await connect(process, address, port, wait);
      if (options.has('v') || options.has('z'))
        await process.complain(`Connection to ${host} ${port} port [tcp/*] succeeded!\n`);
      if (!options.has('z')) return await converse(call, socket, wait);
      socket.close();
      return 0;
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      if (options.has('v'))
        await process.complain(`nc: connect to ${host} port ${port} (tcp) failed: ${error.message}\n`);
    }
  }
  return 1;
}

function isWanted({ options }: Call, address: string): boolean {
  return address.includes(':') ? !options.has('4') : !options.has('6');
}

async function serve(call: Call, wait: number): Promise<number> {
  const { options, operands, process } = call;
  const text = options.get('p') ?? operands.at(-1);
  if (text === undefined) return usage(call);
  const port = portOf(text);
  if (port === undefined) return fail(call, `port number invalid: ${text}`);
  const host = options.get('s') ?? operands.at(options.has('p') ? 0 : -2);
  // Without a name IPv4 comes first, and nc takes the first that it can listen on.
  const address =
    host === undefined || (host === text && !options.has('p'))
      ? options.has('6')
        ? '::'
        : '0.0.0.0'
      : resolve(process, host).find((each) => isWanted(call, each));
  if (address === undefined) return fail(call, UNRESOLVED);
  try {
    const server = listen(process, address, port, { v6only: true });
    if (options.has('v')) await process.complain(`Listening on [${address}] (family 0, port ${port})\n`);
    for (;;) {
      const socket = await within(process, wait, server.accept());
      if (socket === LATE) return 1;
      if (!options.has('k')) server.close();
      if (options.has('v')) await tellPeer(call, socket);
      await converse(call, socket, Infinity);
      if (!options.has('k')) return 0;
    }
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return fail(call, error.message);
  }
}

function tellPeer({ process }: Call, { local, remote }: Socket): Promise<void> {
  const family = remote.address.includes(':') ? 10 : 2;
  return process.complain(
    `Connection from [${remote.address}] port ${local.port} [tcp/*] accepted (family ${family}, sport ${remote.port})\n`,
  );
}
