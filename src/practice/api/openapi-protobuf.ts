import type { Schema } from './openapi-definitions.ts';
import type { OpenApiV2, Operation } from './openapi-v2.ts';

/**
 * /openapi/v2 in the form that kubectl before 1.27 asks for: gnostic's OpenAPIv2.proto. The numbers are its fields';
 * `required` and the like say which message they are of.
 */
export function encodeOpenApiV2(document: OpenApiV2): Uint8Array {
  const paths = Object.entries(document.paths).map(([path, operations]) =>
    message(2, [named(path, pathItem(operations))]),
  );
  const schemas = Object.entries(document.definitions).map(([name, schema]) =>
    message(1, [named(name, encodeSchema(schema))]),
  );
  return Buffer.concat([
    text(1, document.swagger),
    message(2, [text(1, document.info.title), text(2, document.info.version)]),
    message(8, paths),
    message(9, schemas),
  ]);
}

/** PathItem */
function pathItem({ post, patch }: Record<string, Operation>): Uint8Array {
  return Buffer.concat([
    ...(post === undefined ? [] : [message(4, [operation(post)])]),
    ...(patch === undefined ? [] : [message(8, [operation(patch)])]),
  ]);
}

/** Operation */
function operation(value: Operation): Uint8Array {
  const parameters = value.parameters.map(({ name, type }) =>
    // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema
    message(8, [message(1, [message(2, [message(3, [text(2, 'query'), text(4, name), text(6, type)])])])]),
  );
  return Buffer.concat([
    ...value.produces.map((each) => text(6, each)),
    ...value.consumes.map((each) => text(7, each)),
    ...parameters,
    extension(13, 'x-kubernetes-action', value['x-kubernetes-action']),
    extension(13, 'x-kubernetes-group-version-kind', value['x-kubernetes-group-version-kind']),
  ]);
}

/** Schema */
function encodeSchema(schema: Schema): Uint8Array {
  const parts: Uint8Array[] = [];
  if (schema.$ref !== undefined) parts.push(text(1, schema.$ref));
  if (schema.format !== undefined) parts.push(text(2, schema.format));
  if (schema.description !== undefined) parts.push(text(4, schema.description));
  for (const name of schema.required ?? []) parts.push(text(19, name));
  // AdditionalPropertiesItem.schema
  if (schema.additionalProperties !== undefined)
    parts.push(message(21, [message(1, [encodeSchema(schema.additionalProperties)])]));
  // TypeItem.value
  if (schema.type !== undefined) parts.push(message(22, [text(1, schema.type)]));
  // ItemsItem.schema
  if (schema.items !== undefined) parts.push(message(23, [message(1, [encodeSchema(schema.items)])]));
  // Properties.additional_properties
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length > 0)
    parts.push(
      message(
        25,
        properties.map(([name, each]) => message(1, [named(name, encodeSchema(each))])),
      ),
    );
  for (const key of Object.keys(schema).filter((each) => each.startsWith('x-')))
    parts.push(extension(31, key, schema[key as keyof Schema]));
  return Buffer.concat(parts);
}

/** NamedSchema, NamedPathItem */
function named(name: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([text(1, name), message(2, [value])]);
}

/** NamedAny, whose value is YAML, of which JSON is a part. */
function extension(field: number, name: string, value: unknown): Uint8Array {
  const yaml = typeof value === 'string' ? value : JSON.stringify(value);
  return message(field, [text(1, name), message(2, [text(2, `${yaml}\n`)])]);
}

function text(field: number, value: string): Uint8Array {
  return message(field, [Buffer.from(value)]);
}

const LENGTH_DELIMITED = 2;

function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint((field << 3) | LENGTH_DELIMITED), varint(length), ...parts]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
