import { FileTable } from '../../../../src/practice/containers/open-file.ts';
import {
  encode,
  type Process,
  type Program,
  type User,
} from '../../../../src/practice/containers/process.ts';
import { PseudoTerminal } from '../../../../src/practice/containers/pseudo-terminal.ts';
import { sh } from '../../../../src/practice/containers/shell/sh.ts';
import { Collector, ROOT, type TestMachine } from './machine.ts';

/** Somebody who sits at a terminal, types, and reads the screen. */
export class Person {
  readonly terminal: PseudoTerminal;
  readonly process: Process;
  private readonly screen = new Collector();
  private readonly machine: TestMachine;
  private seen = 0;

  constructor(machine: TestMachine, options: { program?: Program; argv?: string[]; user?: User } = {}) {
    this.machine = machine;
    this.terminal = new PseudoTerminal({ columns: 80, rows: 24 }, this.screen);
    const files = new FileTable();
    for (const number of [0, 1, 2]) files.set(number, this.terminal.file.share());
    this.process = machine.processes.start(machine, options.program ?? sh, {
      argv: options.argv ?? ['/bin/sh'],
      environment: new Map([
        ['PATH', '/bin'],
        ['HOME', '/root'],
        ['TERM', 'xterm'],
      ]),
      directory: '/w',
      user: options.user ?? ROOT,
      files,
      terminal: this.terminal.file,
    });
    this.terminal.setForeground((name) => machine.processes.signalGroup(this.process.group, name));
  }

  /** Types, waits until nothing moves any more, and reads what is new on the screen. */
  async types(keys: string): Promise<string> {
    await this.terminal.type(encode(keys));
    return this.reads();
  }

  /** @param milliseconds that pass meanwhile */
  async reads(milliseconds = 0): Promise<string> {
    for (let round = 0; round < 10; round++) await this.machine.clock.advance(0);
    if (milliseconds > 0) await this.machine.clock.advance(milliseconds);
    const fresh = this.screen.text.slice(this.seen);
    this.seen = this.screen.text.length;
    return fresh;
  }
}
