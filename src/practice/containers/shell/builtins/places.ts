import { FileError } from '../../file-error.ts';
import { permitted, reach } from '../../open.ts';
import { failure, type Builtin } from './builtin.ts';

export const changeDirectory: Builtin = async (shell, argv) => {
  const args = argv.slice(1);
  let isPhysical = false;
  while (args[0] !== undefined && /^-[LP]$/.test(args[0])) isPhysical = args.shift() === '-P';
  if (args[0] === '--') args.shift();
  const target = args[0] === '-' ? shell.get('OLDPWD') : (args[0] ?? shell.get('HOME'));
  if (target === undefined) {
    if (args[0] === '-') throw failure(shell, 'cd', "can't cd to OLDPWD");
    return 0;
  }
  const { process } = shell;
  const { fileSystem } = process.machine;
  const before = process.directory;
  const logical = normalized(target.startsWith('/') ? target : `${shell.directory}/${target}`);
  const path = target === '' ? before : isPhysical ? target : logical;
  try {
    const node = reach(process, path);
    if (node.type !== 'directory') throw new FileError('ENOTDIR');
    if (!permitted(node, process.user, 'execute')) throw new FileError('EACCES');
    process.directory = fileSystem.realPath(path, before);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw failure(shell, 'cd', `can't cd to ${target}: ${error.message}`);
  }
  shell.set('OLDPWD', shell.directory);
  shell.directory = isPhysical ? process.directory : logical;
  shell.set('PWD', shell.directory);
  if (args[0] === '-') await process.print(`${shell.directory}\n`);
  return 0;
};

/** Without `.` and `..`; links are not looked at. */
function normalized(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/'))
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  return `/${names.join('/')}`;
}

export const printDirectory: Builtin = async (shell, [, option]) => {
  const path = option === '-P' ? shell.process.directory : shell.directory;
  await shell.process.print(`${path}\n`);
  return 0;
};

export const umask: Builtin = async (shell, [, mask]) => {
  if (mask === undefined) {
    await shell.process.print(`${shell.mask.toString(8).padStart(4, '0')}\n`);
    return 0;
  }
  if (mask === '-S') {
    const letters = [6, 3, 0].map((shift) => {
      const allowed = (~shell.mask >> shift) & 7;
      return `${allowed & 4 ? 'r' : ''}${allowed & 2 ? 'w' : ''}${allowed & 1 ? 'x' : ''}`;
    });
    await shell.process.print(`u=${letters[0]},g=${letters[1]},o=${letters[2]}\n`);
    return 0;
  }
  if (!/^[0-7]{1,4}$/.test(mask)) throw failure(shell, 'umask', `illegal mode: ${mask}`);
  shell.mask = Number.parseInt(mask, 8);
  return 0;
};

/** What a container runtime gives: no limits but on open files. */
export const ulimit: Builtin = async (shell, [, option = '-f', value]) => {
  if (value !== undefined) return 0;
  await shell.process.print(option === '-n' ? '1048576\n' : 'unlimited\n');
  return 0;
};

export const times: Builtin = async (shell) => {
  await shell.process.print('0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n');
  return 0;
};
