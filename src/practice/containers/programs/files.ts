import { FileError } from '../file-error.ts';
import type { FileNode } from '../file-system.ts';
import { open, permitted, reach } from '../open.ts';
import { type Applet, type Call, complain, fail, words, wrongUsage } from './applet.ts';
import { entry, inside, mayChange, removeAll, tried } from './directory.ts';
import { changedMode } from './mode.ts';

export const mkdir: Applet = {
  name: 'mkdir',
  usage: `mkdir [-m MODE] [-p] DIRECTORY...

Create DIRECTORY

	-m MODE	Mode
	-p	No error if exists; make parent directories as needed`,
  options: { short: 'm:p', long: { mode: 'm', parents: 'p' } },
  operands: { least: 1 },
  run: (call) =>
    each(call, async (name) => {
      const { process, options } = call;
      const text = options.get('m');
      const mode = text === undefined ? 0o755 : changedMode(0o777, text, true);
      if (mode === undefined)
        await fail(call, words(call, `invalid mode '${text}'`, `invalid mode: '${text}'`));
      const make = (path: string, own: number): void => {
        const found = entry(process, path, { follow: true });
        if (found.node?.type === 'directory' && options.has('p')) return;
        if (found.node === undefined) mayChange(process, found.parent);
        process.machine.fileSystem.makeDirectory(path, process.directory, process.user, own);
      };
      const parts = name.split('/').filter((part) => part !== '');
      const root = name.startsWith('/') ? '/' : '';
      return tried(
        () => {
          if (options.has('p'))
            for (let depth = 1; depth < parts.length; depth++)
              make(root + parts.slice(0, depth).join('/'), 0o755);
          make(name, mode!);
        },
        (error) =>
          complain(
            call,
            words(
              call,
              `can't create directory '${name}': ${error.message}`,
              `cannot create directory '${name}': ${error.message}`,
            ),
          ),
      );
    }),
};

export const rmdir: Applet = {
  name: 'rmdir',
  usage: `rmdir [-p] DIRECTORY...

Remove DIRECTORY if it is empty

	-p	Include parents`,
  options: { short: 'p', long: { parents: 'p' } },
  operands: { least: 1 },
  run: (call) =>
    each(call, (name) =>
      tried(
        () => {
          const { node, parent } = entry(call.process, name);
          if (node !== undefined && node.type !== 'directory') throw new FileError('ENOTDIR');
          mayChange(call.process, parent, node);
          call.process.machine.fileSystem.remove(name, call.process.directory);
        },
        (error) =>
          complain(
            call,
            words(call, `'${name}': ${error.message}`, `failed to remove '${name}': ${error.message}`),
          ),
      ),
    ),
};

export const rm: Applet = {
  name: 'rm',
  usage: `rm [-irf] FILE...

Remove (unlink) FILEs

	-i	Always prompt before removing
	-f	Never prompt
	-R,-r	Recurse`,
  options: { short: 'irRf', long: { recursive: 'r', force: 'f' } },
  async run(call) {
    const { process, options } = call;
    if (call.operands.length === 0) return options.has('f') ? 0 : wrongUsage(rm, call);
    return each(call, (name) =>
      tried(
        () => {
          const { node, parent } = entry(process, name);
          if (node === undefined && options.has('f')) return;
          if (node?.type === 'directory' && !options.has('r') && !options.has('R'))
            throw new FileError('EISDIR');
          if (options.has('r') || options.has('R')) return removeAll(process, name);
          mayChange(process, parent, node);
          process.machine.fileSystem.remove(name, process.directory);
        },
        (error) =>
          complain(
            call,
            error.code === 'EISDIR'
              ? words(call, `'${name}' is a directory`, `cannot remove '${name}': Is a directory`)
              : words(
                  call,
                  `can't remove '${name}': ${error.message}`,
                  `cannot remove '${name}': ${error.message}`,
                ),
          ),
      ),
    );
  },
};

