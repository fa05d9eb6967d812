import { type Applet, fail } from '../applet.ts';

export const arp: Applet = {
  name: 'arp',
  usage: `arp
[-vn]	[-H HWTYPE] [-i IF] -a [HOSTNAME]
[-v]		    [-i IF] -d HOSTNAME [pub]
[-v]	[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [temp]
[-v]	[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [netmask MASK] pub
[-v]	[-H HWTYPE] [-i IF] -Ds HOSTNAME IFACE [netmask MASK] pub

Manipulate ARP cache

	-a		Display (all) hosts
	-d		Delete ARP entry
	-s		Set new entry
	-v		Verbose
	-n		Don't resolve names
	-i IF		Network interface
	-D		Read HWADDR from IFACE
	-A,-p AF	Protocol family
	-H HWTYPE	Hardware address type`,
  options: { short: 'A:p:H:t:i:adnDsv' },
  async run(call) {
    const { options, operands, process } = call;
    if (options.has('d')) await fail(call, 'SIOCDARP(priv): Operation not permitted');
    if (options.has('s')) await fail(call, 'SIOCSARP: Operation not permitted');
    const [host] = operands;
    const device = options.get('i');
    const known = process.machine.network.neighbours().filter(({ address }) => !address.includes(':'));
    const shown = known.filter(
      (each) =>
        (host === undefined || each.address === host) && (device === undefined || each.device === device),
    );
    for (const { address, mac, device: on } of shown)
      await process.print(`? (${address}) at ${mac} [ether]  on ${on}\n`);
    if (shown.length === 0 && (host !== undefined || device !== undefined))
      await process.print(`No match found in ${known.length} entries\n`);
    return 0;
  },
};
