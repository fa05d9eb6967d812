import { diagnostic, type Diagnostic } from './diagnostic.ts';
import { manifestViolations } from './manifest-rules.ts';
import type { Position } from './position.ts';
import { parseYaml, type YamlDocument, type YamlSource } from './source.ts';
import { mapping } from './violation.ts';

/** An object of a manifest, as it will be sent to the API server. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  name: string;
  /** The object itself: plain data, nothing in it but what JSON can say. */
  raw: Record<string, unknown>;
  /** Where the object begins in its file. */
  position: Position;
}

/** A file of Kubernetes objects that a lesson applies. */
export interface Manifest {
  /** Relative to the pack. */
  file: string;
  text: string;
  objects: ManifestObject[];
}

/** What a manifest holds and what is wrong with it. */
export interface CheckedManifest {
  manifest: Manifest;
  diagnostics: Diagnostic[];
  /** What is wrong with it unless the step that applies it requires `node-network`. */
  nodeNetwork: Diagnostic[];
}

const MAX_OBJECTS = 50;

/** Reads a manifest and holds it against the rules of lesson packs. */
export function parseManifest(file: string, text: string): CheckedManifest {
  const source = parseYaml(file, text);
  const checked: CheckedManifest = {
    manifest: { file, text, objects: [] },
    diagnostics: [...source.diagnostics],
    nodeNetwork: [],
  };
  const seen = new Set<string>();
  for (const document of source.documents) {
    if (document.value === null || document.value === undefined) continue;
    const start = document.positionOf([]);
    if (checkDocument(source, document, checked)) {
      const object = manifestObject(document.value, start);
      const id = `${object.kind}/${object.name}`;
      if (seen.has(id)) {
        const finding = { code: 'object-twice', message: `${object.kind} ${object.name} is given twice` };
        checked.diagnostics.push(diagnostic(source, start, finding));
      }
      seen.add(id);
      checked.manifest.objects.push(object);
    }
  }
  if (source.documents.length > MAX_OBJECTS) {
    const finding = { code: 'too-many', message: `a manifest holds at most ${MAX_OBJECTS} objects` };
    checked.diagnostics.push(diagnostic(source, { line: 1, column: 1 }, finding));
  } else if (checked.manifest.objects.length === 0 && checked.diagnostics.length === 0) {
    const finding = { code: 'object-missing', message: 'the manifest holds no object' };
    checked.diagnostics.push(diagnostic(source, { line: 1, column: 1 }, finding));
  }
  return checked;
}

/** True where the document is an object at all, allowed or not. */
function checkDocument(source: YamlSource, document: YamlDocument, checked: CheckedManifest): boolean {
  const violations = manifestViolations(document.value);
  for (const one of violations) {
    const found = diagnostic(source, document.positionOf(one.path, one.part), one);
    (one.permittedBy === undefined ? checked.diagnostics : checked.nodeNetwork).push(found);
  }
  return violations.every(
    (one) => !['object-invalid', 'kind-not-allowed', 'name-invalid'].includes(one.code),
  );
}

function manifestObject(value: unknown, position: Position): ManifestObject {
  const raw = mapping(value) ?? {};
  const { apiVersion, kind } = raw;
  return {
    apiVersion: String(apiVersion),
    kind: String(kind),
    name: String(mapping(raw['metadata'])?.['name']),
    raw,
    position,
  };
}
