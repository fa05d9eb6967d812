import { failure } from './failure.ts';
import { goText, writeJson } from './json.ts';
import { evaluate, parseSteps, parseTemplate, PathFailure, render } from './json-path.ts';
import { type ApiObject, textAt } from './object.ts';
import { table } from './tab-writer.ts';
import { writeYaml } from './yaml.ts';

/** Writes objects in the form that `-o` asks for; `isList` where not one was named. */
export type Printer = (objects: readonly ApiObject[], isList: boolean) => string;

const FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml';

/**
 * The printer for `-o`; undefined where the server's table is printed.
 *
 * @param nameOf what stands before the slash for `-o name`
 * @throws {KubectlFailure}
 */
export function printerFor(
  output: string | undefined,
  nameOf: (object: ApiObject) => string,
  headers = true,
): Printer | undefined {
  if (output === undefined || output === '' || output === 'wide') return undefined;
  const [, format = '', argument] = /^([^=]*)(?:=([^]*))?$/.exec(output) ?? [];
  switch (format) {
    case 'yaml':
      return (objects, isList) => writeYaml(whole(objects, isList));
    case 'json':
      return (objects, isList) => `${writeJson(whole(objects, isList), 4)}\n`;
    case 'name':
      return (objects) => objects.map((object) => `${nameOf(object)}/${object.metadata.name}\n`).join('');
    case 'jsonpath': {
      if (argument === undefined || argument === '')
        throw failure('template format specified but no template given');
      const template = parseTemplate(argument);
      return (objects, isList) => {
        try {
          return render(template, whole(objects, isList));
        } catch (error) {
          if (!(error instanceof PathFailure)) throw error;
          throw failure(`error executing jsonpath "${argument}": Error executing template: ${error.message}`);
        }
      };
    }
    case 'custom-columns':
      return customColumns(argument ?? '', headers);
    case 'go-template':
    case 'template':
      throw failure(
        'go-template is not modelled by the practice cluster; use -o jsonpath or -o custom-columns',
      );
    default:
      throw failure(
        `unable to match a printer suitable for the output format "${format}", allowed formats are: ${FORMATS}`,
      );
  }
}

/** One object, or all in a List; without what only the server's bookkeeping needs. */
function whole(objects: readonly ApiObject[], isList: boolean): unknown {
  const shown = objects.map((object) => {
    const metadata = { ...object.metadata };
    delete metadata['managedFields'];
    return { ...object, metadata };
  });
  if (!isList) return shown[0];
  return { apiVersion: 'v1', items: shown, kind: 'List', metadata: { resourceVersion: '' } };
}

function customColumns(spec: string, headers: boolean): Printer {
  if (spec === '') throw failure('custom-columns format specified but no custom columns given');
  const columns = spec.split(',').map((part) => {
    const [, header = '', path = ''] = /^([^:]*):(.*)$/.exec(part) ?? [];
    if (path === '')
      throw failure(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header, steps: parseSteps(path.replace(/^\{(.*)\}$/, '$1')) };
  });
  return (objects) =>
    table([
      ...(headers ? [columns.map(({ header }) => header)] : []),
      ...objects.map((object) =>
        columns.map(({ steps }) => {
          const values = valuesAt(steps, object);
          return values.length === 0 ? '<none>' : values.map(cell).join(',');
        }),
      ),
    ]);
}

/** In a column there is nothing where the path leads nowhere. */
function valuesAt(steps: Parameters<typeof evaluate>[0], object: ApiObject): unknown[] {
  try {
    return evaluate(steps, object);
  } catch (error) {
    if (error instanceof PathFailure) return [];
    throw error;
  }
}

function cell(value: unknown): string {
  return value === null ? '<none>' : goText(value);
}

/** `a=b,c=d`; `<none>`. */
export function labelText(object: ApiObject): string {
  const labels = Object.entries(object.metadata.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return labels.length === 0 ? '<none>' : labels.map(([name, value]) => `${name}=${value}`).join(',');
}

export function labelOf(object: ApiObject, name: string): string {
  return textAt(object.metadata.labels, name);
}
