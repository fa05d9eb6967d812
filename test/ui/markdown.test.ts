import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringWidth } from '../../src/ui/layout.ts';
import { renderMarkdown } from '../../src/ui/markdown.ts';
import { COLOUR, golden, goldenFile, GREY, isHarmful, PLAIN } from './themes.ts';
import { factor } from '../support/prove.ts';

const ESC = '\u001B';

const PAGE = `# Pods and their *addresses*

A Pod has **one** address, and all its containers use it together: that is what \`podIP\` says, and it is *the same*
address that everybody else sees. See the [network model](https://kubernetes.io/docs/concepts/services-networking/) or
https://kubernetes.io.

- a short item
- an item that is long enough to go over the end of the line, at forty columns at least twice, and hangs
  - nested, and long enough as well to go over the end of a line of eighty columns, as one can see
    1. numbered inside
    2. and again
- the last

3. three
4. four, with code:

   \`\`\`sh
   kubectl get pod multi-container -o jsonpath='{.status.podIP}' --namespace k8snet-networking-abc123 --context kind
   \`\`\`

> A Pod is to its containers what a house is to its rooms: they have one address together, and one door.

    indented code

---

Line one${'  '}
line two, 5 < 6 & 7 > 6, \\*no emphasis\\*, a_snake_case_name and 2 * 3 * 4.

| kind | address |
| ---- | ------- |
| Pod  | podIP   |
`;

const HOSTILE = `# ${ESC}]0;title\u0007Heading${ESC}[2J

<script>alert(1)</script>

<b onclick="x">bold</b> &amp; <!-- hidden --> &#27;[31m &#x1b;[2J

[kubernetes.io](https://evil.example/${ESC}]8;;https://evil${ESC}\\) \`code ${ESC}[31m red\`

\`\`\`
${ESC}[1A${ESC}[2K rewritten
\u202Egnp.exe
\`\`\`

- ${ESC}P$q${ESC}\\item \u009B2J
`;

const THEMES = { plain: PLAIN, colour: COLOUR };

describe.each([40, 80, 120])('at %i columns', (width) => {
  test.each(['plain', 'colour'] as const)('%s', async (name) => {
    const rendered = golden(renderMarkdown(PAGE, THEMES[name], width));
    await expect(rendered).toMatchFileSnapshot(goldenFile(`markdown-${width}-${name}`));
  });

  test('no line is wider, except code and addresses, which are there to be copied', () => {
    const lines = renderMarkdown(PAGE, GREY, width);
    const code = lines.filter((line) => line.includes('kubectl get pod'));
    expect(code).toHaveLength(1);
    expect(code[0]).toContain('--context kind');
    for (const line of lines.filter((line) => !code.includes(line) && !line.includes('https:'))) {
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
  });
});

test('hostile Markdown is text', async () => {
  await expect(golden(renderMarkdown(HOSTILE, PLAIN, 80))).toMatchFileSnapshot(
    goldenFile('markdown-hostile'),
  );
  expect(isHarmful(renderMarkdown(HOSTILE, PLAIN, 80))).toBe(false);
});

test('a link always shows where it leads', () => {
  expect(renderMarkdown('[https://good.example](https://evil.example)', PLAIN, 80)).toEqual([
    'https://good.example (https://evil.example)',
  ]);
});

test.each<[string, string, string[]]>([
  ['marks within marks', '***x*** **a `b` *c***', ['x a b c']],
  ['a heading with marks', '## A `b` **c**', ['A b c']],
  ['a link with marks', '[**a**](http://b)', ['a (http://b)']],
  ['a drawn line is no line for a screen reader', 'a\n\n---\n\n> b', ['a', '', '---', '', '> b']],
  ['an image is its description', '![a picture](http://x/y.png)', ['a picture']],
  ['nothing', '', []],
])('plain: %s', (_, markdown, lines) => expect(renderMarkdown(markdown, PLAIN, 80)).toEqual(lines));

test('whatever the Markdown: without colour no escape, no line too wide', () => {
  const part = fc.constantFrom(
    '# ',
    '- ',
    '1. ',
    '> ',
    '**',
    '*',
    '`',
    '[a](b)',
    '<b>',
    '\n',
    '\n\n',
    '  ',
    'word ',
    'long'.repeat(9),
    '| a | b |\n|---|---|\n| c | d |\n',
    `${ESC}[31m`,
    `${ESC}]0;x`,
    '\u009B1A',
    '&amp;',
    '---\n',
    '世界',
    '\t',
  );
  const markdown = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(markdown, (text) => {
      const lines = renderMarkdown(text, GREY, 80);
      expect(isHarmful(lines)).toBe(false);
      for (const line of lines) expect(line).not.toContain('\n');
      for (const line of lines.filter((line) => !line.includes('    '))) {
        expect(stringWidth(line)).toBeLessThanOrEqual(80);
      }
    }),
    { numRuns: 500 * factor },
  );
});
