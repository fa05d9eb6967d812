import type { Listener } from '../../../network/connection.ts';
import type { Process, Program } from '../../process.ts';
import { Socket } from '../../socket.ts';
import { serveConnection } from './connection.ts';
import { Flag } from './flag.ts';
import type { Logs } from './log.ts';
import { isSame, type Listen } from './listen.ts';
import type { Server, Settings } from './settings.ts';

/** An address that the master has bound; all workers accept there. */
export interface Bound {
  listen: Listen;
  listener: Listener;
}

export interface Generation {
  settings: Settings;
  logs: Logs;
  bound: Bound[];
  version: string;
  /** Connections are counted over all workers. */
  nextSerial(): number;
}

/** A worker process. SIGQUIT: it ends when its connections have; SIGTERM: at once. */
export function worker(generation: Generation): Program {
  return async (process) => {
    process.title = 'nginx: worker process';
    const { logs, settings } = generation;
    const notice = (message: string): void => logs.error(settings.errorLog, process, 'notice', message);
    const quitting = new Flag();
    const terminated = new Flag();
    process.handle('SIGQUIT', () => {
      notice('gracefully shutting down');
      process.title = 'nginx: worker process is shutting down';
      quitting.raise();
    });
    process.handle('SIGTERM', () => terminated.raise());
    process.handle('SIGINT', () => terminated.raise());
    process.handle('SIGHUP', 'ignore');
    const open = new Set<Promise<void>>();
    const accepting = generation.bound.map((each) => accept(process, generation, each, quitting, open));
    const finished = Promise.all([...accepting, quitting.raised]).then(async () => {
      while (open.size > 0) await Promise.all(open);
    });
    await process.until(Promise.race([terminated.raised, finished]));
    notice('exiting');
    notice('exit');
    return 0;
  };
}

async function accept(
  process: Process,
  generation: Generation,
  { listen, listener }: Bound,
  quitting: Flag,
  open: Set<Promise<void>>,
): Promise<void> {
  const { settings, logs, version } = generation;
  const servers = serversAt(settings, listen);
  while (!quitting.isRaised) {
    const connection = listener.accept();
    if (connection === undefined) {
      await changed(process, listener, quitting.raised);
      continue;
    }
    const socket = new Socket(process, connection);
    const serial = generation.nextSerial();
    const served = serveConnection(socket, { process, logs, version, serial, servers, quitting });
    open.add(served);
    served.then(
      () => open.delete(served),
      // The worker was killed in the middle of it, or has a bug: then it crashes, as a worker would.
      () => process.send('SIGKILL'),
    );
  }
}

/** The default server first. */
function serversAt(settings: Settings, listen: Listen): Server[] {
  const here = settings.servers.filter((server) => server.listens.some((each) => isSame(each, listen)));
  const isDefault = (server: Server): boolean =>
    server.listens.some((each) => each.isDefault && isSame(each, listen));
  return [...here.filter(isDefault), ...here.filter((server) => !isDefault(server))];
}

async function changed(process: Process, listener: Listener, quitting: Promise<void>): Promise<void> {
  let stop: (() => void) | undefined;
  try {
    const arrived = new Promise<void>((resolve) => (stop = listener.onChange(resolve)));
    await process.until(Promise.race([arrived, quitting]));
  } finally {
    stop?.();
  }
}
