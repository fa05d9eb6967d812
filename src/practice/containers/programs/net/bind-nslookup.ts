import { isIPv4 } from 'node:net';
import type { NameServer } from '../../name-server.ts';
import type { Program } from '../../process.ts';
import { candidates, nameServerAt, resolverFile } from '../resolver.ts';
import { resolve } from '../resolve.ts';
import { answersOf, type Question, TYPES } from './dns-records.ts';

/** It asks three times. */
const PATIENCE_MS = 15_000;

/** BIND's nslookup, as far as it is asked on the command line: `nslookup [-type=TYPE] NAME [SERVER]`. */
export const bindNslookup: Program = async (process) => {
  const operands = process.argv.slice(1);
  let types = ['A', 'AAAA'];
  while (operands[0]?.startsWith('-') === true) {
    const option = operands.shift()!;
    const type = /^-(?:ty|type|q|qu|query|querytype)=(.*)$/i.exec(option)?.[1]?.toUpperCase();
    if (type === undefined) {
      await process.print(`*** Invalid option: ${option.slice(1)}\n`);
      continue;
    }
    if (!TYPES.includes(type)) await process.print(`unknown query type: ${type}\n`);
    else types = [type];
  }
  const [host, given] = operands;
  if (host === undefined) {
    await process.complain(
      'nslookup: asking questions at a prompt is not modelled by the practice cluster\n',
    );
    return 1;
  }
  const { servers, searches, ndots } = resolverFile(process);
  const server = given === undefined ? (servers[0] ?? '127.0.0.1') : resolve(process, given)[0];
  if (server === undefined) {
    await process.print(`nslookup: couldn't get address for '${given}': not found\n`);
    return 1;
  }
  const known = nameServerAt(process, server);
  if (known === undefined) {
    await process.sleep(PATIENCE_MS);
    const timeout = `;; communications error to ${server}#53: timed out\n`;
    await process.print(`${timeout.repeat(3)};; no servers could be reached\n\n`);
    return 1;
  }
  if (isIPv4(host)) {
    const name = `${host.split('.').reverse().join('.')}.in-addr.arpa`;
    const records = answersOf(known, { name, type: 'PTR' });
    await process.print(
      typeof records === 'string'
        ? `** server can't find ${name}: ${records}\n\n`
        : `${records.map(({ shown }) => `${shown}.\n`).join('')}\n`,
    );
    return typeof records === 'string' ? 1 : 0;
  }
  await process.print(`Server:\t\t${given ?? server}\nAddress:\t${server}#53\n\n`);
  for (const name of candidates(host, searches, ndots)) {
    const first = answersOf(known, { name, type: types[0]! });
    if (typeof first === 'string') continue;
    const records = types.flatMap((type) => recordsOf(known, { name, type }));
    if (records.length === 0) {
      await process.print(`*** Can't find ${host}: No answer\n\n`);
      return 1;
    }
    await process.print(`${[...new Set(records)].join('\n')}\n\n`);
    return 0;
  }
  await process.print(`** server can't find ${host}: NXDOMAIN\n\n`);
  return 1;
};

/** BIND writes the dot at the end of names that are whole. */
function recordsOf(server: NameServer, question: Question): string[] {
  const records = answersOf(server, question);
  if (typeof records === 'string') return [];
  return records.map(({ shown }) => shown.replace(/(canonical name = .*)$/, '$1.'));
}
