import { SIGNALS, type SignalName } from '../../process.ts';
import type { Job } from '../jobs.ts';
import type { Shell, TrapName } from '../shell.ts';
import { failure, type Builtin } from './builtin.ts';

export const jobs: Builtin = async (shell) => {
  for (const job of shell.jobs.list()) {
    await shell.process.print(`${shell.jobs.line(job)}\n`);
    if (job.status !== undefined) shell.jobs.remove(job);
  }
  return 0;
};

/** Waits for all jobs, or the named ones. A trapped signal ends the wait with 128 and its number. */
export const wait: Builtin = async (shell, argv) => {
  let status = 0;
  const named = argv.slice(1);
  const all = named.length === 0 ? [...shell.jobs.list()] : named.map((name) => findJob(shell, 'wait', name));
  for (const job of all) {
    if (job === undefined) {
      status = 127;
      continue;
    }
    const ended = await untilSignal(shell, job.ended);
    if (ended === undefined) return 128 + SIGNALS.SIGTERM;
    shell.jobs.remove(job);
    await shell.tellSignal(job.processes);
    if (named.length > 0) status = ended;
  }
  return status;
};

async function untilSignal(shell: Shell, ended: Promise<number>): Promise<number | undefined> {
  let forget = (): void => undefined;
  const signalled = new Promise<undefined>((resolve) => {
    forget = shell.onSignal(() => resolve(undefined));
  });
  try {
    return await shell.wait(Promise.race([ended, signalled]));
  } finally {
    forget();
  }
}

function findJob(shell: Shell, command: string, name: string): Job | undefined {
  const job = shell.jobs.find(name);
  if (job === undefined && name.startsWith('%')) throw failure(shell, command, `${name}: no such job`);
  return job;
}

export const kill: Builtin = async (shell, argv) => {
  const args = argv.slice(1);
  let signal: SignalName | '0' | undefined = 'SIGTERM';
  const [first = ''] = args;
  if (first === '-l') {
    await shell.process.print(listed(args[1]));
    return 0;
  }
  if (first.startsWith('-') && first !== '--') {
    args.shift();
    const word = first === '-s' ? (args.shift() ?? '') : first.slice(1);
    signal = signalNamed(word);
    if (signal === undefined) {
      await shell.complainAsApplet(`bad signal name '${word}'`);
      return 1;
    }
  }
  if (args[0] === '--') args.shift();
  if (args.length === 0) {
    await shell.complainAsApplet('you need to specify whom to kill');
    return 1;
  }
  let status = 0;
  for (const name of args) status |= await killOne(shell, name, signal);
  return status;
};

async function killOne(shell: Shell, name: string, signal: SignalName | '0'): Promise<number> {
  const { processes } = shell.process.machine;
  const { uid } = shell.process.user;
  if (name.startsWith('%')) {
    const job = findJob(shell, 'kill', name)!;
    for (const process of job.processes) if (signal !== '0') process.send(signal);
    return 0;
  }
  if (!/^-?\d+$/.test(name)) {
    await shell.complainAsApplet(`invalid number '${name}'`);
    return 1;
  }
  const number = Number(name);
  const targets =
    number > 0
      ? processes.list().filter((process) => process.pid === number)
      : processes
          .list()
          .filter((process) =>
            number === 0
              ? process.group === shell.process.group
              : number === -1
                ? process.pid !== 1 && process !== shell.process
                : process.group === -number,
          );
  if (targets.length === 0) {
    await shell.complainAsApplet(`can't kill pid ${name}: No such process`);
    return 1;
  }
  const allowed = targets.filter((process) => uid === 0 || process.user.uid === uid);
  if (allowed.length === 0) {
    await shell.complainAsApplet(`can't kill pid ${name}: Operation not permitted`);
    return 1;
  }
  if (signal !== '0') for (const process of allowed) process.send(signal);
  return 0;
}

/** By name, with or without SIG, or by number. */
export function signalNamed(word: string): SignalName | '0' | undefined {
  if (word === '0' || word === 'EXIT') return '0';
  const entries = Object.entries(SIGNALS) as [SignalName, number][];
  const upper = word.toUpperCase();
  return entries.find(
    ([name, number]) => name === upper || name === `SIG${upper}` || String(number) === word,
  )?.[0];
}

function listed(which: string | undefined): string {
  const entries = Object.entries(SIGNALS);
  if (which === undefined)
    return entries.map(([name, number]) => `${String(number).padStart(2)}) ${name.slice(3)}\n`).join('');
  const named = signalNamed(which);
  if (named !== undefined && named !== '0' && !/^\d/.test(which)) return `${SIGNALS[named]}\n`;
  const number = Number(which) & 127;
  return `${entries.find(([, each]) => each === number)?.[0].slice(3) ?? which}\n`;
}

/** `fg` waits for a job; without a line discipline that stops processes `bg` has nothing to do. */
export const foreground: Builtin = async (shell, [name, which = '%%']) => {
  const job = shell.jobs.find(which);
  if (job === undefined)
    throw failure(shell, name!, which === '%%' ? 'No current job' : `${which}: no such job`);
  await shell.process.print(`${job.text}\n`);
  shell.jobs.remove(job);
  return shell.runInForeground(job);
};

export const background: Builtin = async (shell, [name, which = '%%']) => {
  const job = shell.jobs.find(which);
  if (job === undefined)
    throw failure(shell, name!, which === '%%' ? 'No current job' : `${which}: no such job`);
  await shell.process.print(`[${job.number}] ${job.text}\n`);
  return 0;
};

export const trap: Builtin = async (shell, argv) => {
  const [, action, ...names] = argv[1] === '--' ? argv.slice(1) : argv;
  if (action === undefined) {
    for (const [name, text] of shell.traps)
      await shell.process.print(`trap -- '${text.replaceAll("'", `'"'"'`)}' ${name.replace(/^SIG/, '')}\n`);
    return 0;
  }
  const isReset = names.length === 0 || action === '-' || /^\d+$/.test(action);
  const all = names.length === 0 || /^\d+$/.test(action) ? [action, ...names] : names;
  for (const word of all) {
    const name = trapNamed(word);
    if (name === undefined) {
      await shell.complain(
        `trap: ${shell.interactive ? '' : 'line 0: '}${word}: invalid signal specification`,
      );
      return 1;
    }
    shell.trap(name, isReset ? undefined : action);
  }
  return 0;
};

function trapNamed(word: string): TrapName | undefined {
  const name = signalNamed(word);
  return name === '0' ? 'EXIT' : name;
}
