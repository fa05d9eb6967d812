import type { FileSystem } from '../file-system.ts';
import type { Program } from '../process.ts';
import type { User } from '../process.ts';

export const ROOT: User = { uid: 0, gid: 0, name: 'root' };

export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Attributes {
  mode?: number;
  uid?: number;
  gid?: number;
  modified?: number;
}

/** Puts files into a file system as an image was built: all with the time of the build. */
export class Layout {
  private readonly fileSystem: FileSystem;
  /** Milliseconds since 1970. */
  private readonly built: number;

  constructor(fileSystem: FileSystem, built: string) {
    this.fileSystem = fileSystem;
    this.built = Date.parse(built);
  }

  text(path: string, text: string, attributes: Attributes = {}): this {
    return this.file(path, new TextEncoder().encode(text), undefined, attributes);
  }

  /** An executable; what is in it nobody reads, so there is nothing but its mark. */
  program(path: string, program: Program, attributes: Attributes = {}): this {
    return this.file(path, ELF, program, { mode: 0o755, ...attributes });
  }

  /** A script that runs as a program of ours, with the text it shows to a reader. */
  script(path: string, text: string, program: Program | undefined, attributes: Attributes = {}): this {
    return this.file(path, new TextEncoder().encode(text), program, { mode: 0o755, ...attributes });
  }

  link(path: string, target: string): this {
    this.fileSystem.place(path, { type: 'symlink', mode: 0o777, target, modified: this.built });
    return this;
  }

  directory(path: string, attributes: Attributes = {}): this {
    const known = this.fileSystem.lookup(path);
    if (known?.type === 'directory') Object.assign(known, attributes);
    else
      this.fileSystem.place(path, {
        type: 'directory',
        mode: 0o755,
        entries: new Map(),
        modified: this.built,
        ...attributes,
      });
    return this;
  }

  directories(...paths: string[]): this {
    for (const path of paths) this.directory(path);
    return this;
  }

  private file(
    path: string,
    content: Uint8Array,
    program: Program | undefined,
    attributes: Attributes,
  ): this {
    this.fileSystem.place(path, {
      type: 'file',
      mode: 0o644,
      content,
      program,
      modified: this.built,
      ...attributes,
    });
    return this;
  }
}

const ELF = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);

/** What every image has that is more than one program: a place for temporary files, users, groups. */
export function base(
  layout: Layout,
  system: { passwd: string[]; group: string[]; release?: string; isMerged?: boolean },
): Layout {
  if (system.isMerged === true)
    layout.link('/bin', 'usr/bin').link('/sbin', 'usr/sbin').link('/lib', 'usr/lib');
  else layout.directories('/bin', '/sbin', '/lib');
  layout
    .directories('/dev', '/etc', '/home', '/proc', '/sys', '/usr/bin', '/usr/sbin', '/var/log')
    .directory('/root', { mode: 0o700 })
    .directory('/tmp', { mode: 0o1777 })
    .directory('/var/tmp', { mode: 0o1777 })
    .text('/etc/passwd', lines(system.passwd))
    .text('/etc/group', lines(system.group));
  if (system.release !== undefined) layout.text('/etc/os-release', system.release);
  return layout;
}

function lines(entries: string[]): string {
  return entries.map((entry) => `${entry}\n`).join('');
}
