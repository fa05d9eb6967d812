import type { FileSystem } from '../file-system.ts';
import { decode, type User } from '../process.ts';

export interface Account extends User {
  home: string;
  shell: string;
}

/** Who is in /etc/passwd. */
export function accounts(fileSystem: FileSystem): Account[] {
  return table(fileSystem, '/etc/passwd').map(([name = '', , uid, gid, , home = '', shell = '']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
    shell,
  }));
}

export function findUser(fileSystem: FileSystem, who: string | number): Account | undefined {
  return accounts(fileSystem).find((each) => each.name === who || each.uid === who);
}

/** The groups in /etc/group: their numbers, names, and members. */
export function groups(fileSystem: FileSystem): { gid: number; name: string; members: string[] }[] {
  return table(fileSystem, '/etc/group').map(([name = '', , gid, members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter((each) => each !== ''),
  }));
}

function table(fileSystem: FileSystem, path: string): string[][] {
  if (fileSystem.lookup(path)?.type !== 'file') return [];
  return decode(fileSystem.read(path))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));
}
