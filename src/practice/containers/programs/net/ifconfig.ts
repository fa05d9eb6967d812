import type { InterfaceView } from '../../../network/stack.ts';
import { type Applet, fail } from '../applet.ts';

const SCOPES = { global: 'Global', link: 'Link', host: 'Host' };

export const ifconfig: Applet = {
  name: 'ifconfig',
  usage: `ifconfig [-a] [IFACE] [ADDRESS]

Configure a network interface`,
  options: { short: '+a' },
  async run(call) {
    const { process, operands } = call;
    const [name, ...more] = operands;
    const all = process.machine.network.interfaces();
    const chosen = all.filter((each) => (name === undefined ? each.up : each.name === name));
    if (name !== undefined && chosen.length === 0)
      return fail(call, `${name}: error fetching interface information: Device not found`);
    if (more.length > 0) return fail(call, `SIOCSIFADDR: Operation not permitted`);
    chosen.sort((a, b) => Number(a.kind === 'loopback') - Number(b.kind === 'loopback'));
    for (const each of chosen) await process.print(`${describe(each)}\n`);
    return 0;
  },
};

/** Packets are not counted by the practice network. */
function describe(each: InterfaceView): string {
  const isLoopback = each.kind === 'loopback';
  const link = isLoopback ? 'Local Loopback  ' : `Ethernet  HWaddr ${each.mac.toUpperCase()}  `;
  const lines = [`${each.name.padEnd(9)} Link encap:${link}`];
  for (const { address, prefixLength, broadcast, scope } of each.addresses)
    if (address.includes(':'))
      lines.push(`          inet6 addr: ${address}/${prefixLength} Scope:${SCOPES[scope]}`);
    else {
      const to = broadcast === undefined ? '' : `Bcast:${broadcast}  `;
      lines.push(`          inet addr:${address}  ${to}Mask:${mask(prefixLength)}`);
    }
  const flags = isLoopback ? 'UP LOOPBACK RUNNING' : `${each.up ? 'UP ' : ''}BROADCAST RUNNING MULTICAST`;
  lines.push(
    `          ${flags}  MTU:${each.mtu}  Metric:1`,
    '          RX packets:0 errors:0 dropped:0 overruns:0 frame:0',
    '          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0',
    `          collisions:0 txqueuelen:${isLoopback ? 1000 : 0} `,
    '          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)',
    '',
  );
  return lines.join('\n');
}

export function mask(prefixLength: number): string {
  const bits = '1'.repeat(prefixLength).padEnd(32, '0');
  return [0, 8, 16, 24].map((from) => Number.parseInt(bits.slice(from, from + 8), 2)).join('.');
}
