import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '../problem.ts';

/**
 * Where the tutor keeps what it knows between two commands: progress, journals, locks. Files are readable by their
 * owner only, and replaced as a whole, so that a crash leaves the old or the new one.
 */
export class StateFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  folder(name: string): StateFolder {
    return new StateFolder(join(this.path, name));
  }

  exists(name: string): boolean {
    return existsSync(this.file(name));
  }

  /** Undefined when there is no such file. @throws {Problem} state-unreadable */
  read(name: string): string | undefined {
    try {
      return readFileSync(this.file(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw unusable('read', this.file(name), error);
    }
  }

  /** @throws {Problem} state-unwritable */
  write(name: string, text: string): void {
    const temporary = `${this.file(name)}.${process.pid}.tmp`;
    this.guard(name, () => {
      mkdirSync(dirname(temporary), { recursive: true, mode: 0o700 });
      try {
        writeAndSync(temporary, 'w', text);
        renameSync(temporary, this.file(name));
      } catch (error) {
        // Half a file takes room, too, on a disk that has none left.
        rmSync(temporary, { force: true });
        throw error;
      }
    });
  }

  /** Appends and waits until it is on the disk. @throws {Problem} state-unwritable */
  append(name: string, text: string): void {
    this.guard(name, () => {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
      writeAndSync(this.file(name), 'a', text);
    });
  }

  /** Creates a file that must not be there yet; false when it is. @throws {Problem} state-unwritable */
  create(name: string, text: string): boolean {
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
      writeAndSync(this.file(name), 'wx', text);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') rmSync(this.file(name), { force: true });
      throw unusable('write', this.file(name), error);
    }
  }

  /** @throws {Problem} state-unwritable */
  remove(name: string): void {
    this.guard(name, () => rmSync(this.file(name), { recursive: true, force: true }));
  }

  list(): string[] {
    try {
      return readdirSync(this.path).sort();
    } catch {
      return [];
    }
  }

  private guard(name: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      throw unusable('write', this.file(name), error);
    }
  }
}

function writeAndSync(file: string, flags: string, text: string): void {
  const descriptor = openSync(file, flags, 0o600);
  try {
    // Not writeSync, which on a disk that is almost full writes a part and says nothing.
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unusable(verb: 'read' | 'write', file: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  return new Problem({
    code: verb === 'read' ? 'state-unreadable' : 'state-unwritable',
    kind: 'environment',
    what: `The tutor can't ${verb} its own file: ${code === 'ENOSPC' ? 'the disk is full' : message}`,
    where: file,
    next: [
      'Without its journal the tutor creates nothing in a cluster: it could not clean up for certain.',
      'Make room or give yourself the right to write there, or name another folder: K8SNET_TUTOR_STATE=FOLDER',
    ],
    cause: error,
  });
}

/** K8SNET_TUTOR_STATE, or the place the operating system has for such files. */
export function stateFolderPath(
  env: Record<string, string | undefined>,
  home: string,
  platform: string,
): string {
  if (env['K8SNET_TUTOR_STATE']) return env['K8SNET_TUTOR_STATE'];
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'k8snet-tutor');
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'k8snet-tutor');
}
