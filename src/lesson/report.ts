import { diagnostic, type Diagnostic, type Finding } from './diagnostic.ts';
import type { Path, YamlDocument, YamlSource } from './source.ts';

/** Collects what is wrong with one document. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: YamlSource;
  readonly #document: YamlDocument;

  constructor(source: YamlSource, document: YamlDocument) {
    this.#source = source;
    this.#document = document;
  }

  /** Notes a finding at a path of the document. */
  add(path: Path, finding: Finding, part: 'key' | 'value' = 'value'): void {
    this.diagnostics.push(diagnostic(this.#source, this.#document.positionOf(path, part), finding));
  }

  /** Notes a finding at the nth occurrence of a text inside a scalar. */
  addInText(path: Path, text: string, nth: number, finding: Finding): void {
    this.diagnostics.push(diagnostic(this.#source, this.#document.positionOfText(path, text, nth), finding));
  }
}