export const touch: Applet = {
  name: 'touch',
  usage: `touch [-cham] [-d DATE] [-t DATE] [-r FILE] FILE...

Update mtime of FILEs

	-h	Don't follow links
	-c	Don't create files
	-d DT	Date/time to use
	-t DT	Date/time to use
	-r FILE	Use FILE's date/time`,
  options: { short: 'cham', long: { 'no-create': 'c' } },
  operands: { least: 1 },
  run: (call) =>
    each(call, (name) =>
      tried(
        () => {
          const { process, options } = call;
          const found = entry(process, name, { follow: true });
          if (found.node === undefined) {
            if (!options.has('c')) open(process, name, 'write').close();
          } else if (permitted(found.node, process.user, 'write'))
            found.node.modified = process.machine.clock.now();
          else throw new FileError('EACCES');
        },
        (error) =>
          complain(
            call,
            words(call, `${name}: ${error.message}`, `cannot touch '${name}': ${error.message}`),
          ),
      ),
    ),
};

export const cp: Applet = {
  name: 'cp',
  usage: `cp [-arPLHpfinlsTu] SOURCE DEST
or: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }

Copy SOURCEs to DEST

	-a	Same as -dpR
	-R,-r	Recurse
	-p	Preserve file attributes if possible
	-f	Overwrite
	-n	Don't overwrite`,
  options: { short: 'arRpfn', long: { recursive: 'r', archive: 'a', force: 'f' } },
  operands: { least: 2 },
  async run(call) {
    const { options, process } = call;
    const recurses = options.has('r') || options.has('R') || options.has('a');
    const target = call.operands.at(-1)!;
    return each(
      call,
      async (name) => {
        const to = inside(process, target, name);
        const isCopied = await copy(call, name, to, recurses, options.has('p') || options.has('a'));
        return isCopied;
      },
      call.operands.slice(0, -1),
    );
  },
};

async function copy(
  call: Call,
  from: string,
  to: string,
  recurses: boolean,
  keeps: boolean,
): Promise<boolean> {
  const { process, options } = call;
  const { fileSystem } = process.machine;
  let source: FileNode;
  try {
    source = reach(process, from, { follow: !recurses });
    if (!permitted(source, process.user, 'read')) throw new FileError('EACCES');
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const what =
      error.code === 'EACCES'
        ? [`can't open '${from}'`, `cannot open '${from}' for reading`]
        : [`can't stat '${from}'`, `cannot stat '${from}'`];
    await complain(call, `${words(call, what[0]!, what[1]!)}: ${error.message}`);
    return false;
  }
  const isThere = fileSystem.lookup(to, process.directory) !== undefined;
  if (isThere && options.has('n')) return true;
  if (source.type === 'directory' && !recurses) {
    await complain(
      call,
      words(call, `omitting directory '${from}'`, `-r not specified; omitting directory '${from}'`),
    );
    return false;
  }
  const stamp = (): void => {
    const made = fileSystem.lookup(to, process.directory);
    if (made === undefined) return;
    made.mode = keeps || !isThere ? source.mode : made.mode;
    if (keeps) made.modified = source.modified;
    if (made.type === 'file' && source.type === 'file') made.program = source.program;
  };
  const refused = (error: FileError): Promise<void> =>
    complain(
      call,
      words(
        call,
        `can't create '${to}': ${error.message}`,
        `cannot create regular file '${to}': ${error.message}`,
      ),
    );
  if (source.type === 'directory') {
    const names = [...source.entries.keys()].sort();
    const isMade = await tried(() => {
      if (isThere) return;
      mayChange(process, entry(process, to).parent);
      fileSystem.makeDirectory(to, process.directory, process.user, source.mode);
    }, refused);
    if (!isMade) return false;
    let isWhole = true;
    for (const name of names)
      isWhole = (await copy(call, `${from}/${name}`, `${to}/${name}`, true, keeps)) && isWhole;
    return isWhole;
  }
  return tried(async () => {
    if (source.type === 'symlink') {
      mayChange(process, entry(process, to).parent);
      fileSystem.link(source.target, to, process.directory, process.user);
      return;
    }
    const content = fileSystem.openNode(source, 'read', process);
    const file = open(process, to, 'write');
    for (let chunk = await content.source?.read(); chunk != null; chunk = await content.source?.read())
      await file.sink?.write(chunk);
    file.close();
    stamp();
  }, refused);
}

