import { failure } from './failure.ts';
import { goText, writeJson } from './json.ts';
import { isFields } from './object.ts';

/**
 * kubectl's JSONPath templates: text, `{.spec.nodeName}`, `[*]`, `[0]`, `[-1]`, `[0:2]`, `['a.b']`, `..`, filters,
 * `{range}` and `{end}`, and quoted text. What is missing is empty.
 */
export type Template = readonly Node[];

type Node =
  | { kind: 'text'; text: string }
  | { kind: 'path'; steps: readonly Step[] }
  | { kind: 'range'; steps: readonly Step[]; body: Template };

type Step =
  | { kind: 'field'; name: string }
  | { kind: 'all' }
  | { kind: 'deep' }
  | { kind: 'slice'; from: number | undefined; to: number | undefined; by: number }
  | { kind: 'index'; index: number }
  | { kind: 'filter'; left: readonly Step[]; operator: string; right: unknown };

/** @throws {KubectlFailure} */
export function parseTemplate(source: string): Template {
  const stack: { nodes: Node[]; steps: readonly Step[] }[] = [{ nodes: [], steps: [] }];
  let rest = source;
  while (rest !== '') {
    const text = /^[^{]+/.exec(rest)?.[0];
    if (text !== undefined) {
      stack.at(-1)!.nodes.push({ kind: 'text', text });
      rest = rest.slice(text.length);
      continue;
    }
    const end = closing(rest);
    if (end < 0) throw failure(`error parsing jsonpath ${source}, unclosed action`);
    const action = rest.slice(1, end).trim();
    rest = rest.slice(end + 1);
    if (action === 'end') {
      const done = stack.pop()!;
      if (stack.length === 0) throw failure(`error parsing jsonpath ${source}, not in range, nothing to end`);
      stack.at(-1)!.nodes.push({ kind: 'range', steps: done.steps, body: done.nodes });
    } else if (/^range\s/.test(action)) stack.push({ nodes: [], steps: parseSteps(action.slice(5).trim()) });
    else stack.at(-1)!.nodes.push(...actionNodes(action));
  }
  if (stack.length > 1) throw failure(`error parsing jsonpath ${source}, unclosed range`);
  return stack[0]!.nodes;
}

/** `{.a} {.b}` may stand in one pair of braces, with quoted text between them. */
function actionNodes(action: string): Node[] {
  return [...action.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(?:\[[^\]]*\]|[^\s"'[])+/g)].map(
    ([whole, double, single]): Node => {
      const quoted = double ?? single;
      if (quoted !== undefined && /^["']/.test(whole)) return { kind: 'text', text: unescape(quoted) };
      return { kind: 'path', steps: parseSteps(whole) };
    },
  );
}

function closing(text: string): number {
  let quote = '';
  for (let index = 1; index < text.length; index++) {
    const character = text[index]!;
    if (character === '\\') index++;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return index;
  }
  return -1;
}

function unescape(text: string): string {
  const known: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  return text.replaceAll(/\\(.)/g, (_, letter: string) => known[letter] ?? letter);
}

const STEP =
  /^(?:(\.\.)|\.?\[\s*(?:(\*)|'([^']*)'|"([^"]*)"|(-?\d+)\s*\]|(-?\d*):(-?\d*)(?::(-?\d+))?\s*\]|\?\((.*?)\)\s*\])\s*\]?|\.(\*)|\.?((?:[^.[\]\\]|\\.)+)|(\.))/;

/** @throws {KubectlFailure} */
export function parseSteps(path: string): Step[] {
  const steps: Step[] = [];
  let rest = path.replace(/^[$@]/, '');
  while (rest !== '') {
    const found = STEP.exec(rest);
    if (found === null)
      throw failure(`error parsing jsonpath {${path}}, unrecognized character in action: ${rest[0]}`);
    rest = rest.slice(found[0].length);
    const [, deep, all, single, double, index, from, to, by, filter, star, name] = found;
    if (deep !== undefined) steps.push({ kind: 'deep' });
    else if (all !== undefined || star !== undefined) steps.push({ kind: 'all' });
    // What is in quotes is itself a path: a dot that belongs to a name is escaped.
    else if (single !== undefined || double !== undefined) steps.push(...parseSteps(`.${single ?? double}`));
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (from !== undefined || to !== undefined)
      steps.push({
        kind: 'slice',
        from: from === '' || from === undefined ? undefined : Number(from),
        to: to === '' || to === undefined ? undefined : Number(to),
        by: Number(by ?? 1),
      });
    else if (filter !== undefined) steps.push(filterStep(filter));
    else if (name !== undefined) steps.push({ kind: 'field', name: name.replaceAll(/\\(.)/g, '$1') });
  }
  return steps;
}

function filterStep(source: string): Step {
  const [, left = '', operator = 'exists', right = ''] =
    /^\s*(.*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*?)\s*)?$/.exec(source) ?? [];
  const quoted = /^(["'])(.*)\1$/.exec(right)?.[2];
  const value = quoted ?? (right === 'true' ? true : right === 'false' ? false : Number(right));
  return { kind: 'filter', left: parseSteps(left), operator, right: value };
}

/** The value has not the shape that a path supposes; the message is client-go's. */
export class PathFailure extends Error {}

function kindOf(value: unknown): string {
  if (isFields(value)) return 'map';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'int64' : typeof value;
}

/** All values at the end of the path. @throws {PathFailure} */
export function evaluate(steps: readonly Step[], root: unknown): unknown[] {
  return steps.reduce<unknown[]>((values, step) => values.flatMap((value) => take(step, value)), [root]);
}

function take(step: Step, value: unknown): unknown[] {
  switch (step.kind) {
    case 'field':
      // A list of things has the fields of its elements nowhere but in `..`.
      return isFields(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'all':
      return childrenOf(value);
    case 'deep':
      return deep(value);
    case 'index': {
      if (!Array.isArray(value)) throw new PathFailure(`${kindOf(value)} is not array or slice`);
      const found: unknown = value.at(step.index);
      if (found === undefined)
        throw new PathFailure(`array index out of bounds: index ${step.index}, length ${value.length}`);
      return [found];
    }
    case 'slice':
      if (!Array.isArray(value)) throw new PathFailure(`${kindOf(value)} is not array or slice`);
      return value.slice(step.from, step.to).filter((_, index) => index % step.by === 0);
    case 'filter':
      return childrenOf(value).filter((each) => holds(step, each));
  }
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isFields(value) ? Object.values(value) : [];
}

function deep(value: unknown): unknown[] {
  return [value, ...childrenOf(value).flatMap(deep)];
}

function holds({ left, operator, right }: Extract<Step, { kind: 'filter' }>, value: unknown): boolean {
  const [found] = evaluate(left, value);
  if (operator === 'exists') return found !== undefined;
  if (found === undefined) return false;
  switch (operator) {
    case '==':
      return found === right;
    case '!=':
      return found !== right;
    case '<':
      return (found as number) < (right as number);
    case '<=':
      return (found as number) <= (right as number);
    case '>':
      return (found as number) > (right as number);
    default:
      return (found as number) >= (right as number);
  }
}

export function render(template: Template, value: unknown): string {
  return template
    .map((node) => {
      if (node.kind === 'text') return node.text;
      const values = evaluate(node.steps, value);
      if (node.kind === 'range') return values.map((each) => render(node.body, each)).join('');
      return values.map(shown).join(' ');
    })
    .join('');
}

function shown(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? writeJson(value) : goText(value);
}
