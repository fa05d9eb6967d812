import { parse, type ArithmeticExpression } from 'unbash';
import { ShellError } from './errors.ts';

/** Variables as `$((…))` reads and sets them. */
export interface ArithmeticVariables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** Variables that name one another in a circle. */
const DEEPEST = 64;

const SYNTAX = 'arithmetic syntax error';

/**
 * The value of an arithmetic expression, 64 bits as in ash.
 *
 * @param text with everything in it that starts with `$` expanded already
 * @throws {ShellError}
 */
export function evaluate(text: string, variables: ArithmeticVariables, depth = 0): bigint {
  if (text.trim() === '') return 0n;
  if (depth > DEEPEST) throw new ShellError('expression recursion level exceeded');
  const script = parse(`$((${text}))`);
  const command = script.commands[0]?.command;
  const part = command?.type === 'Command' ? command.name?.parts?.[0] : undefined;
  const isWhole = part?.type === 'ArithmeticExpansion' && part.text.length === text.length + 5;
  if (!isWhole || script.errors !== undefined || part.expression === undefined) throw new ShellError(SYNTAX);
  return new Evaluation(variables, depth).value(part.expression);
}

class Evaluation {
  private readonly variables: ArithmeticVariables;
  private readonly depth: number;

  constructor(variables: ArithmeticVariables, depth: number) {
    this.variables = variables;
    this.depth = depth;
  }

  value(node: ArithmeticExpression): bigint {
    switch (node.type) {
      case 'ArithmeticWord':
        return this.word(node.value.trim());
      case 'ArithmeticGroup':
        return this.value(node.expression);
      case 'ArithmeticTernary':
        return this.value(node.test) !== 0n ? this.value(node.consequent) : this.value(node.alternate);
      case 'ArithmeticUnary':
        return this.unary(node.operator, node.operand, node.prefix);
      case 'ArithmeticBinary':
        return this.binary(node.operator, node.left, node.right);
      case 'ArithmeticCommandExpansion':
        throw new ShellError(SYNTAX);
    }
  }

  private word(text: string): bigint {
    const number = literal(text);
    if (number !== undefined) return number;
    if (!/^[A-Za-z_]\w*$/.test(text)) throw new ShellError(SYNTAX);
    const value = (this.variables.get(text) ?? '').trim();
    return literal(value) ?? evaluate(value, this.variables, this.depth + 1);
  }

  private unary(operator: string, operand: ArithmeticExpression, prefix: boolean): bigint {
    if (operator === '++' || operator === '--') {
      const before = this.value(operand);
      const after = this.assign(operand, operator === '++' ? before + 1n : before - 1n);
      return prefix ? after : before;
    }
    const value = this.value(operand);
    switch (operator) {
      case '-':
        return wrap(-value);
      case '+':
        return value;
      case '!':
        return truth(value === 0n);
      case '~':
        return wrap(~value);
      default:
        throw new ShellError(SYNTAX);
    }
  }

  private binary(operator: string, left: ArithmeticExpression, right: ArithmeticExpression): bigint {
    if (operator === '&&') return truth(this.value(left) !== 0n && this.value(right) !== 0n);
    if (operator === '||') return truth(this.value(left) !== 0n || this.value(right) !== 0n);
    if (operator === '=') return this.assign(left, this.value(right));
    if (operator === ',') {
      this.value(left);
      return this.value(right);
    }
    const compound = /^(\*|\/|%|\+|-|<<|>>|&|\^|\|)=$/.exec(operator);
    if (compound !== null)
      return this.assign(left, calculate(compound[1]!, this.value(left), this.value(right)));
    return calculate(operator, this.value(left), this.value(right));
  }

  private assign(target: ArithmeticExpression, value: bigint): bigint {
    if (target.type !== 'ArithmeticWord' || !/^[A-Za-z_]\w*$/.test(target.value.trim()))
      throw new ShellError(SYNTAX);
    const wrapped = wrap(value);
    this.variables.set(target.value.trim(), String(wrapped));
    return wrapped;
  }
}

function calculate(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return wrap(left + right);
    case '-':
      return wrap(left - right);
    case '*':
      return wrap(left * right);
    case '/':
    case '%':
      if (right === 0n) throw new ShellError('divide by zero');
      return wrap(operator === '/' ? left / right : left % right);
    case '**':
      return power(left, right);
    case '<<':
      return wrap(left << (right & 63n));
    case '>>':
      return left >> (right & 63n);
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<':
      return truth(left < right);
    case '>':
      return truth(left > right);
    case '<=':
      return truth(left <= right);
    case '>=':
      return truth(left >= right);
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    default:
      throw new ShellError(SYNTAX);
  }
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw new ShellError('exponent less than 0');
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = wrap(result * square);
    square = wrap(square * square);
  }
  return result;
}

/** Decimal, 0x…, 0… and base#digits. */
function literal(text: string): bigint | undefined {
  if (/^(0|[1-9]\d*)$/.test(text) || /^0[xX][0-9a-fA-F]+$/.test(text)) return wrap(BigInt(text));
  if (/^0[0-7]+$/.test(text)) return wrap(BigInt(`0o${text.slice(1)}`));
  const based = /^(\d{1,2})#(\w+)$/.exec(text);
  if (based === null) return undefined;
  const base = Number(based[1]);
  let value = 0n;
  for (const character of based[2]!.toLowerCase()) {
    const digit = Number.parseInt(character, 36);
    if (Number.isNaN(digit) || digit >= base) throw new ShellError(SYNTAX);
    value = value * BigInt(base) + BigInt(digit);
  }
  return wrap(value);
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function truth(value: boolean): bigint {
  return value ? 1n : 0n;
}
