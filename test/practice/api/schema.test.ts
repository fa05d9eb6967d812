import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import numbers from '../../../src/practice/api/protobuf-numbers.json' with { type: 'json' };
import generated from '../../../src/practice/api/schema.generated.json' with { type: 'json' };
import { ALWAYS_WRITTEN, patchRule, POINTERS, QUANTITIES } from '../../../src/practice/api/schema-facts.ts';
import { fieldsOf, goName } from '../../../src/practice/api/schema.ts';

const types: Record<string, Record<string, string>> = generated;

describe('the schema', () => {
  it('is what the installed client-node says', () => {
    const script = fileURLToPath(new URL('../../../scripts/generate-schema.js', import.meta.url));
    expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
  });

  it.each([
    ['POINTERS', POINTERS],
    ['QUANTITIES', QUANTITIES],
    ['ALWAYS_WRITTEN', ALWAYS_WRITTEN],
  ])('%s speaks of fields that are there', (_name, table) => {
    const missing = Object.entries(table).flatMap(([type, fields]) =>
      fields
        .split(' ')
        .filter((field) => types[type]?.[field] === undefined)
        .map((field) => `${type}.${field}`),
    );
    expect(missing).toEqual([]);
  });

  it('has patch rules for fields that are there, and keys that their elements have', () => {
    let rules = 0;
    for (const type of Object.keys(types))
      for (const field of fieldsOf(type).values()) {
        const rule = patchRule(type, field.name);
        if (rule?.key === undefined) continue;
        rules++;
        const element =
          field.type.kind === 'list' && field.type.of.kind === 'struct' ? field.type.of.name : '';
        expect(fieldsOf(element).has(rule.key), `${type}.${field.name} by ${rule.key}`).toBe(true);
      }
    expect(rules).toBeGreaterThan(30);
  });

  it('has a protobuf number for every field of every type', () => {
    const table: Record<string, string> = numbers;
    const namesOf = (type: string): string[] =>
      (table[type] ?? '').split(' ').flatMap((each) => {
        const name = each.split('=')[0]!;
        return name.startsWith('*') ? namesOf(name.slice(1)) : [name];
      });
    for (const [type, fields] of Object.entries(types)) {
      const known = new Set([...namesOf(type), 'apiVersion', 'kind']);
      expect(
        Object.keys(fields).filter((field) => !known.has(field)),
        type,
      ).toEqual([]);
    }
  });

  it.each([
    ['V1PodSpec', 'PodSpec'],
    ['CoreV1Event', 'Event'],
    ['DiscoveryV1EndpointPort', 'EndpointPort'],
  ])('calls %s %s, as Go does', (type, name) => expect(goName(type)).toBe(name));
});
