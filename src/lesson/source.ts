import { constructFromEvents, CORE_SCHEMA, parseEvents, YAMLException } from 'js-yaml';
import { diagnostic, type Diagnostic, type Finding } from './diagnostic.ts';
import { positions, type Position } from './position.ts';
import { nodesOf, type YamlNode } from './yaml-node.ts';

/** The largest file a lesson pack may hold. */
export const MAX_FILE_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;

/** A way through a document: keys of mappings and indices of sequences. */
export type Path = readonly (string | number)[];

/** One document of a YAML file, which knows where each of its values was written. */
export interface YamlDocument {
  value: unknown;
  /** Where a key or a value is written; for a path that does not exist, the nearest place above it. */
  positionOf(path: Path, part?: 'key' | 'value'): Position;
  /** Where `text` occurs for the nth time (from zero) inside a scalar; the scalar itself if it does not. */
  positionOfText(path: Path, text: string, nth?: number): Position;
}

export interface YamlSource {
  file: string;
  text: string;
  documents: YamlDocument[];
  /** What is wrong with the YAML; when there is anything, there are no documents. */
  diagnostics: Diagnostic[];
}

/**
 * Reads YAML strictly: no aliases, no merge keys, no duplicate keys, no keys but strings, no control characters, no
 * value that kubectl would read differently, and limits on size and depth.
 */
export function parseYaml(file: string, text: string): YamlSource {
  const at = positions(text);
  const source: YamlSource = { file, text, documents: [], diagnostics: [] };
  const report = (offset: number, finding: Finding): void => {
    source.diagnostics.push(diagnostic(source, at(Math.max(0, offset)), finding));
  };
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    source.diagnostics.push(diagnostic({ file, text: '' }, { line: 1, column: 1 }, tooLarge()));
    return source;
  }
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const { documents, findings } = nodesOf(text, events);
    for (const finding of findings) report(finding.offset, finding);
    if (findings.length > 0) return source;
    const values = constructFromEvents(events, { source: text, schema: CORE_SCHEMA, maxAliases: 0 });
    for (const [index, root] of documents.entries()) {
      const document = yamlDocument(values[index], root, text, at);
      for (const path of badNumbers(values[index])) {
        const hint = 'quote it if it is a text';
        const finding = { code: 'yaml-number', message: 'this number cannot be represented exactly', hint };
        source.diagnostics.push(diagnostic(source, document.positionOf(path), finding));
      }
      source.documents.push(document);
    }
    if (source.diagnostics.length > 0) source.documents = [];
  } catch (error) {
    const [offset, reason] =
      error instanceof YAMLException ? [error.mark?.position, error.reason] : [0, String(error)];
    report(offset ?? 0, { code: 'yaml-syntax', message: reason });
  }
  return source;
}

/** What to say of a file beyond the limit. */
export function tooLarge(): Finding {
  return { code: 'file-too-large', message: `the file is larger than ${MAX_FILE_BYTES / 1024} KiB` };
}

function yamlDocument(
  value: unknown,
  root: YamlNode,
  text: string,
  at: (offset: number) => Position,
): YamlDocument {
  const offsetOf = (path: Path, part: 'key' | 'value'): number => {
    const found = find(root, path);
    const own = part === 'key' || found.node.start < 0 ? found.key : found.node.start;
    return Math.max(0, own);
  };
  return {
    value,
    positionOf: (path, part = 'value') => at(offsetOf(path, part)),
    positionOfText: (path, wanted, nth = 0) => {
      const [start, end] = find(root, path).node.range;
      const raw = text.slice(Math.max(0, start), Math.max(0, end));
      let offset = raw.indexOf(wanted);
      for (let count = 0; count < nth && offset >= 0; count++) offset = raw.indexOf(wanted, offset + 1);
      return at(offset < 0 ? offsetOf(path, 'value') : start + offset);
    },
  };
}

/** The node at the end of a path and where its key is; as far down as the path exists. */
function find(root: YamlNode, path: Path): { node: YamlNode; key: number } {
  let [node, key] = [root, root.start];
  for (const step of path) {
    const entry = typeof step === 'string' ? node.entries.get(step) : undefined;
    const next = typeof step === 'string' ? entry?.node : node.items[step];
    if (next === undefined) return { node, key };
    key = entry?.key ?? (next.start >= 0 ? next.start : key);
    node = next;
  }
  return { node, key };
}

/** Paths of the numbers that JSON could not carry as they were written. */
function badNumbers(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'number') {
    const bad = !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
    return bad ? [path] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, child]) => badNumbers(child, [...path, key]));
}
