import type { Process, SignalName } from '../process.ts';

/** A pipeline that runs, or ran, beside the shell. */
export interface Job {
  number: number;
  /** As it was typed. */
  text: string;
  /** Its stages; the last one's status is the job's. */
  processes: Process[];
  /** Undefined while it runs. */
  status: number | undefined;
  /** Settles with the status when all stages have ended. */
  ended: Promise<number>;
  /** Lets it read from the terminal. */
  toForeground: () => void;
}

const MOST_REMEMBERED = 256;

/** The jobs of a shell, by the numbers that `%1` names them with. */
export class Jobs {
  private readonly dialect: 'ash' | 'bash';
  private jobs: Job[] = [];

  constructor(dialect: 'ash' | 'bash') {
    this.dialect = dialect;
  }

  add(text: string, processes: Process[], toForeground: () => void): Job {
    const number = Math.max(0, ...this.jobs.map((job) => job.number)) + 1;
    const ended = Promise.all(processes.map((process) => process.exited)).then(
      (statuses) => (job.status = statuses.at(-1) ?? 0),
    );
    const job: Job = { number, text, processes, status: undefined, ended, toForeground };
    this.forgetOldest();
    this.jobs.push(job);
    return job;
  }

  /** A loop that starts jobs and never waits shall not fill the memory. */
  private forgetOldest(): void {
    if (this.jobs.length < MOST_REMEMBERED) return;
    const oldest = this.jobs.find((job) => job.status !== undefined);
    if (oldest !== undefined) this.remove(oldest);
  }

  list(): readonly Job[] {
    return this.jobs;
  }

  remove(job: Job): void {
    this.jobs = this.jobs.filter((each) => each !== job);
  }

  /** By `%1`, `%%`, `%+`, `%-`, `%name`, or a pid. */
  find(name: string): Job | undefined {
    if (name === '%%' || name === '%+' || name === '%') return this.jobs.at(-1);
    if (name === '%-') return this.jobs.at(-2) ?? this.jobs.at(-1);
    if (/^%\d+$/.test(name)) return this.jobs.find((job) => job.number === Number(name.slice(1)));
    if (name.startsWith('%')) return this.jobs.findLast((job) => job.text.startsWith(name.slice(1)));
    return this.jobs.find((job) => job.processes.some((process) => String(process.pid) === name));
  }

  /** As `jobs` shows it: the newest is `+`, the one before it `-`. */
  line(job: Job): string {
    const mark = job === this.jobs.at(-1) ? '+' : job === this.jobs.at(-2) ? '-' : ' ';
    const start = `[${job.number}]${mark}  `;
    if (this.dialect === 'ash') return `${start}${stateOf(job).padEnd(27)}${job.text}`;
    const state = stateOf(job).replace(/^Done\((\d+)\)$/, 'Exit $1');
    return `${start}${state.padEnd(24)}${job.text}${job.status === undefined ? ' &' : ''}`;
  }
}

function stateOf(job: Job): string {
  if (job.status === undefined) return 'Running';
  const signal = job.processes.at(-1)?.killedBy;
  if (signal !== undefined) return SIGNAL_WORDS[signal];
  return job.status === 0 ? 'Done' : `Done(${job.status})`;
}

/** strsignal's. */
export const SIGNAL_WORDS: Record<SignalName, string> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
};
