import { nearest } from '../nearest.ts';
import type { Finding } from './diagnostic.ts';
import { factName, type FactReference } from './fact-reference.ts';

/** A text with live facts in it: pieces of Markdown, and facts to be filled in. */
export interface Template {
  source: string;
  parts: (string | FactReference)[];
}

/** Something wrong with the nth occurrence (from zero) of `raw` in the text. */
export interface TemplateFinding extends Finding {
  raw: string;
  nth: number;
}

const REFERENCE = /\$\{(facts|vars)\.([^{}\n]*)\}/g;

/**
 * Reads a text. Only `${facts.REF}` and `${vars.NAME}` mean anything; every other dollar is the text's own. A fact must
 * be one the step lists; variables are reserved by format 1.
 */
export function parseTemplate(
  source: string,
  facts: readonly FactReference[],
): [Template, TemplateFinding[]] {
  const findings: TemplateFinding[] = [];
  const parts: Template['parts'] = [];
  const seen = new Map<string, number>();
  let end = 0;
  for (const match of source.matchAll(REFERENCE)) {
    const [raw, space, name = ''] = match;
    const nth = seen.get(raw) ?? 0;
    seen.set(raw, nth + 1);
    if (match.index > end) parts.push(source.slice(end, match.index));
    end = match.index + raw.length;
    const found = space === 'vars' ? reserved(name) : factFor(name, facts);
    if ('code' in found) findings.push({ ...found, raw, nth });
    else parts.push(found);
  }
  if (end < source.length) parts.push(source.slice(end));
  return [{ source, parts }, findings];
}

/** The text with its facts filled in; what is filled in is never read as a template again. */
export function fill(template: Template, lookup: (fact: FactReference) => string): string {
  return template.parts.map((part) => (typeof part === 'string' ? part : lookup(part))).join('');
}

function factFor(name: string, facts: readonly FactReference[]): FactReference | Finding {
  const matching = facts.filter((fact) => fact.text === name || factName(fact) === name);
  const [fact] = matching;
  if (fact === undefined) {
    const near = nearest(
      name,
      facts.flatMap((one) => [one.text, factName(one)]),
    );
    const hint =
      near === undefined ? 'add it to the `facts` of the step' : `did you mean \`\${facts.${near}}\`?`;
    return { code: 'fact-not-listed', message: `\`${name}\` is not among the facts of this step`, hint };
  }
  if (new Set(matching.map(factName)).size > 1) {
    const hint = `write \`\${facts.${factName(fact)}}\``;
    return { code: 'fact-ambiguous', message: `\`${name}\` is a fact of several Pods here`, hint };
  }
  return fact;
}

function reserved(name: string): Finding {
  const message = `variables (\`\${vars.${name}}\`) are reserved by format 1, this version does not implement them`;
  return { code: 'key-reserved', message };
}
