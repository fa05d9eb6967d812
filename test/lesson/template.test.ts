import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factName, KNOWN_FACTS, parseFact, type FactReference } from '../../src/lesson/fact-reference.ts';
import { fill, parseTemplate } from '../../src/lesson/template.ts';

function fact(text: string, pod?: string): FactReference {
  const result = parseFact(text, pod);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const FACTS = [fact('cluster.version'), fact('pod/web.ip'), fact('container/shell.ip', 'web')];

function filled(text: string): string {
  const [template, findings] = parseTemplate(text, FACTS);
  expect(findings).toEqual([]);
  return fill(template, (one) => `<${factName(one)}>`);
}

describe('facts', () => {
  test.each([
    ['cluster.version', { kind: 'cluster', field: 'version' }],
    ['nodes.subnets', { kind: 'nodes', field: 'subnets' }],
    ['pod/web.ip', { kind: 'pod', pod: 'web', field: 'ip' }],
    ['container/shell.ip', { kind: 'container', pod: 'near', container: 'shell', field: 'ip' }],
    ['container/web:shell.ip', { kind: 'container', pod: 'web', container: 'shell', field: 'ip' }],
  ])('%s', (text, expected) => {
    expect(parseFact(text, 'near')).toEqual({ ok: true, value: { ...expected, text } });
  });

  test.each([
    ['cluster.verison', 'fact-unknown', 'did you mean `cluster.version`?'],
    ['clutser.nodes', 'fact-unknown', 'did you mean `cluster.nodes`?'],
    ['pod/web.pi', 'fact-unknown', 'did you mean `pod/web.ip`?'],
    ['pod.ip', 'fact-unknown', undefined],
    ['pod/Web.ip', 'fact-unknown', undefined],
    ['pod/a.b.ip', 'fact-unknown', undefined],
    ['cluster/.version', 'fact-unknown', 'did you mean `cluster.version`?'],
    ['container/a:b:c.ip', 'fact-unknown', undefined],
    ['container/shell.ip', 'fact-without-pod', undefined],
    ['container/shell.node', 'fact-unknown', undefined],
    ['__proto__.version', 'fact-unknown', undefined],
    ['constructor.name', 'fact-unknown', undefined],
    ['', 'fact-unknown', undefined],
  ])('not a fact: %j', (text, code, hint) => {
    expect(parseFact(text)).toMatchObject({ ok: false, code, ...(hint === undefined ? {} : { hint }) });
  });

  test('every known fact can be written', () => {
    for (const known of KNOWN_FACTS) {
      expect(parseFact(known.replace('NAME', 'web').replace('POD', 'web'), 'web')).toMatchObject({
        ok: true,
      });
    }
  });
});

describe('templates', () => {
  test.each([
    ['v${facts.cluster.version}!', 'v<cluster.version>!'],
    ['${facts.pod/web.ip}${facts.pod/web.ip}', '<pod/web.ip><pod/web.ip>'],
    ['${facts.container/shell.ip}', '<container/web:shell.ip>'],
    ['${facts.container/web:shell.ip}', '<container/web:shell.ip>'],
    ['$POD_ID ${OTHER} $$ $(wc -l) ${facts} ${facts.x', '$POD_ID ${OTHER} $$ $(wc -l) ${facts} ${facts.x'],
    ['$${facts.pod/web.ip}', '$<pod/web.ip>'],
    ['', ''],
  ])('%s', (text, expected) => expect(filled(text)).toBe(expected));

  test.each([
    ['${facts.pod/wbe.ip}', 'fact-not-listed'],
    ['${facts.}', 'fact-not-listed'],
    ['${facts.cluster.nodes}', 'fact-not-listed'],
    ['${vars.port}', 'key-reserved'],
  ])('refused: %s', (text, code) => {
    const [, findings] = parseTemplate(`x ${text} y ${text}`, FACTS);
    expect(findings).toMatchObject([
      { code, raw: text, nth: 0 },
      { code, raw: text, nth: 1 },
    ]);
  });

  test('a short name that means two facts is refused', () => {
    const facts = [fact('container/shell.ip', 'a'), fact('container/shell.ip', 'b')];
    const [, findings] = parseTemplate('${facts.container/shell.ip} ${facts.container/b:shell.ip}', facts);
    expect(findings.map((one) => one.code)).toEqual(['fact-ambiguous']);
  });

  test('what is filled in is never read again', () => {
    const [template] = parseTemplate('${facts.pod/web.ip}', FACTS);
    expect(fill(template, () => '${facts.cluster.version}$&')).toBe('${facts.cluster.version}$&');
  });

  test('any text comes back as it was, but for its facts', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '$',
        '${',
        '}',
        '${facts.',
        'facts',
        '${facts.pod/web.ip}',
        '${facts.cluster.version}',
        '\n',
        '$&',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const [template, findings] = parseTemplate(text, FACTS);
        fc.pre(findings.length === 0);
        expect(fill(template, (one) => `\${facts.${one.text}}`)).toBe(text);
        const expected = text
          .split('${facts.pod/web.ip}')
          .join('A')
          .split('${facts.cluster.version}')
          .join('B');
        expect(fill(template, (one) => (one.kind === 'pod' ? 'A' : 'B'))).toBe(expected);
      }),
    );
  });
});
