import { findUser } from '../accounts.ts';
import { fail, type Applet, words } from '../applet.ts';

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
