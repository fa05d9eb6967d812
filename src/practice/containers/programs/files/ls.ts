import { FileError } from '../../file-error.ts';
import type { Directory, FileNode } from '../../file-system.ts';
import { permitted, reach } from '../../open.ts';
import { accounts, groups } from '../accounts.ts';
import { type Applet, type Call, complain, words } from '../applet.ts';
import { modeText } from './mode.ts';

interface Item {
  name: string;
  node: FileNode;
}

export const ls: Applet = {
  name: 'ls',
  usage: `ls [-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...

List directory contents

	-1	One column output
	-a	Include names starting with .
	-A	Like -a, but exclude . and ..
	-d	List directory names, not contents
	-R	Recurse
	-F	Append indicator (one of */=@|) to names
	-l	Long format
	-n	List numeric UIDs and GIDs instead of names
	-h	Human readable sizes (1K 243M 2G)
	-r	Sort in reverse order
	-S	Sort by size
	-t	Sort by mtime`,
  options: {
    short: '1AaCdRFplnhrSt',
    long: { all: 'a', 'almost-all': 'A', 'human-readable': 'h', directory: 'd', recursive: 'R' },
  },
  async run(call) {
    const { process, options, operands } = call;
    const files: Item[] = [];
    const directories: Item[] = [];
    let status = 0;
    for (const name of operands.length > 0 ? operands : ['.'])
      try {
        const node = reach(process, name, { follow: !options.has('l') });
        const isListed = node.type === 'directory' && !options.has('d');
        (isListed ? directories : files).push({ name, node });
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await complain(
          call,
          words(call, `${name}: ${error.message}`, `cannot access '${name}': ${error.message}`),
        );
        status = call.suite.kind === 'busybox' ? 1 : 2;
      }
    const listing = new Listing(call);
    if (files.length > 0) await listing.show(listing.sorted(files));
    const isTitled = files.length + directories.length > 1 || options.has('R') || status !== 0;
    let isFirst = files.length === 0;
    const queue = listing.sorted(directories);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (isTitled && (operands.length > 1 || options.has('R')))
        await process.print(`${isFirst ? '' : '\n'}${next.name}:\n`);
      isFirst = false;
      const { node, name } = next;
      if (node.type !== 'directory') continue;
      if (!permitted(node, process.user, 'read')) {
        const refused = new FileError('EACCES').message;
        await complain(
          call,
          words(call, `can't open '${name}': ${refused}`, `cannot open directory '${name}': ${refused}`),
        );
        status = call.suite.kind === 'busybox' ? 1 : 2;
        continue;
      }
      const items = listing.contents(node);
      await listing.show(items, true);
      if (options.has('R')) {
        const below = items.filter(
          (item) => item.node.type === 'directory' && item.name !== '.' && item.name !== '..',
        );
        queue.unshift(...below.map((item) => ({ ...item, name: `${name.replace(/\/$/, '')}/${item.name}` })));
      }
    }
    return status;
  },
};

class Listing {
  private readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  sorted(items: Item[]): Item[] {
    const { options } = this.call;
    const byName = (a: Item, b: Item): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const order = (a: Item, b: Item): number => {
      if (options.has('t')) return b.node.modified - a.node.modified || byName(a, b);
      if (options.has('S')) return sizeOf(b.node) - sizeOf(a.node) || byName(a, b);
      return byName(a, b);
    };
    const result = [...items].sort(order);
    return options.has('r') ? result.reverse() : result;
  }

  contents(directory: Directory): Item[] {
    const { options } = this.call;
    const all = options.has('a');
    const names = [...directory.entries.keys()].filter(
      (name) => all || options.has('A') || !name.startsWith('.'),
    );
    const items = names.flatMap((name) => {
      const node = directory.entries.get(name);
      return node === undefined ? [] : [{ name, node }];
    });
    const dots = all ? ['.', '..'].map((name) => ({ name, node: directory })) : [];
    return this.sorted([...dots, ...items]);
  }

