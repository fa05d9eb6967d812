import { fail, type Applet, words } from '../applet.ts';
import { resolve } from '../resolve.ts';

export const hostname: Applet = {
  name: 'hostname',
  usage: `hostname [-sidf] [HOSTNAME | -F FILE]

Show or set hostname or DNS domain name

	-s	Short
	-i	Addresses for the hostname
	-d	DNS domain name
	-f	Fully qualified domain name
	-F FILE	Use FILE's content as hostname`,
  options: {
    short: 'sidfI',
    long: { short: 's', 'ip-address': 'i', 'all-ip-addresses': 'I', domain: 'd', fqdn: 'f', long: 'f' },
  },
  operands: { most: 1 },
  async run(call) {
    const { process, options, operands } = call;
    const { hostname: name, network } = process.machine;
    if (operands.length > 0)
      return fail(
        call,
        words(call, 'sethostname: Operation not permitted', 'you must be root to change the host name'),
      );
    if (options.has('i')) {
      const addresses = resolve(process, name);
      if (addresses.length === 0) return fail(call, `${name}: Unknown host`);
      await process.print(`${addresses.join(' ')}\n`);
    } else if (options.has('I')) {
      const global = network
        .interfaces()
        .flatMap((each) => each.addresses.filter(({ scope }) => scope === 'global'));
      await process.print(`${global.map(({ address }) => `${address} `).join('')}\n`);
    } else if (options.has('s')) await process.print(`${name.split('.')[0]}\n`);
    else if (options.has('d'))
      await process.print(name.includes('.') ? `${name.slice(name.indexOf('.') + 1)}\n` : '\n');
    else await process.print(`${name}\n`);
    return 0;
  },
};
