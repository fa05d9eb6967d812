import { SIGNALS } from '../../process.ts';
import { type Applet, complain, fail, wrongUsage } from '../applet.ts';
import { nameOfProcess } from './pidof.ts';
import { signalName } from './signal-name.ts';

export const kill: Applet = {
  name: 'kill',
  usage: `kill [-l] [-SIG] PID...

Send a signal (default: TERM) to given PIDs

	-l	List all signal names and numbers`,
  async run(call) {
    const { process } = call;
    const operands = [...call.operands];
    if (operands[0] === '-l') {
      for (const [name, number] of Object.entries(SIGNALS).sort((a, b) => a[1] - b[1]))
        await process.print(`${String(number).padStart(2)}) ${name.slice(3)}\n`);
      return 0;
    }
    let signal = signalName('TERM')!;
    if (operands[0]?.startsWith('-') === true && operands[0] !== '--') {
      const text = operands[0] === '-s' ? operands.splice(0, 2)[1]! : operands.shift()!.slice(1);
      // Signal 0 only asks whether the process is there.
      const found = text === '0' ? undefined : signalName(text);
      if (found === undefined && text !== '0') await fail(call, `bad signal name '${text}'`);
      if (found === undefined) return probe(operands);
      signal = found;
    }
    if (operands[0] === '--') operands.shift();
    if (operands.length === 0) {
      if (call.suite.kind === 'busybox') await fail(call, 'you need to specify whom to kill');
      return wrongUsage(kill, call);
    }
    let status = 0;
    for (const operand of operands) {
      if (!/^-?\d+$/.test(operand)) {
        await complain(call, `invalid number '${operand}'`);
        status = 1;
        continue;
      }
      const target = process.machine.processes.get(Math.abs(Number(operand)));
      if (target === undefined) {
        await complain(call, `can't kill pid ${operand}: No such process`);
        status = 1;
      } else if (process.user.uid !== 0 && process.user.uid !== target.user.uid) {
        await complain(call, `can't kill pid ${operand}: Operation not permitted`);
        status = 1;
      } else if (operand.startsWith('-')) process.machine.processes.signalGroup(target.group, signal);
      else target.send(signal);
    }
    return status;

    async function probe(pids: string[]): Promise<number> {
      let missing = 0;
      for (const pid of pids)
        if (process.machine.processes.get(Number(pid)) === undefined) {
          await complain(call, `can't kill pid ${pid}: No such process`);
          missing = 1;
        }
      return missing;
    }
  },
};

export const killall: Applet = {
  name: 'killall',
  usage: `killall [-lq] [-SIG] PROCESS_NAME...

Send a signal (default: TERM) to given processes

	-l	List all signal names and numbers
	-q	Don't complain if no processes were killed`,
  async run(call) {
    const { process } = call;
    const operands = [...call.operands];
    let signal = signalName('TERM')!;
    let isQuiet = false;
    while (operands[0]?.startsWith('-') === true) {
      const option = operands.shift()!;
      const found = signalName(option.slice(1));
      if (option === '-q') isQuiet = true;
      else if (found !== undefined) signal = found;
      else await fail(call, `bad signal name '${option.slice(1)}'`);
    }
    let status = 0;
    for (const name of operands) {
      const named = process.machine.processes
        .list()
        .filter((each) => each !== process && nameOfProcess(each) === name);
      for (const each of named) each.send(signal);
      if (named.length > 0) continue;
      status = 1;
      if (!isQuiet) await complain(call, `${name}: no process killed`);
    }
    return status;
  },
};
