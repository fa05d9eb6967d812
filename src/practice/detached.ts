import { load } from 'js-yaml';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { machineClock, timestamp } from './clock.ts';
import { MOST_NODES } from './controllers/node-definition.ts';
import { type PracticeCluster, serve } from './serve.ts';
import { lastPort, writeAddress } from './server/address.ts';
import { awaitAddress, claim } from './server/claim.ts';
import { IDENTITIES, type Identity } from './server/credentials.ts';
import { readIfThere, replaceFile } from './server/private-file.ts';

/**
 * A practice cluster that outlives whoever started it: one per folder, at the port it had before, until it is asked to
 * end or has been idle for long. Who started it is told over the IPC channel when it answers.
 */
export async function runDetached([folder, nodes]: readonly string[]): Promise<void> {
  const number = nodes === undefined ? undefined : Number(nodes);
  const isNumber = number === undefined || (Number.isInteger(number) && number > 0 && number <= MOST_NODES);
  if (folder === undefined || !isNumber)
    return fail(`usage: practice.js FOLDER [NODES], with 1 to ${MOST_NODES} nodes`);
  // grep and nginx in containers take anybody's regular expressions. V8 then goes over to an engine that can't be
  // brought to a standstill (it does not know ignoring case, which stays as it is).
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
  const claimed = await claim(folder);
  if (claimed.kind === 'taken') {
    const address = await awaitAddress(folder, claimed.pid);
    if (address === undefined)
      return fail(`process ${claimed.pid} has the folder ${folder} and does not answer`);
    return tell({ ready: address });
  }
  let cluster: PracticeCluster;
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void cluster
      .close()
      .catch(report)
      .finally(() => {
        claimed.release();
        process.exit();
      });
  };
  try {
    cluster = await serve({
      folder,
      port: lastPort(folder),
      nodes: number,
      idle: end,
      report,
    });
  } catch (error) {
    claimed.release();
    return fail(error instanceof Error ? error.message : String(error));
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  for (const identity of IDENTITIES) writeKubeconfig(folder, identity, cluster);
  const address = { port: cluster.port, pid: process.pid, started: timestamp(machineClock) };
  writeAddress(folder, address);
  tell({ ready: address });
}

/** Keeps the namespace that the tutor made the default one: the lesson goes on in it. */
function writeKubeconfig(folder: string, identity: Identity, cluster: PracticeCluster): void {
  const file = join(folder, identity === 'practice-admin' ? 'kubeconfig' : `kubeconfig-${identity}`);
  replaceFile(file, cluster.kubeconfig(identity, namespaceIn(readIfThere(file))));
}

function namespaceIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const config = load(text) as { contexts?: { context?: { namespace?: string } }[] };
    return config.contexts?.[0]?.context?.namespace;
  } catch {
    return undefined;
  }
}

/** stderr is a file in the folder. */
function report(error: unknown): void {
  console.error(new Date(machineClock.now()).toISOString(), error);
}

function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
  tell({ failed: why });
}

/** The channel would keep this process alive, and its end must not end it. */
function tell(message: object): void {
  if (process.send === undefined) return;
  process.on('disconnect', () => undefined);
  process.send(message, () => process.connected && process.disconnect());
}
