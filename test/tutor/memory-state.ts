import { StateFolder } from '../../src/tutor/state-folder.ts';

/** A state folder in memory, for tests that walk through many sessions. */
export class MemoryState extends StateFolder {
  readonly #files: Map<string, string>;

  constructor(path = '/state', files = new Map<string, string>()) {
    super(path);
    this.#files = files;
  }

  override folder(name: string): MemoryState {
    return new MemoryState(this.file(name), this.#files);
  }

  override exists(name: string): boolean {
    return this.#files.has(this.file(name));
  }

  override read(name: string): string | undefined {
    return this.#files.get(this.file(name));
  }

  override write(name: string, text: string): void {
    this.#files.set(this.file(name), text);
  }

  override append(name: string, text: string): void {
    this.#files.set(this.file(name), (this.read(name) ?? '') + text);
  }

  override create(name: string, text: string): boolean {
    if (this.exists(name)) return false;
    this.write(name, text);
    return true;
  }

  override remove(name: string): void {
    this.#files.delete(this.file(name));
  }

  override list(): string[] {
    const inside = [...this.#files.keys()].filter((file) => file.startsWith(`${this.path}/`));
    return [...new Set(inside.map((file) => file.slice(this.path.length + 1).split('/')[0]!))].sort();
  }
}
