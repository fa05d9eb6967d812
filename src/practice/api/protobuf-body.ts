import type { Fields } from './decode.ts';
import numbers from './protobuf-numbers.json' with { type: 'json' };
import { fieldsOf, type Scalar, type Type } from './schema.ts';

/**
 * Reads what kubectl's typed commands (`create configmap`, `create namespace`, `auth can-i`) send since 1.32 without
 * asking whether the server can read it: `k8s\0` and a runtime.Unknown around the message of a type.
 *
 * The numbers of the fields are those in k8s.io/api's and k8s.io/apimachinery's types.go; `*Name=2` is a message whose
 * fields JSON has beside the others.
 *
 * @param type client-node's name of the type
 * @throws {MalformedProtobuf}
 */
export function decodeProtobuf(type: string, body: Uint8Array): Fields {
  const bytes = Buffer.from(body);
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC)
    throw new MalformedProtobuf(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  const unknown = new Message(bytes.subarray(MAGIC.length));
  const typeMeta = new Message(unknown.last(1) ?? NOTHING);
  return {
    apiVersion: (typeMeta.last(1) ?? NOTHING).toString(),
    kind: (typeMeta.last(2) ?? NOTHING).toString(),
    ...readStruct(type, unknown.last(2) ?? NOTHING),
  };
}

export class MalformedProtobuf extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedProtobuf';
  }
}

const MAGIC = 'k8s\0';
const NOTHING = Buffer.alloc(0);
const NUMBERS: Record<string, string> = numbers;

type Value = bigint | Buffer;

/** The fields of one message as they stand in it. */
class Message {
  readonly fields: { number: number; value: Value }[] = [];

  constructor(bytes: Buffer) {
    let at = 0;
    const varint = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++];
        if (byte === undefined || shift > 63n) throw new MalformedProtobuf('unexpected EOF');
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
    };
    const take = (length: number): Buffer => {
      if (at + length > bytes.length) throw new MalformedProtobuf('unexpected EOF');
      at += length;
      return bytes.subarray(at - length, at);
    };
    while (at < bytes.length) {
      const key = Number(varint());
      this.fields.push({ number: key >>> 3, value: this.read(key & 7, varint, take) });
    }
  }

  /** Of a field that is there once: the last one counts. */
  last(number: number): Buffer | undefined {
    const value = this.fields.findLast((each) => each.number === number)?.value;
    return value instanceof Buffer ? value : undefined;
  }

  number(number: number): bigint {
    const value = this.fields.findLast((each) => each.number === number)?.value;
    return typeof value === 'bigint' ? BigInt.asIntN(64, value) : 0n;
  }

  private read(wireType: number, varint: () => bigint, take: (length: number) => Buffer): Value {
    switch (wireType) {
      case 0:
        return varint();
      case 1:
        return take(8);
      case 2:
        return take(Number(varint()));
      case 5:
        return take(4);
      default:
        throw new MalformedProtobuf(`illegal wireType ${wireType}`);
    }
  }
}

function readStruct(type: string, bytes: Buffer, numbersOf = type): Fields {
  const names = fieldNames(numbersOf);
  const declared = fieldsOf(type);
  const result: Fields = {};
  for (const { number, value } of new Message(bytes).fields) {
    const name = names.get(number);
    if (name === undefined) continue;
    if (name.startsWith('*')) {
      if (value instanceof Buffer) Object.assign(result, readStruct(type, value, name.slice(1)));
      continue;
    }
    const field = declared.get(name);
    if (field !== undefined) result[name] = readValue(field.type, value, result[name]);
  }
  return result;
}

function readValue(type: Type, value: Value, before: unknown): unknown {
  switch (type.kind) {
    case 'scalar':
      return readScalar(type.scalar, value);
    case 'struct':
      return value instanceof Buffer ? readStruct(type.name, value) : null;
    case 'list':
      return [...(Array.isArray(before) ? before : []), readValue(type.of, value, undefined)];
    case 'map': {
      const entry = new Message(value instanceof Buffer ? value : NOTHING);
      const key = (entry.last(1) ?? NOTHING).toString();
      const content = entry.last(2) ?? NOTHING;
      // A list as a map's value is a message of its own, as ExtraValue is.
      const read =
        type.of.kind === 'list'
          ? new Message(content).fields.map((each) => String(each.value))
          : readValue(type.of, content, undefined);
      return { ...(before as Fields | undefined), [key]: read };
    }
  }
}

function readScalar(scalar: Scalar, value: Value): unknown {
  if (typeof value === 'bigint')
    return scalar === 'boolean' ? value !== 0n : Number(BigInt.asIntN(64, value));
  switch (scalar) {
    case 'bytes':
      return value.toString('base64');
    case 'double':
      return value.readDoubleLE();
    case 'time':
    case 'microTime': {
      const message = new Message(value);
      if (message.fields.length === 0) return null;
      const nanos = String(message.number(2)).padStart(9, '0');
      const seconds = new Date(Number(message.number(1)) * 1000).toISOString().slice(0, 19);
      return scalar === 'time' ? `${seconds}Z` : `${seconds}.${nanos.slice(0, 6)}Z`;
    }
    case 'intOrString': {
      const message = new Message(value);
      return message.number(1) === 0n ? Number(message.number(2)) : (message.last(3) ?? NOTHING).toString();
    }
    case 'quantity':
      return (new Message(value).last(1) ?? NOTHING).toString();
    case 'any': {
      const raw = new Message(value).last(1);
      return raw === undefined || raw.length === 0 ? null : (JSON.parse(raw.toString()) as unknown);
    }
    case 'string':
      return value.toString();
    case 'boolean':
    case 'int32':
    case 'int64':
      throw new MalformedProtobuf(`illegal wireType for ${scalar}`);
  }
}

const names = new Map<string, ReadonlyMap<number, string>>();

function fieldNames(type: string): ReadonlyMap<number, string> {
  let known = names.get(type);
  if (known === undefined) {
    const entries = (NUMBERS[type] ?? '').split(' ').map((each) => {
      const [name = '', number] = each.split('=');
      return [Number(number), name] as const;
    });
    names.set(type, (known = new Map(entries)));
  }
  return known;
}
