import { isIPv4, isIPv6 } from 'node:net';
import { type Applet, type Call, fail, wrongUsage } from '../applet.ts';
import { addressOf } from './address-of.ts';
import { nameOf, nameServerAt, resolverFile } from '../resolver.ts';
import { resolve } from '../resolve.ts';
import { answersOf, type Question, TYPES } from './dns-records.ts';

/** How long a server that does not answer is waited for. */
const PATIENCE_MS = 5_000;

/** busybox' nslookup: until 1.28 it asked the C library, since then it asks name servers itself, and of all that may be meant. */
export const nslookup: Applet = {
  name: 'nslookup',
  usage: `nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any`,
  run(call) {
    const line = call.suite.kind === 'busybox' ? Number(call.suite.version.split('.')[1]) : 37;
    return line < 29 ? askLibrary(call) : askServers(call, line);
  },
};

async function askLibrary(call: Call): Promise<number> {
  const { process } = call;
  const [host, given, ...more] = call.operands;
  if (host === undefined || host.startsWith('-') || more.length > 0) return wrongUsage(nslookup, call);
  const server =
    given === undefined ? (resolverFile(process).servers[0] ?? '127.0.0.1') : await addressOf(call, given);
  const block = async (header: string, name: string, addresses: readonly string[]): Promise<void> => {
    await process.print(`${header.padEnd(10)} ${name}\n`);
    for (const [index, address] of addresses.entries())
      await process.print(`Address ${index + 1}: ${address}${suffixed(nameOf(process, address))}\n`);
  };
  await block('Server:', server, [server]);
  await process.print('\n');
  const isServed = nameServerAt(process, server) !== undefined;
  if (!isServed) await process.sleep(PATIENCE_MS);
  const isAddress = isIPv4(host) || isIPv6(host);
  const addresses = isAddress ? [host] : isServed || given === undefined ? resolve(process, host) : [];
  if (addresses.length === 0) return fail(call, `can't resolve '${host}'`);
  await block('Name:', host, addresses);
  return 0;
}

function suffixed(name: string | undefined): string {
  return name === undefined ? '' : ` ${name}`;
}

/** @param line of busybox' releases: 1.LINE */
async function askServers(call: Call, line: number): Promise<number> {
  const { process } = call;
  const operands = [...call.operands];
  const types: string[] = [];
  let port = 53;
  let patience = PATIENCE_MS;
  while (operands[0]?.startsWith('-') === true) {
    const [, name = '', value = ''] = /^-([^=]*)=?(.*)$/.exec(operands.shift()!)!;
    const isOne = (word: string): boolean => name !== '' && word.startsWith(name);
    if (isOne('type') || isOne('querytype')) {
      const type = TYPES.find((each) => each === value.toUpperCase());
      if (type === undefined) return fail(call, `invalid query type "${value}"`);
      types.push(type);
    } else if (isOne('port')) port = Number(value);
    else if (isOne('timeout')) patience = Number(value) * 1000;
    else if (!isOne('retry') && !isOne('debug')) return wrongUsage(nslookup, call);
  }
  const [host, given, ...more] = operands;
  if (host === undefined || more.length > 0) return wrongUsage(nslookup, call);
  const { servers, searches } = resolverFile(process);
  const asked = given === undefined ? servers : [await addressOf(call, given)];
  // Search domains since 1.30, and for names without a dot only, whatever ndots says.
  const names =
    line < 30 || host.includes('.') || searches.length === 0
      ? [host]
      : searches.map((each) => `${host}.${each}`);
  for (const server of asked.length === 0 ? ['127.0.0.1'] : asked) {
    const known = port === 53 ? nameServerAt(process, server) : undefined;
    if (known === undefined) {
      await process.sleep(patience);
      continue;
    }
    const shown = given ?? server;
    await process.print(
      `Server:\t\t${shown}\nAddress:\t${server.includes(':') ? `[${server}]` : server}:53\n\n`,
    );
    let status = 0;
    for (const question of questions(host, names, types)) {
      const records = answersOf(known, question);
      if (typeof records === 'string') status = 1;
      await process.print(`${shownAnswer(question, records, line)}\n`);
    }
    return status;
  }
  await process.print(';; connection timed out; no servers could be reached\n\n');
  return 1;
}

function questions(host: string, names: readonly string[], types: readonly string[]): Question[] {
  if (types.length > 0) return types.flatMap((type) => names.map((name) => ({ name, type })));
  if (isIPv4(host)) return [{ name: `${host.split('.').reverse().join('.')}.in-addr.arpa`, type: 'PTR' }];
  return ['A', 'AAAA'].flatMap((type) => names.map((name) => ({ name, type })));
}

function shownAnswer({ name }: Question, records: ReturnType<typeof answersOf>, line: number): string {
  if (typeof records === 'string') return `** server can't find ${name}: ${records}\n`;
  if (records.length === 0 && line < 33) return `*** Can't find ${name}: No answer\n`;
  return records.map((record) => `${record.shown}\n`).join('');
}
