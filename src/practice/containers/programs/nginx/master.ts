import { KERNEL_RELEASE } from '../../../kernel.ts';
import { AddressInUse, AddressNotAvailable } from '../../../network/connection.ts';
import type { Listener } from '../../../network/connection.ts';
import type { Process, User } from '../../process.ts';
import { FileError } from '../../file-error.ts';
import { ConfigError } from './config.ts';
import { Flag } from './flag.ts';
import { Logs } from './log.ts';
import { endpoint, isSame, type Listen } from './listen.ts';
import type { Location } from './location.ts';
import type { Scope } from './scope.ts';
import type { Settings } from './settings.ts';
import { worker, type Bound, type Generation } from './worker.ts';

const BIND_TRIES = 5;
const BIND_PAUSE_MS = 500;

/** What the master needs of the program around it. */
export interface Master {
  process: Process;
  version: string;
  /** What was nginx built by; a line of the start-up notices. */
  builtBy: string;
  /** Reads the configuration anew. @throws {ConfigError} */
  load(): Settings;
  user(name: string): User;
  complain(level: string, message: string): Promise<void>;
  /** Called once it serves. */
  onUp?: () => void;
}

/** Binds, starts the workers, and obeys signals until one ends it. */
export async function runMaster(master: Master, first: Settings): Promise<number> {
  const { process } = master;
  const bound = await bind(master, first, []);
  if (bound === undefined) return 1;
  const paths = logPaths(first);
  let logs: Logs;
  try {
    logs = new Logs(process, first, paths);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await master.complain('emerg', error.message);
    return 1;
  }
  let serial = 0;
  const nextSerial = (): number => ++serial;
  let generation: Generation = { settings: first, logs, bound, version: master.version, nextSerial };
  const notice = (message: string): void =>
    generation.logs.error(generation.settings.errorLog, process, 'notice', message);
  greet(master, notice);
  writePid(process, first.pidFile);

  const crew = new Crew(master, notice);
  crew.start(generation);
  master.onUp?.();
  const ended = new Flag();
  const finish = (signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT', number: number, what: string): void =>
    process.handle(signal, () => {
      notice(`signal ${number} (${signal}) received, ${what}`);
      for (const each of generation.bound) each.listener.close();
      void crew.stop(signal === 'SIGQUIT' ? 'SIGQUIT' : 'SIGTERM').then(() => ended.raise());
    });
  finish('SIGTERM', 15, 'exiting');
  finish('SIGINT', 2, 'exiting');
  finish('SIGQUIT', 3, 'shutting down');
  process.handle('SIGUSR1', () => notice('signal 10 (SIGUSR1) received, reopening logs'));
  process.handle('SIGUSR2', 'ignore');
  let reloading = Promise.resolve();
  process.handle('SIGHUP', () => {
    notice('signal 1 (SIGHUP) received, reconfiguring');
    reloading = reloading.then(async () => {
      const renewed = await reconfigure(master, generation, notice);
      if (renewed === undefined || ended.isRaised) return;
      generation = renewed;
      crew.replace(renewed);
    });
  });
  await process.until(ended.raised);
  notice('exit');
  remove(process, generation.settings.pidFile);
  return 0;
}

function greet(master: Master, notice: (message: string) => void): void {
  notice('using the "epoll" event method');
  notice(`nginx/${master.version}`);
  notice(`built by ${master.builtBy}`);
  notice(`OS: Linux ${KERNEL_RELEASE}`);
  notice('getrlimit(RLIMIT_NOFILE): 1048576:1048576');
}

/** @param held what is bound already and stays so */
async function bind(master: Master, settings: Settings, held: Bound[]): Promise<Bound[] | undefined> {
  const { sockets, machine } = master.process;
  const bound: Bound[] = [];
  for (let attempt = 0; attempt < BIND_TRIES; attempt++) {
    let isBusy = false;
    for (const listen of settings.listens) {
      if (bound.some((each) => isSame(each.listen, listen))) continue;
      const known = held.find((each) => isSame(each.listen, listen));
      if (known !== undefined) {
        bound.push({ ...known, listen });
        continue;
      }
      try {
        const { address, port, v6only } = listen;
        const listener = machine.network.listen(address, port, { v6only });
        sockets.add(listener);
        bound.push({ listen, listener });
      } catch (error) {
        const why = bindError(error);
        await master.complain('emerg', `bind() to ${endpoint(listen)} failed (${why})`);
        if (!(error instanceof AddressInUse)) {
          release(master, bound, held);
          return undefined;
        }
        isBusy = true;
      }
    }
    if (!isBusy) return bound;
    await master.complain('notice', 'try again to bind() after 500ms');
    await master.process.sleep(BIND_PAUSE_MS);
  }
  await master.complain('emerg', 'still could not bind()');
  release(master, bound, held);
  return undefined;
}

function bindError(error: unknown): string {
  if (error instanceof AddressInUse) return `98: ${error.message}`;
  if (error instanceof AddressNotAvailable) return `99: ${error.message}`;
  throw error;
}

function release(master: Master, bound: Bound[], held: Bound[]): void {
  const kept = new Set<Listener>(held.map((each) => each.listener));
  for (const { listener } of bound) {
    if (kept.has(listener)) continue;
    master.process.sockets.delete(listener);
    listener.close();
  }
}

/** Whether all addresses could be bound; for `nginx -t`. */
export function testBinds(process: Process, listens: Listen[]): string | undefined {
  for (const listen of listens)
    try {
      process.machine.network.listen(listen.address, listen.port, { v6only: listen.v6only }).close();
    } catch (error) {
      if (error instanceof AddressNotAvailable)
        return `bind() to ${endpoint(listen)} failed (${bindError(error)})`;
      if (!(error instanceof AddressInUse)) throw error;
    }
  return undefined;
}

/** A configuration that is wrong changes nothing. */
async function reconfigure(
  master: Master,
  before: Generation,
  notice: (message: string) => void,
): Promise<Generation | undefined> {
  try {
    const settings = master.load();
    const bound = await bind(master, settings, before.bound);
    if (bound === undefined) return undefined;
    const logs = new Logs(master.process, settings, logPaths(settings));
    release(master, before.bound, bound);
    notice('using the "epoll" event method');
    return { ...before, settings, bound, logs };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    before.logs.error(before.settings.errorLog, master.process, 'emerg', error.message);
    return undefined;
  }
}

/** Every log file that some block names. */
export function logPaths(settings: Settings): Set<string> {
  const paths = new Set(settings.http.accessLogs.map(({ path }) => path));
  const visit = (scope: Scope, locations: Location[]): void => {
    for (const { path } of scope.accessLogs) paths.add(path);
    paths.add(scope.errorLog.path);
    for (const each of locations) visit(each.scope, each.locations);
  };
  for (const server of settings.servers) visit(server.scope, server.locations);
  return paths;
}

function writePid(process: Process, path: string): void {
  try {
    process.machine.fileSystem.write(path, Buffer.from(`${process.pid}\n`));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

function remove(process: Process, path: string): void {
  try {
    process.machine.fileSystem.remove(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

/** The worker processes; one that dies is replaced. */
class Crew {
  private readonly master: Master;
  private readonly notice: (message: string) => void;
  private readonly present = new Set<Process>();
  private readonly leaving = new Set<Process>();

  constructor(master: Master, notice: (message: string) => void) {
    this.master = master;
    this.notice = notice;
  }

  start(generation: Generation): void {
    this.notice('start worker processes');
    for (let index = 0; index < generation.settings.workers; index++) this.hire(generation);
  }

  replace(generation: Generation): void {
    const former = [...this.present];
    this.start(generation);
    for (const each of former) {
      this.leaving.add(each);
      each.send('SIGQUIT');
    }
  }

  async stop(signal: 'SIGQUIT' | 'SIGTERM'): Promise<void> {
    const all = [...this.present];
    for (const each of all) {
      this.leaving.add(each);
      each.send(signal);
    }
    await Promise.all(all.map((each) => each.exited));
  }

  private hire(generation: Generation): void {
    const { process, user } = this.master;
    const hired = process.spawn(worker(generation), {
      argv: process.argv,
      user: process.user.uid === 0 ? user(generation.settings.user) : process.user,
    });
    this.present.add(hired);
    this.notice(`start worker process ${hired.pid}`);
    void hired.exited.then((status) => {
      this.present.delete(hired);
      if (!process.alive) return;
      this.notice(`signal 17 (SIGCHLD) received from ${hired.pid}`);
      if (hired.killedBy === undefined) this.notice(`worker process ${hired.pid} exited with code ${status}`);
      else {
        const { logs, settings } = generation;
        const message = `worker process ${hired.pid} exited on signal ${status - 128}`;
        logs.error(settings.errorLog, process, 'alert', message);
        if (!this.leaving.has(hired)) this.hire(generation);
      }
      this.leaving.delete(hired);
    });
  }
}