export const mv: Applet = {
  name: 'mv',
  usage: `mv [-finT] SOURCE DEST
or: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }

Rename SOURCE to DEST, or move SOURCEs to DIRECTORY

	-f	Don't prompt before overwriting
	-i	Interactive, prompt before overwrite
	-n	Don't overwrite an existing file
	-T	Refuse to move if DEST is a directory`,
  options: { short: 'finT', long: { force: 'f', 'no-clobber': 'n' } },
  operands: { least: 2 },
  async run(call) {
    const { process } = call;
    const { fileSystem } = process.machine;
    const target = call.operands.at(-1)!;
    return each(
      call,
      (name) =>
        tried(
          () => {
            const to = inside(process, target, name);
            const source = entry(process, name);
            if (source.node === undefined) throw new FileError('ENOENT');
            const place = entry(process, to);
            if (place.node !== undefined && call.options.has('n')) return;
            mayChange(process, source.parent, source.node);
            mayChange(process, place.parent, place.node);
            fileSystem.rename(name, to, process.directory);
          },
          (error) =>
            complain(
              call,
              words(
                call,
                `can't rename '${name}': ${error.message}`,
                `cannot stat '${name}': ${error.message}`,
              ),
            ),
        ),
      call.operands.slice(0, -1),
    );
  },
};

export const ln: Applet = {
  name: 'ln',
  usage: `ln [-sfnbtv] [-S SUF] TARGET... LINK|DIR

Create a link LINK or DIR/TARGET to the specified TARGET(s)

	-s	Make symlinks instead of hardlinks
	-f	Remove existing destinations
	-n	Don't dereference symlinks - treat like normal file`,
  options: { short: 'sfn', long: { symbolic: 's', force: 'f' } },
  operands: { least: 1 },
  async run(call) {
    const { process, options } = call;
    const { fileSystem } = process.machine;
    const [first = '', ...more] = call.operands;
    const target = more.length === 0 ? '.' : call.operands.at(-1)!;
    return each(
      call,
      (name) => {
        const path = inside(process, target, name);
        return tried(
          () => {
            const place = entry(process, path);
            mayChange(process, place.parent, place.node);
            if (place.node !== undefined && options.has('f')) fileSystem.remove(path, process.directory);
            if (options.has('s')) return fileSystem.link(name, path, process.directory, process.user);
            // A second name for the same file.
            const node = reach(process, name);
            if (node.type === 'directory') throw new FileError('EPERM');
            if (place.node !== undefined && !options.has('f')) throw new FileError('EEXIST');
            place.parent.entries.set(place.name, node);
          },
          (error) =>
            complain(
              call,
              words(
                call,
                `${path}: ${error.message}`,
                `failed to create ${options.has('s') ? 'symbolic' : 'hard'} link '${path}': ${error.message}`,
              ),
            ),
        );
      },
      more.length === 0 ? [first] : call.operands.slice(0, -1),
    );
  },
};

export const chmod: Applet = {
  name: 'chmod',
  usage: `chmod [-Rcvf] MODE[,MODE]... FILE...

MODE is octal number (bit pattern sstrwxrwxrwx) or [ugoa]{+|-|=}[rwxXst]

	-R	Recurse
	-f	Hide errors`,
  // A mode may begin with a dash.
  operands: { least: 2 },
  async run(call) {
    const { process } = call;
    const operands = [...call.operands];
    const recurses = operands[0] === '-R' && operands.shift() !== undefined;
    const text = operands.shift()!;
    if (changedMode(0, text, false) === undefined)
      await fail(call, words(call, `invalid mode '${text}'`, `invalid mode: '${text}'`));
    const change = (node: FileNode): void => {
      if (process.user.uid !== 0 && process.user.uid !== node.uid) throw new FileError('EPERM');
      if (node.type !== 'symlink') node.mode = changedMode(node.mode, text, node.type === 'directory')!;
      if (recurses && node.type === 'directory')
        for (const name of node.entries.keys()) change(node.entries.get(name)!);
    };
    return each(
      call,
      (name) =>
        tried(
          () => change(reach(process, name)),
          (error) =>
            complain(
              call,
              words(call, `${name}: ${error.message}`, `cannot access '${name}': ${error.message}`),
            ),
        ),
      operands,
    );
  },
};

/** Goes on after a failure; the status tells that there was one. */
async function each(
  call: Call,
  step: (name: string) => Promise<boolean>,
  names = call.operands,
): Promise<number> {
  let status = 0;
  for (const name of names) if (!(await step(name))) status = 1;
  return status;
}
