import { badRequest } from './failures.ts';
import { canonical } from './quantity.ts';
import { type Field, fieldsOf, goName, type Scalar, type Type } from './schema.ts';

/** A JSON object, decoded or about to be. */
export type Fields = Record<string, unknown>;

export interface Decoded {
  /** A copy as the server would write it: without what is unknown, null or an empty value that means nothing. */
  value: Fields;
  /** `unknown field "spec.containers[0].imagee"` */
  strictErrors: string[];
}

/** A value has the wrong type; the message is that of Go's JSON decoder. */
export class WrongType extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongType';
  }
}

/**
 * Reads JSON as a Kubernetes type, by client-node's name for it.
 *
 * @throws {WrongType}
 */
export function decode(type: string, json: unknown): Decoded {
  const reader = new Reader();
  const value = reader.struct(type, json, undefined);
  return { value, strictErrors: reader.strictErrors };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {StatusError} */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

class Reader {
  readonly strictErrors: string[] = [];
  /** Where we are: names of fields, and between them indices as `[0]` and keys of maps. */
  private readonly path: { name: string; isField: boolean }[] = [];

  struct(name: string, json: unknown, owner: string | undefined): Fields {
    if (!isFields(json)) throw this.wrongType(json, `v1.${goName(name)}`, owner);
    const fields = fieldsOf(name);
    const value: Fields = {};
    for (const [key, given] of Object.entries(json)) {
      this.path.push({ name: key, isField: true });
      const field = fields.get(key);
      if (field === undefined) this.strictErrors.push(`unknown field "${this.where()}"`);
      else {
        const read = given === null ? undefined : this.value(field.type, given, name);
        if (read !== undefined && (field.keepsZero || !isZero(field.type, read))) value[key] = read;
      }
      this.path.pop();
    }
    for (const field of fields.values())
      if (field.always && value[field.name] === undefined) writeEmpty(value, field);
    return value;
  }

  private value(type: Type, json: unknown, owner: string): unknown {
    switch (type.kind) {
      case 'struct':
        return this.struct(type.name, json, owner);
      case 'scalar':
        return this.scalar(type.scalar, json, owner);
      case 'list':
        if (!Array.isArray(json)) throw this.wrongType(json, goType(type), owner);
        return json.map((each: unknown, index) => {
          this.path.push({ name: `[${index}]`, isField: false });
          const read = this.value(type.of, each ?? emptyOf(type.of), owner);
          this.path.pop();
          return read;
        });
      case 'map': {
        if (!isFields(json)) throw this.wrongType(json, goType(type), owner);
        const entries = Object.entries(json).map(([key, each]) => {
          this.path.push({ name: key, isField: false });
          const read = this.value(type.of, each ?? emptyOf(type.of), owner);
          this.path.pop();
          return [key, read] as const;
        });
        return Object.fromEntries(entries);
      }
    }
  }

  private scalar(scalar: Scalar, json: unknown, owner: string): unknown {
    switch (scalar) {
      case 'any':
        return json;
      case 'string':
        if (typeof json === 'string') return json;
        break;
      case 'boolean':
        if (typeof json === 'boolean') return json;
        break;
      case 'double':
        if (typeof json === 'number') return json;
        break;
      case 'int32':
      case 'int64':
        if (typeof json === 'number' && fits(json, scalar)) return json;
        break;
      case 'bytes':
        if (typeof json === 'string') return checkedBase64(json);
        break;
      case 'intOrString':
        if (typeof json === 'string' || (typeof json === 'number' && fits(json, 'int32'))) return json;
        break;
      case 'quantity':
        if (typeof json === 'string' || typeof json === 'number') return readQuantity(String(json));
        break;
      case 'time':
      case 'microTime':
        if (typeof json === 'string') return readTime(json, scalar);
        break;
    }
    throw this.wrongType(json, GO_SCALARS[scalar], owner);
  }

  private where(): string {
    return this.path
      .map(({ name }) => name)
      .join('.')
      .replaceAll('.[', '[');
  }

  private wrongType(json: unknown, expected: string, owner: string | undefined): WrongType {
    const isNumber = typeof json === 'number';
    const given = isNumber && expected.startsWith('int') ? `number ${json}` : jsonType(json);
    if (owner === undefined)
      return new WrongType(`json: cannot unmarshal ${given} into Go value of type ${expected}`);
    const path = this.path.filter(({ isField }) => isField).map(({ name }) => name);
    const field = `${goName(owner)}.${path.join('.')}`;
    return new WrongType(`json: cannot unmarshal ${given} into Go struct field ${field} of type ${expected}`);
  }
}

const GO_SCALARS: Record<Scalar, string> = {
  any: 'interface {}',
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  time: 'string',
  microTime: 'string',
  intOrString: 'int32',
  quantity: 'string',
};

function goType(type: Type): string {
  switch (type.kind) {
    case 'struct':
      return `v1.${goName(type.name)}`;
    case 'scalar':
      return GO_SCALARS[type.scalar];
    case 'list':
      return `[]${goType(type.of)}`;
    case 'map':
      return `map[string]${goType(type.of)}`;
  }
}

function jsonType(json: unknown): string {
  if (Array.isArray(json)) return 'array';
  return typeof json === 'boolean' ? 'bool' : typeof json;
}

function isZero(type: Type, value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return type.kind === 'map' && isFields(value) && Object.keys(value).length === 0;
}

function writeEmpty(value: Fields, field: Field): void {
  const { type } = field;
  if (type.kind === 'struct') value[field.name] = decode(type.name, {}).value;
  else if (type.kind === 'scalar' && type.scalar !== 'any') value[field.name] = emptyOf(type) ?? null;
}

function emptyOf(type: Type): unknown {
  switch (type.kind) {
    case 'struct':
    case 'map':
      return {};
    case 'list':
      return [];
    case 'scalar':
      switch (type.scalar) {
        case 'string':
        case 'bytes':
          return '';
        case 'boolean':
          return false;
        case 'int32':
        case 'int64':
        case 'double':
        case 'intOrString':
          return 0;
        case 'quantity':
          return '0';
        case 'time':
        case 'microTime':
        case 'any':
          return undefined;
      }
  }
}

function fits(value: number, type: 'int32' | 'int64'): boolean {
  return Number.isInteger(value) && Math.abs(value) <= (type === 'int32' ? 0x7fff_ffff : 2 ** 63);
}

function checkedBase64(text: string): string {
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return text;
  const bad = /[^A-Za-z0-9+/]/.exec(text)?.index ?? text.length - (text.length % 4);
  throw new WrongType(`illegal base64 data at input byte ${bad}`);
}

function readQuantity(text: string): string {
  const quantity = canonical(text);
  if (quantity !== undefined) return quantity;
  throw new WrongType(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/;

function readTime(text: string, precision: 'time' | 'microTime'): string {
  const match = TIME.exec(text);
  const milliseconds = Date.parse(text);
  if (match === null || Number.isNaN(milliseconds)) {
    const layout = precision === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
    throw new WrongType(
      `parsing time ${JSON.stringify(JSON.stringify(text))} as ${JSON.stringify(`"${layout}"`)}: cannot parse ${JSON.stringify(`"${text}"`)} as "2006"`,
    );
  }
  const seconds = new Date(milliseconds).toISOString().slice(0, 19);
  if (precision === 'time') return `${seconds}Z`;
  return `${seconds}.${(match[1] ?? '').slice(0, 6).padEnd(6, '0')}Z`;
}
