import { FileError } from '../file-error.ts';
import { findCommand } from '../execute.ts';
import { reach } from '../open.ts';
import { accounts, findUser, groups } from './accounts.ts';
import { type Applet, basename as nameOf, complain, fail, words } from './applet.ts';
import { resolve } from './resolve.ts';

/** The kernel of practice Nodes. */
export const KERNEL = '6.6.0-k8snet';

export const isTrue: Applet = {
  name: 'true',
  usage: 'true\n\nReturn an exit code of TRUE (0)',
  run: () => Promise.resolve(0),
};

export const isFalse: Applet = {
  name: 'false',
  usage: 'false\n\nReturn an exit code of FALSE (1)',
  run: () => Promise.resolve(1),
};

export const pwd: Applet = {
  name: 'pwd',
  usage: 'pwd\n\nPrint the full filename of the current working directory',
  async run({ process }) {
    await process.print(`${process.directory}\n`);
    return 0;
  },
};

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

export const uname: Applet = {
  name: 'uname',
  usage: `uname [-amnrspvio]

Print system information

	-a	Print all
	-m	Machine (hardware) type
	-n	Hostname
	-r	Kernel release
	-s	Kernel name (default)
	-p	Processor type
	-v	Kernel version
	-i	Hardware platform
	-o	OS name`,
  options: { short: 'amnrspvio', long: { all: 'a' } },
  operands: { most: 0 },
  async run({ process, options, suite }) {
    const os = suite.kind === 'busybox' && suite.libc === 'musl' ? 'Linux' : 'GNU/Linux';
    const parts: [string, string][] = [
      ['s', 'Linux'],
      ['n', process.machine.hostname],
      ['r', KERNEL],
      ['v', '#1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 2026'],
      ['m', 'x86_64'],
      ['o', os],
    ];
    const isDefault = !'amnrspvio'.split('').some((letter) => options.has(letter));
    const shown = parts.filter(
      ([letter]) => options.has('a') || options.has(letter) || (isDefault && letter === 's'),
    );
    await process.print(`${shown.map(([, value]) => value).join(' ')}\n`);
    return 0;
  },
};

export const whoami: Applet = {
  name: 'whoami',
  usage: 'whoami\n\nPrint the user name associated with the current effective user id',
  operands: { most: 0 },
  async run(call) {
    const { process } = call;
    const { uid } = process.user;
    const known = findUser(process.machine.fileSystem, uid);
    if (known === undefined)
      return fail(call, words(call, `unknown uid ${uid}`, `cannot find name for user ID ${uid}`));
    await process.print(`${known.name}\n`);
    return 0;
  },
};

export const id: Applet = {
  name: 'id',
  usage: `id [-ugGnr] [USER]

Print information about USER or the current user

	-u	User ID
	-g	Group ID
	-G	Supplementary group IDs
	-n	Print names instead of numbers
	-r	Print real ID instead of effective ID`,
  options: { short: 'ugGnr', long: { user: 'u', group: 'g', groups: 'G', name: 'n' } },
  operands: { most: 1 },
  async run(call) {
    const { process, options, operands } = call;
    const { fileSystem } = process.machine;
    const [who] = operands;
    const user =
      who === undefined ? process.user : (findUser(fileSystem, who) ?? findUser(fileSystem, Number(who)));
    if (user === undefined) return fail(call, words(call, `unknown user ${who}`, `'${who}': no such user`));
    const userName = accounts(fileSystem).find(({ uid }) => uid === user.uid)?.name;
    const known = groups(fileSystem);
    const groupName = (gid: number): string | undefined => known.find((each) => each.gid === gid)?.name;
    const others = known.filter(
      ({ members, gid }) => userName !== undefined && members.includes(userName) && gid !== user.gid,
    );
    const all = [user.gid, ...others.map(({ gid }) => gid)];
    const one = (number: number, name: string | undefined): string =>
      options.has('n') ? (name ?? String(number)) : String(number);
    const full = (number: number, name: string | undefined): string =>
      name === undefined ? String(number) : `${number}(${name})`;
    if (options.has('u')) await process.print(`${one(user.uid, userName)}\n`);
    else if (options.has('g')) await process.print(`${one(user.gid, groupName(user.gid))}\n`);
    else if (options.has('G'))
      await process.print(`${all.map((gid) => one(gid, groupName(gid))).join(' ')}\n`);
    else {
      const list = all.map((gid) => full(gid, groupName(gid))).join(',');
      await process.print(
        `uid=${full(user.uid, userName)} gid=${full(user.gid, groupName(user.gid))} groups=${list}\n`,
      );
    }
    return 0;
  },
};

