import type { Process } from '../../process.ts';

/** Every file below a path that is a directory, in order; other paths are themselves. */
export function* walk(process: Process, path: string): Generator<string, void, undefined> {
  const { fileSystem } = process.machine;
  const node = fileSystem.lookup(path, process.directory);
  if (node?.type !== 'directory') {
    yield path;
    return;
  }
  for (const name of fileSystem.list(path, process.directory)) {
    const below = `${path.replace(/\/$/, '')}/${name}`;
    const entry = node.entries.get(name);
    // Links to directories and devices are not followed.
    if (entry?.type === 'directory' || entry?.type === 'file') yield* walk(process, below);
  }
}
