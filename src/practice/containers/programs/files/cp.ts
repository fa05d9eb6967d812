import { FileError } from '../../file-error.ts';
import type { FileNode } from '../../file-system.ts';
import { open, permitted, reach } from '../../open.ts';
import { type Applet, type Call, words, complain } from '../applet.ts';
import { entry, inside, mayChange, tried } from './directory.ts';
import { each } from './each.ts';

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