export const which: Applet = {
  name: 'which',
  usage: `which [-a] COMMAND...

Locate COMMAND

	-a	Show all matches`,
  options: { short: 'a' },
  operands: { least: 1 },
  async run({ process, operands, options }) {
    const path = process.environment.get('PATH') ?? '/sbin:/usr/sbin:/bin:/usr/bin';
    let status = 0;
    for (const name of operands) {
      let found = 0;
      for (const folder of name.includes('/') ? [''] : path.split(':')) {
        if (found > 0 && !options.has('a')) break;
        try {
          await process.print(`${findCommand(process, name, folder)}\n`);
          found++;
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
        }
      }
      if (found === 0) status = 1;
    }
    return status;
  },
};

export const basename: Applet = {
  name: 'basename',
  usage: `basename FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...

Strip directory path and SUFFIX from FILE

	-a		All arguments are FILEs
	-s SUFFIX	Remove SUFFIX (implies -a)`,
  options: { short: '+as:' },
  operands: { least: 1 },
  async run({ process, operands, options }) {
    const isMany = options.has('a') || options.has('s');
    const suffix = options.get('s') ?? (isMany ? '' : (operands[1] ?? ''));
    for (const operand of isMany ? operands : operands.slice(0, 1)) {
      const name = nameOf(operand);
      const isCut = suffix !== '' && name !== suffix && name.endsWith(suffix);
      await process.print(`${isCut ? name.slice(0, -suffix.length) : name}\n`);
    }
    return 0;
  },
};

export const dirname: Applet = {
  name: 'dirname',
  usage: 'dirname FILENAME\n\nStrip non-directory suffix from FILENAME',
  operands: { least: 1 },
  async run({ process, operands }) {
    for (const operand of operands) {
      const bare = operand.replace(/\/+$/, '');
      const folder = bare.replace(/\/*[^/]*$/, '');
      await process.print(`${folder !== '' ? folder : operand.startsWith('/') ? '/' : '.'}\n`);
    }
    return 0;
  },
};

export const readlink: Applet = {
  name: 'readlink',
  usage: `readlink [-fnv] FILE

Display the value of a symlink

	-f	Canonicalize by following all symlinks
	-n	Don't add newline at the end
	-v	Verbose`,
  options: { short: 'fnv' },
  operands: { least: 1, most: 1 },
  async run({ process, operands, options }) {
    const [path = ''] = operands;
    const end = options.has('n') ? '' : '\n';
    try {
      if (options.has('f')) {
        await process.print(`${process.machine.fileSystem.realPath(path, process.directory)}${end}`);
        return 0;
      }
      const node = reach(process, path, { follow: false });
      if (node.type !== 'symlink') return 1;
      await process.print(`${node.target}${end}`);
      return 0;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return 1;
    }
  },
};

export const clear: Applet = {
  name: 'clear',
  usage: 'clear\n\nClear screen',
  async run({ process }) {
    await process.print('\x1b[H\x1b[J');
    return 0;
  },
};

export const stty: Applet = {
  name: 'stty',
  usage:
    'stty [-a|g] [-F DEVICE] [SETTING]...\n\nWithout arguments, print baud rate, line discipline, and deviations from stty sane',
  async run(call) {
    const { process, operands } = call;
    const tty = process.files.get(0)?.tty;
    if (tty === undefined)
      return fail(
        call,
        words(
          call,
          'standard input: Inappropriate ioctl for device',
          "'standard input': Inappropriate ioctl for device",
        ),
      );
    if (operands.length === 1 && operands[0] === 'size') await process.print(`${tty.rows} ${tty.columns}\n`);
    else if (operands.length === 0) await process.print('speed 38400 baud; line = 0;\n');
    else {
      await complain(
        call,
        words(call, `invalid argument '${operands[0]}'`, `invalid argument '${operands[0]}'`),
      );
      return 1;
    }
    return 0;
  },
};
