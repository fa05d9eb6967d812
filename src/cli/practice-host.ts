import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Timing } from '../cluster/api.ts';
import { holder } from '../practice/server/claim.ts';
import { Problem } from '../problem.ts';
import type { StateFolder } from '../tutor/state-folder.ts';
import { practiceFolder } from './practice-place.ts';

/** Where a detached practice cluster answers; it writes this file itself when it is ready. */
export interface PracticeAddress {
  port: number;
  pid: number;
  /** ISO 8601 */
  started: string;
}

/** What the program in dist/practice.js says over the channel to the process that started it. */
type Message = { ready: PracticeAddress } | { failed: string };

const ADDRESS = 'address.json';
const LOG = 'practice.log';
/** Milliseconds. It starts in well under one second; a machine under load gets more. */
const PATIENCE = 20_000;
const LOOK_EVERY = 50;
/** How long it may take to end by itself. */
const POLITENESS = 5_000;
/** Bytes of old log beyond which a new one is begun. */
const MOST_LOG = 1024 * 1024;
/** The disk is full or may not be written. */
const DISK = /\b(ENOSPC|EDQUOT|EROFS|EACCES|EPERM|ENOTDIR)\b/;

/** The running practice cluster, if there is one: its process holds the folder, and its port is open. */
export async function findPractice(state: StateFolder): Promise<PracticeAddress | undefined> {
  const folder = practiceFolder(state);
  const address = readAddress(folder);
  // A number alone may be another process's by now.
  if (address === undefined || holder(folder.path) !== address.pid) return undefined;
  return (await isOpen(address.port)) ? address : undefined;
}

/**
 * Starts the practice cluster as a process of its own, which outlives this one, and waits until it answers. When
 * another start was quicker, that one's address is the answer.
 *
 * @throws {Problem} practice-failed, state-unwritable
 */
export async function launchPractice(state: StateFolder, program: string): Promise<PracticeAddress> {
  const folder = practiceFolder(state);
  const log = openLog(folder);
  try {
    const child = spawn(process.execPath, [program, folder.path], {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      // The folder this was typed in must not be held on to.
      cwd: folder.path,
    });
    const message = await firstMessage(child);
    child.removeAllListeners();
    if (child.connected) child.disconnect();
    child.unref();
    if ('ready' in message) return message.ready;
    throw failed(folder, message.failed);
  } finally {
    closeSync(log);
  }
}

function firstMessage(child: ReturnType<typeof spawn>): Promise<Message> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ failed: `it was not ready within ${PATIENCE / 1000} s` });
    }, PATIENCE);
    const settle = (message: Message): void => {
      clearTimeout(timer);
      resolve(message);
    };
    child.once('message', (message) => settle(message as Message));
    child.once('error', (error) => settle({ failed: error.message }));
    child.once('exit', (code, signal) =>
      settle({ failed: `it ended at once (${signal ?? `exit code ${code}`})` }),
    );
  });
}

/**
 * Asks the practice cluster's process to end, and waits until it has; one that does not listen any more is killed. Its
 * objects stay: all that was acknowledged is on disk.
 *
 * @throws {Problem} practice-stays
 */
export async function stopPractice(
  state: StateFolder,
  address: PracticeAddress,
  isAlive: (pid: number) => boolean,
  timing: Timing,
  signal: AbortSignal,
): Promise<void> {
  const force = timing.now() + POLITENESS;
  const until = timing.now() + PATIENCE;
  process.kill(address.pid, 'SIGTERM');
  // Its address goes last of all; the process itself may stay as a zombie where nobody reaps.
  while (isAlive(address.pid) && readAddress(practiceFolder(state))?.pid === address.pid) {
    if (timing.now() > until || signal.aborted)
      throw new Problem({
        code: 'practice-stays',
        kind: 'environment',
        what: `The practice cluster does not end (process ${address.pid})`,
        next: [`End it by force, its objects are on disk: kill -9 ${address.pid}`],
      });
    await timing.sleep(LOOK_EVERY, signal);
    if (timing.now() > force && isAlive(address.pid)) process.kill(address.pid, 'SIGKILL');
  }
}

/** A practice cluster that lives in this process and leaves nothing behind. */
export interface OwnPractice {
  /** Text of its kubeconfig. */
  kubeconfig: string;
  close(): Promise<void>;
}

/** Runs a practice cluster in a thread of this process, in memory alone. @throws {Problem} practice-failed */
export async function ownPractice(program: string): Promise<OwnPractice> {
  const worker = new Worker(program, { workerData: { practice: true } });
  const message = await new Promise<{ kubeconfig: string } | { failed: string }>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', (error) =>
      resolve({ failed: error instanceof Error ? error.message : String(error) }),
    );
    worker.once('exit', (code) => resolve({ failed: `it ended at once (exit code ${code})` }));
  });
  if ('failed' in message) throw failed(undefined, message.failed);
  worker.unref();
  return {
    kubeconfig: message.kubeconfig,
    close: async () => {
      await worker.terminate();
    },
  };
}

function readAddress(folder: StateFolder): PracticeAddress | undefined {
  try {
    const { port, pid, started } = JSON.parse(folder.read(ADDRESS) ?? '') as Record<string, unknown>;
    // Of one that has ended only the port is left.
    if (typeof port !== 'number' || typeof pid !== 'number' || typeof started !== 'string') return undefined;
    return { port, pid, started };
  } catch {
    return undefined;
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 });
    const settle = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

function openLog(folder: StateFolder): number {
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 });
    const file = folder.file(LOG);
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    // Appended to: somebody else may be starting one at the same time.
    return openSync(file, size > MOST_LOG ? 'w' : 'a', 0o600);
  } catch (error) {
    throw failed(folder, error instanceof Error ? error.message : String(error));
  }
}

function failed(folder: StateFolder | undefined, why: string): Problem {
  return new Problem({
    code: 'practice-failed',
    kind: 'environment',
    what: `The practice cluster could not be started: ${why}`,
    ...(folder === undefined ? {} : { where: folder.file(LOG) }),
    next: [
      'What it wrote before it ended stands in the file above, if anywhere.',
      ...(DISK.test(why)
        ? [
            'Make room or give yourself the right to write there, or name another folder: K8SNET_TUTOR_STATE=FOLDER',
          ]
        : ['Begin with an empty one: k8snet-tutor practice reset']),
    ],
  });
}
