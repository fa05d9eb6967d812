import type { Diagnostic, Finding } from './diagnostic.ts';
import { parseManifest, type CheckedManifest, type Manifest } from './manifest.ts';
import type { Pack } from './pack.ts';

/** The manifests of a pack, each read once. */
export class ManifestShelf {
  readonly #pack: Pack;
  readonly #read = new Map<string, Promise<CheckedManifest | Finding>>();
  /** What is wrong inside the manifests that were taken. */
  readonly diagnostics: Diagnostic[] = [];

  constructor(pack: Pack) {
    this.#pack = pack;
  }

  /** The manifest at a path as lessons write it, or what is wrong with the path. `usable` says that it can be counted on. */
  async take(path: string, nodeNetwork: boolean): Promise<{ manifest: Manifest; usable: boolean } | Finding> {
    const reading = this.#read.get(path) ?? this.#check(path);
    this.#read.set(path, reading);
    const checked = await reading;
    if ('code' in checked) return checked;
    const found = nodeNetwork ? checked.diagnostics : [...checked.diagnostics, ...checked.nodeNetwork];
    this.diagnostics.push(...found);
    return { manifest: checked.manifest, usable: checked.diagnostics.length === 0 };
  }

  async #check(path: string): Promise<CheckedManifest | Finding> {
    const file = await this.#pack.readManifest(path);
    return file.ok ? parseManifest(file.file, file.text) : file;
  }
}
