import { FileError } from '../file-error.ts';
import type { FileNode } from '../file-system.ts';
import { permitted, reach } from '../open.ts';
import type { Process, Program } from '../process.ts';

/** What `test` and `[` find; a complaint is exit status 2, in busybox' words. */
export interface Condition {
  value: boolean;
  complaint?: string;
}

export function condition(process: Process, name: string, args: readonly string[]): Condition {
  const operands = [...args];
  if (name.endsWith('[') && operands.pop() !== ']') return { value: false, complaint: 'missing ]' };
  try {
    return { value: new TestParser(process, operands).whole() };
  } catch (error) {
    if (error instanceof Malformed) return { value: false, complaint: error.message };
    throw error;
  }
}

export const test: Program = async (process) => {
  const [name, ...args] = process.argv;
  const { value, complaint } = condition(process, name!, args);
  if (complaint !== undefined) await process.complain(`${name}: ${complaint}\n`);
  return complaint === undefined ? (value ? 0 : 1) : 2;
};

class Malformed extends Error {}

const UNARY = /^-[bcdefghkLnprsStuwxzOG]$/;
const BINARY = /^(=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/;

/** Up to four operands are told by their number, as POSIX has it; more by precedence. */
class TestParser {
  private readonly process: Process;
  private readonly operands: string[];
  private at = 0;

  constructor(process: Process, operands: string[]) {
    this.process = process;
    this.operands = operands;
  }

  whole(): boolean {
    const [first = '', second = '', third = ''] = this.operands;
    switch (this.operands.length) {
      case 0:
        return false;
      case 1:
        return first !== '';
      case 2:
        if (first === '!') return second === '';
        if (UNARY.test(first)) return this.unary(first, second);
        throw new Malformed(`${second}: ${BINARY.test(second) ? 'argument expected' : 'unknown operand'}`);
      case 3:
        if (BINARY.test(second)) return this.binary(first, second, third);
        break;
      case 4:
        if (first === '!' && BINARY.test(third)) return !this.binary(second, third, this.operands[3]!);
        break;
      default:
    }
    const value = this.or();
    if (this.at < this.operands.length) throw new Malformed(`${this.operands[this.at]}: unknown operand`);
    return value;
  }

  private or(): boolean {
    let value = this.and();
    while (this.take('-o')) value = this.and() || value;
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.take('-a')) value = this.not() && value;
    return value;
  }

  private not(): boolean {
    return this.take('!') ? !this.not() : this.primary();
  }

  private primary(): boolean {
    const [first, second, third] = this.operands.slice(this.at);
    if (first === undefined) throw new Malformed('argument expected');
    if (second !== undefined && BINARY.test(second) && third !== undefined) {
      this.at += 3;
      return this.binary(first, second, third);
    }
    if (this.take('(')) {
      const value = this.or();
      if (!this.take(')')) throw new Malformed('closing paren expected');
      return value;
    }
    if (UNARY.test(first) && second !== undefined) {
      this.at += 2;
      return this.unary(first, second);
    }
    this.at++;
    return first !== '';
  }

  private take(word: string): boolean {
    if (this.operands[this.at] !== word) return false;
    this.at++;
    return true;
  }

  private binary(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case '=':
      case '==':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '>':
        return left > right;
      case '-nt':
        return (this.node(left)?.modified ?? 0) > (this.node(right)?.modified ?? 0);
      case '-ot':
        return (this.node(left)?.modified ?? 0) < (this.node(right)?.modified ?? 0);
      case '-ef':
        return this.node(left) !== undefined && this.node(left) === this.node(right);
      default:
        return compare(number(left), operator, number(right));
    }
  }

  private unary(operator: string, operand: string): boolean {
    if (operator === '-n') return operand !== '';
    if (operator === '-z') return operand === '';
    if (operator === '-t') return this.process.files.get(Number(operand))?.tty !== undefined;
    if (operator === '-h' || operator === '-L') return this.node(operand, false)?.type === 'symlink';
    const node = this.node(operand);
    if (node === undefined) return false;
    const { user } = this.process;
    switch (operator) {
      case '-e':
        return true;
      case '-f':
        return node.type === 'file' || node.type === 'generated';
      case '-d':
        return node.type === 'directory';
      case '-c':
        return node.type === 'device';
      case '-s':
        return node.type === 'directory' || (node.type === 'file' && node.content.length > 0);
      case '-r':
        return permitted(node, user, 'read');
      case '-w':
        return permitted(node, user, 'write');
      case '-x':
        return permitted(node, user, 'execute');
      case '-u':
        return (node.mode & 0o4000) !== 0;
      case '-g':
        return (node.mode & 0o2000) !== 0;
      case '-k':
        return (node.mode & 0o1000) !== 0;
      case '-O':
        return node.uid === user.uid;
      case '-G':
        return node.gid === user.gid;
      default:
        return false;
    }
  }

  private node(path: string, follow = true): FileNode | undefined {
    try {
      return reach(this.process, path, { follow });
    } catch (error) {
      if (error instanceof FileError) return undefined;
      throw error;
    }
  }
}

function number(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Malformed(`${text}: bad number`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

function compare(left: bigint, operator: string, right: bigint): boolean {
  switch (operator) {
    case '-eq':
      return left === right;
    case '-ne':
      return left !== right;
    case '-lt':
      return left < right;
    case '-le':
      return left <= right;
    case '-gt':
      return left > right;
    default:
      return left >= right;
  }
}
