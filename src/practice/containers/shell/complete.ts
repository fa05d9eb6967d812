import { permitted } from '../open.ts';
import { builtins } from './builtins/index.ts';
import type { Completion } from './line-editor.ts';
import type { Shell } from './shell.ts';

/** What Tab offers: commands where a command stands, else files. */
export function completions(shell: Shell, before: string): Completion {
  const word = /(?:\\.|[^\s;|&()<>\\])*$/.exec(before)![0];
  const lead = before.slice(0, before.length - word.length);
  const isCommand = /(^|[;|&(]|\b(then|do|else|if|while|until|exec|command)\s)\s*$/.test(lead);
  const length = Array.from(word).length;
  if (isCommand && !word.includes('/')) return { length, candidates: commands(shell, word) };
  return { length, candidates: files(shell, word) };
}

type Candidate = Completion['candidates'][number];

function commands(shell: Shell, word: string): Candidate[] {
  const names = new Set([...builtins.keys(), ...shell.functions.keys()]);
  const { fileSystem } = shell.process.machine;
  for (const directory of (shell.get('PATH') ?? '').split(':')) {
    const node = fileSystem.lookup(directory || '.', shell.process.directory);
    if (node?.type === 'directory') for (const name of node.entries.keys()) names.add(name);
  }
  return [...names]
    .filter((name) => name.startsWith(word))
    .sort()
    .map((name) => ({ text: name, shown: name, after: ' ' }));
}

function files(shell: Shell, word: string): Candidate[] {
  const plain = word.replaceAll(/\\(.)/g, '$1');
  const at = plain.lastIndexOf('/') + 1;
  const [folder, start] = [plain.slice(0, at), plain.slice(at)];
  const { fileSystem } = shell.process.machine;
  const home = shell.get('HOME') ?? '';
  const directory = fileSystem.lookup(folder.replace(/^~(?=\/)/, home) || '.', shell.process.directory);
  if (directory?.type !== 'directory' || !permitted(directory, shell.process.user, 'read')) return [];
  return [...directory.entries.keys()]
    .filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map((name) => {
      const path = `${folder.replace(/^~(?=\/)/, home)}${name}`;
      const isFolder = fileSystem.lookup(path, shell.process.directory)?.type === 'directory';
      const after = isFolder ? '/' : ' ';
      return { text: escaped(folder + name), shown: `${name}${isFolder ? '/' : ''}`, after };
    });
}

function escaped(text: string): string {
  return text.replaceAll(/[\s;|&()<>\\'"`$*?[#]/g, '\\$&');
}
