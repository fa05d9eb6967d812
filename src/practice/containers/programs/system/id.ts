import { findUser, groups, accounts } from '../accounts.ts';
import { fail, type Applet, words } from '../applet.ts';

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