  async show(items: Item[], isDirectory = false): Promise<void> {
    const { options, process } = this.call;
    if (options.has('l') || options.has('n')) {
      if (isDirectory)
        await process.print(`total ${items.reduce((sum, { node }) => sum + blocks(node), 0)}\n`);
      const rows = items.map((item) => this.row(item));
      const widths =
        this.call.suite.kind === 'busybox'
          ? [4, 8, 8, 9]
          : [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row.columns[column]!.length)));
      for (const { mode, columns, time, name } of rows) {
        const [links = '', user = '', group = '', size = ''] = columns;
        const cells = [
          links.padStart(widths[0]!),
          user.padEnd(widths[1]!),
          group.padEnd(widths[2]!),
          size.padStart(widths[3]!),
        ];
        await process.print(`${mode} ${cells.join(' ')} ${time} ${name}\n`);
      }
      return;
    }
    const names = items.map((item) => this.marked(item));
    const tty = process.files.get(1)?.tty;
    if (tty === undefined || options.has('1')) {
      if (!options.has('C') || options.has('1')) {
        for (const name of names) await process.print(`${name}\n`);
        return;
      }
    }
    await process.print(inColumns(names, tty?.columns ?? 80));
  }

  private marked({ name, node }: Item): string {
    const { options } = this.call;
    if (node.type === 'directory' && (options.has('F') || options.has('p'))) return `${name}/`;
    if (!options.has('F')) return name;
    if (node.type === 'symlink') return `${name}@`;
    return node.type === 'file' && (node.mode & 0o111) !== 0 ? `${name}*` : name;
  }

  private row(item: Item): { mode: string; columns: string[]; time: string; name: string } {
    const { options, process } = this.call;
    const { node } = item;
    const { fileSystem, clock } = process.machine;
    const isNumeric = options.has('n');
    const user = isNumeric ? undefined : accounts(fileSystem).find(({ uid }) => uid === node.uid)?.name;
    const group = isNumeric ? undefined : groups(fileSystem).find(({ gid }) => gid === node.gid)?.name;
    const links = node.type === 'directory' ? 2 + this.below(node) : 1;
    const size = sizeOf(node);
    const target = node.type === 'symlink' ? ` -> ${node.target}` : '';
    return {
      mode: modeText(node.mode, node.type),
      columns: [
        String(links),
        user ?? String(node.uid),
        group ?? String(node.gid),
        options.has('h') ? human(size) : String(size),
      ],
      time: timeText(node.modified, clock.now()),
      name: `${this.marked(item)}${target}`,
    };
  }

  private below(node: Directory): number {
    return [...node.entries.keys()].filter((name) => node.entries.get(name)?.type === 'directory').length;
  }
}

function sizeOf(node: FileNode): number {
  switch (node.type) {
    case 'file':
      return node.content.length;
    case 'symlink':
      return node.target.length;
    case 'directory':
      return 4096;
    case 'device':
    case 'generated':
      return 0;
  }
}

function blocks(node: FileNode): number {
  return node.type === 'directory' || node.type === 'file' ? Math.ceil(sizeOf(node) / 4096) * 4 : 0;
}

function human(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let size = bytes;
  for (const unit of ['K', 'M', 'G']) {
    size /= 1024;
    if (size < 10) return `${size.toFixed(1)}${unit}`;
    if (size < 1024) return `${Math.round(size)}${unit}`;
  }
  return `${Math.round(size)}G`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const HALF_A_YEAR_MS = 15_778_476_000;

/** The time of day for what is younger than half a year, the year for all else. */
function timeText(time: number, now: number): string {
  const date = new Date(time);
  const day = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
  const isRecent = time > now - HALF_A_YEAR_MS && time <= now + 60_000;
  return `${day} ${isRecent ? date.toISOString().slice(11, 16) : ` ${date.getUTCFullYear()}`}`;
}

/** Names down the columns, as wide as the longest needs. */
function inColumns(names: string[], width: number): string {
  if (names.length === 0) return '';
  const column = Math.max(...names.map((name) => name.length)) + 2;
  const count = Math.max(1, Math.floor(width / column));
  const rows = Math.ceil(names.length / count);
  const lines = Array.from({ length: rows }, (_, row) =>
    names
      .filter((_, index) => index % rows === row)
      .map((name) => name.padEnd(column))
      .join('')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
