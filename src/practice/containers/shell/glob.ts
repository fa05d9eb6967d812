import type { FileSystem } from '../file-system.ts';
import { ShellError } from './errors.ts';
import { Pattern, type Chunk } from './pattern.ts';

/** A pattern may match the same files in many ways; more than this would take the learner's memory. */
const MOST_PATHS = 50_000;

/** The paths a pattern matches, sorted; none when nothing does. Hidden names need a dot in the pattern. @throws {ShellError} */
export function pathsMatching(fileSystem: FileSystem, directory: string, chunks: readonly Chunk[]): string[] {
  let found = [''];
  for (const segment of segments(chunks)) {
    const pattern = new Pattern(segment.chunks);
    const literal = segment.chunks.map((chunk) => chunk.text).join('');
    let count = 0;
    const matching = (base: string): string[] => {
      const path = (name: string): string => base + name + segment.slashes;
      if (pattern.isLiteral) {
        const name = path(literal);
        return name === '' || exists(fileSystem, name, directory) ? [name] : [];
      }
      return names(fileSystem, base === '' ? '.' : base, directory)
        .filter((name) => (pattern.startsWithDot || !name.startsWith('.')) && pattern.matches(name))
        .map(path)
        .filter((name) => segment.slashes === '' || exists(fileSystem, name, directory));
    };
    found = found.flatMap((base) => {
      const paths = matching(base);
      count += paths.length;
      if (count > MOST_PATHS) throw new ShellError('out of memory');
      return paths;
    });
  }
  return found.sort();
}

/** Cut after each run of slashes. */
function segments(chunks: readonly Chunk[]): { chunks: Chunk[]; slashes: string }[] {
  const result: { chunks: Chunk[]; slashes: string }[] = [{ chunks: [], slashes: '' }];
  for (const { text, active } of chunks)
    for (const piece of text.split(/(\/+)/)) {
      const current = result.at(-1)!;
      if (piece.startsWith('/')) {
        current.slashes += piece;
        result.push({ chunks: [], slashes: '' });
      } else if (piece !== '') current.chunks.push({ text: piece, active });
    }
  return result.filter(
    (segment, index) => index === 0 || segment.chunks.length > 0 || segment.slashes !== '',
  );
}

function names(fileSystem: FileSystem, path: string, directory: string): string[] {
  const node = fileSystem.lookup(path, directory);
  return node?.type === 'directory' ? ['.', '..', ...node.entries.keys()] : [];
}

function exists(fileSystem: FileSystem, path: string, directory: string): boolean {
  return fileSystem.lookup(path, directory) !== undefined;
}
