import { isAbsolute, join, relative, sep } from 'node:path';
import { Problem } from '../problem.ts';
import type { Finding } from './diagnostic.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { parseManifestPath } from './pack-path.ts';
import { MAX_FILE_BYTES, tooLarge } from './source.ts';

/** A file of a pack: its text, or why there is none. `file` is relative to the pack, with forward slashes. */
export type PackFile = { ok: true; file: string; text: string } | ({ ok: false; file: string } & Finding);

/** A folder with `lessons/` and `manifests/`. Nothing outside it is ever read. */
export interface Pack {
  /** The folder, links resolved. */
  root: string;
  /** The ids of its lessons, sorted: the names of `lessons/*.yaml`. */
  lessonIds(): Promise<string[]>;
  readLesson(id: string): Promise<PackFile>;
  /** Reads a manifest at a path as lessons write it. */
  readManifest(path: string): Promise<PackFile>;
}

/** Opens the lesson pack in a folder. */
export async function openPack(folder: string, fs: FileSystem = nodeFileSystem): Promise<Pack> {
  let root: string;
  try {
    root = await fs.realpath(folder);
    await fs.readdir(join(root, 'lessons'));
  } catch (cause) {
    throw new Problem({
      code: 'pack-missing',
      kind: 'usage',
      what: `${folder} is not a lesson pack: it has no readable folder lessons/`,
      next: ['a lesson pack is a folder with lessons/ and manifests/'],
      cause,
    });
  }
  const read = async (segments: readonly string[]): Promise<PackFile> => {
    const file = segments.join('/');
    const result = await readInside(fs, root, segments);
    return typeof result === 'string' ? { ok: true, file, text: result } : { ok: false, file, ...result };
  };
  return {
    root,
    lessonIds: async () => {
      const names = await fs.readdir(join(root, 'lessons'));
      return names.flatMap((name) => /^([^.].*)\.yaml$/.exec(name)?.[1] ?? []).toSorted();
    },
    readLesson: (id) => read(['lessons', `${id}.yaml`]),
    readManifest: async (path) => {
      const segments = parseManifestPath(path);
      return segments.ok ? read(segments.value) : { ...segments, file: path };
    },
  };
}

/** The text of a regular file that is inside the root when all links are followed. */
async function readInside(
  fs: FileSystem,
  root: string,
  segments: readonly string[],
): Promise<string | Finding> {
  const shown = segments.join('/');
  if (segments.some((one) => one === '' || one === '..' || one === '.' || /[/\\:\0]/.test(one))) {
    return { code: 'path-invalid', message: `\`${shown}\` is not a path inside the lesson pack` };
  }
  try {
    const real = await fs.realpath(join(root, ...segments));
    const inside = relative(root, real);
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      return { code: 'path-outside', message: `\`${shown}\` leads out of the lesson pack` };
    }
    const stat = await fs.stat(real);
    if (!stat.isFile()) return { code: 'file-not-regular', message: `\`${shown}\` is not a regular file` };
    if (stat.size > MAX_FILE_BYTES) return tooLarge();
    return decode(await fs.readFile(real), shown);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { code: 'file-missing', message: `there is no file \`${shown}\`` };
    return { code: 'file-unreadable', message: `\`${shown}\` cannot be read (${code})` };
  }
}

function decode(bytes: Uint8Array, shown: string): string | Finding {
  if (bytes.byteLength > MAX_FILE_BYTES) return tooLarge();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { code: 'file-encoding', message: `\`${shown}\` is not UTF-8` };
  }
}
