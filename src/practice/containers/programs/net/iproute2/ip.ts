import { canonicalAddress } from '../../../../network/address.ts';
import type { InterfaceView } from '../../../../network/stack.ts';
import { Exit, type Process, type Program } from '../../../process.ts';
import { readQuestion, type Question } from '../ip.ts';
import { addressText, briefAddress, briefLink, linkText, netnsIds } from './interface-text.ts';
import { routeLine, routeTo } from './route-text.ts';

const VERSION = 'ip utility, iproute2-ss190107\n';

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
       ip [ -force ] -batch filename
where  OBJECT := { link | address | addrlabel | route | rule | neigh | ntable |
                   tunnel | tuntap | maddress | mroute | mrule | monitor | xfrm |
                   netns | l2tp | fou | macsec | tcp_metrics | token | netconf | ila |
                   vrf }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -h[uman-readable] | -iec |
                    -f[amily] { inet | inet6 | ipx | dnet | mpls | bridge | link } |
                    -4 | -6 | -I | -D | -B | -0 |
                    -l[oops] { maximum-addr-flush-attempts } | -br[ief] |
                    -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] [filename] |
                    -rc[vbuf] [size] | -n[etns] name | -a[ll] | -c[olor]}
`;

const SHOW = /^(s|sh|sho|show|l|li|lis|list|ls)$/;
const CHANGE =
  /^(a|ad|add|c|ch|change|chg|d|de|del|delete|f|fl|flu|flush|r|rep|replace|repl|append|prepend|set|save|restore)$/;

/** iproute2's `ip`, as Nodes have it: it shows addresses, links and routes. Nothing can be changed from a container. */
export const ip: Program = async (process) => {
  const args = process.argv.slice(1);
  if (args.some((arg) => /^-{1,2}V(ersion)?$/.test(arg))) {
    await process.print(VERSION);
    return 0;
  }
  const question = readQuestion(
    args.filter((arg) => !/^-{1,2}(c|color|d|details|s|statistics|N)$/.test(arg)),
  );
  if (question === undefined) {
    const option = args.find((arg) => arg.startsWith('-'));
    return fail(process, `Option "${option}" is unknown, try "ip -help".`, 255);
  }
  const word = args.find((arg, index) => !arg.startsWith('-') && !/^-{1,2}f/.test(args[index - 1] ?? ''));
  if (word === undefined || word === 'help') {
    await process.complain(USAGE);
    return 255;
  }
  if (/^ru(le?)?$/.test(word)) return rules(process);
  if (question.object === undefined) return fail(process, `Object "${word}" is unknown, try "ip help".`);
  const [verb = 'show', ...rest] = question.rest;
  if (CHANGE.test(verb) && !SHOW.test(verb))
    return fail(process, 'RTNETLINK answers: Operation not permitted', 2);
  if (question.object === 'route') return routes(process, question, verb, rest);
  if (!SHOW.test(verb))
    return fail(process, `Command "${verb}" is unknown, try "ip ${question.object} help".`, 255);
  if (question.object === 'neighbour') return neighbours(process, question, rest);
  return interfaces(process, question, rest);
};

async function fail(process: Process, message: string, status = 1): Promise<never> {
  await process.complain(`${message}\n`);
  throw new Exit(status);
}

async function rules(process: Process): Promise<number> {
  for (const [priority, table] of [
    [0, 'local'],
    [32_766, 'main'],
    [32_767, 'default'],
  ])
    await process.print(`${priority}:\tfrom all lookup ${table} \n`);
  return 0;
}

/** `[dev] NAME`, `up`, `scope global`, `master NAME`, in any order. */
async function interfaces(process: Process, question: Question, words: string[]): Promise<number> {
  const all = process.machine.network.interfaces();
  const ids = netnsIds(all);
  let chosen = all;
  let scope: string | undefined;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === 'up') chosen = chosen.filter(({ up }) => up);
    else if (word === 'scope') scope = words.shift();
    else if (word === 'master') {
      const master = words.shift();
      chosen = chosen.filter((each) => each.master === master);
    } else {
      const name = word === 'dev' ? (words.shift() ?? '') : word;
      chosen = chosen.filter((each) => each.name === name);
      if (!all.some((each) => each.name === name)) await fail(process, `Device "${name}" does not exist.`);
    }
  }
  for (const each of chosen.map((face) => inScope(face, scope)))
    await process.print(text(each, question, ids.get(each.index), all));
  return 0;
}

function inScope(face: InterfaceView, scope: string | undefined): InterfaceView {
  if (scope === undefined) return face;
  return { ...face, addresses: face.addresses.filter((each) => each.scope === scope) };
}

function text(
  face: InterfaceView,
  question: Question,
  netnsId: number | undefined,
  all: readonly InterfaceView[],
): string {
  const { object, family, isBrief, isOneLine } = question;
  if (object === 'link' || family === 'link')
    return isBrief ? briefLink(face, all) : linkText(face, all, netnsId, isOneLine);
  return isBrief ? briefAddress(face, all, family) : addressText(face, all, { netnsId, family, isOneLine });
}

async function neighbours(process: Process, question: Question, rest: string[]): Promise<number> {
  const { network } = process.machine;
  const wanted = rest[0] === 'dev' ? rest[1] : undefined;
  if (wanted !== undefined && !network.interfaces().some(({ name }) => name === wanted))
    return fail(process, `Cannot find device "${wanted}"`);
  for (const { address, device, mac, state } of network.neighbours()) {
    if (question.family !== undefined && address.includes(':') !== (question.family === 6)) continue;
    if (wanted !== undefined && device !== wanted) continue;
    const dev = wanted === undefined ? `dev ${device} ` : '';
    await process.print(`${address} ${dev}lladdr ${mac} ${state}\n`);
  }
  return 0;
}

async function routes(process: Process, question: Question, verb: string, rest: string[]): Promise<number> {
  const { network } = process.machine;
  if (/^(g|ge|get)$/.test(verb)) {
    const [text = ''] = rest[0] === 'to' ? rest.slice(1) : rest;
    const address = canonicalAddress(text);
    if (address === undefined)
      return fail(process, `Error: any valid prefix is expected rather than "${text}".`);
    const found = routeTo(network, address);
    if (found === undefined) return fail(process, 'RTNETLINK answers: Network is unreachable', 2);
    await process.print(found);
    return 0;
  }
  if (!SHOW.test(verb)) return fail(process, `Command "${verb}" is unknown, try "ip route help".`, 255);
  const device = rest[rest.indexOf('dev') + 1];
  const isOfDevice = rest.includes('dev');
  if (rest.includes('table') && rest[rest.indexOf('table') + 1] !== 'main')
    return fail(process, 'ip: only the table main is modelled by the practice cluster');
  if (isOfDevice && !network.interfaces().some(({ name }) => name === device))
    return fail(process, `Cannot find device "${device}"`);
  for (const route of network.routes(question.family === 6 ? 6 : 4))
    if (!isOfDevice || route.device === device) await process.print(routeLine(route, isOfDevice));
  return 0;
}
