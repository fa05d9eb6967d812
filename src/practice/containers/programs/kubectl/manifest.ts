import { FileError } from '../../file-error.ts';
import { reach, readWhole } from '../../open.ts';
import { decode, type Process } from '../../process.ts';
import { loadYaml } from '../../../yaml.ts';
import type { ResourceType } from './discovery.ts';
import { failure, KubectlFailure } from './failure.ts';
import { type ApiObject, isFields } from './object.ts';
import type { Session } from './session.ts';

/** An object out of a file. */
export interface Manifest {
  object: ApiObject;
  type: ResourceType;
  /** Where it goes; undefined where its type is in no namespace. */
  namespace: string | undefined;
  /** The file's name as it was given; `STDIN`. */
  source: string;
}

/** All objects of all files of `-f`, in order. @throws {KubectlFailure} */
export async function readManifests(session: Session): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const source of session.options.all('filename').flatMap((name) => filesOf(session.process, name)))
    for (const object of await objectsOf(session.process, source))
      manifests.push(await resolve(session, object, source === '-' ? 'STDIN' : source));
  if (manifests.length === 0) throw failure('no objects passed to apply');
  return manifests;
}

/** A directory stands for the manifests in it. */
function filesOf(process: Process, name: string): string[] {
  if (name === '-') return [name];
  try {
    const node = reach(process, name);
    if (node.type !== 'directory') return [name];
    return [...node.entries.keys()]
      .filter((each) => /\.(?:ya?ml|json)$/.test(each))
      .sort()
      .map((each) => `${name.replace(/\/$/, '')}/${each}`);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === 'ENOENT') throw failure(`the path "${name}" does not exist`);
    throw failure(`the path "${name}" cannot be accessed: ${error.message}`);
  }
}

async function objectsOf(process: Process, source: string): Promise<ApiObject[]> {
  const bytes = source === '-' ? await readAll(process) : readFile(process, source);
  let documents: unknown[];
  try {
    documents = await loadYaml(decode(bytes));
  } catch (error) {
    throw failure(`error parsing ${shown(source)}: error converting YAML to JSON: yaml: ${yamlWords(error)}`);
  }
  return documents
    .filter((document) => document !== null && document !== undefined)
    .flatMap((document) => {
      if (!isFields(document))
        throw failure(
          `error parsing ${shown(source)}: error unmarshaling JSON: json: cannot unmarshal into Go value of type map[string]interface {}`,
        );
      for (const field of ['apiVersion', 'kind'])
        if (typeof document[field] !== 'string' || document[field] === '')
          throw failure(
            `error validating "${shown(source)}": error validating data: ${field} not set; if you choose to ignore these errors, turn validation off with --validate=false`,
          );
      const { items } = document;
      const objects =
        document['kind'] === 'List' && Array.isArray(items) ? items.filter(isFields) : [document];
      return objects.map((object): ApiObject => ({
        ...object,
        metadata: isFields(object['metadata']) ? object['metadata'] : {},
      }));
    });
}

async function resolve(session: Session, object: ApiObject, source: string): Promise<Manifest> {
  const { apiVersion = '', kind = '', metadata } = object;
  const type = await session.discovery.kind(apiVersion, kind);
  const given = metadata.namespace ?? '';
  if (type === undefined)
    throw new KubectlFailure(
      `error: resource mapping not found for name: "${metadata.name ?? ''}" namespace: "${given}" from "${source}": ` +
        `no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    );
  if (!type.namespaced) return { object, type, namespace: undefined, source };
  const asked = session.options.get('namespace') ?? '';
  if (asked !== '' && given !== '' && asked !== given)
    throw failure(
      `the namespace from the provided object "${given}" does not match the namespace "${asked}". ` +
        `You must pass '--namespace=${given}' to perform this operation.`,
    );
  return { object, type, namespace: given === '' ? session.namespace : given, source };
}

function readFile(process: Process, path: string): Uint8Array {
  try {
    return readWhole(process, path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw failure(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

/** Everything on stdin. */
async function readAll(process: Process): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await process.stdin.read(); chunk !== null; chunk = await process.stdin.read())
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

function shown(source: string): string {
  return source === '-' ? 'STDIN' : source;
}

interface YamlProblem {
  reason?: string;
  mark?: { line: number };
}

/** What is wrong with the YAML, as go-yaml says it for the commonest slips. */
function yamlWords(error: unknown): string {
  const { reason = '', mark } = error as YamlProblem;
  const line = mark === undefined ? '' : `line ${mark.line + 1}: `;
  if (/bad indentation of a mapping entry|nested mappings|mapping/.test(reason))
    return `${line}mapping values are not allowed in this context`;
  if (/tab/.test(reason)) return `${line}found character that cannot start any token`;
  return `${line}${reason === '' ? (error as Error).message : reason}`;
}
