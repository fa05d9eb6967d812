import { readdirSync, readFileSync } from 'node:fs';
import { createHandler } from '../../../../../../src/practice/api/handler.ts';
import { resolveExec } from '../../../../../../src/practice/api/exec.ts';
import { createStore } from '../../../../../../src/practice/api/memory-store.ts';
import { createRegistry } from '../../../../../../src/practice/api/resource-registry.ts';
import { type Clock, machineClock } from '../../../../../../src/practice/clock.ts';
import type { ClusterClient } from '../../../../../../src/practice/containers/cluster-client.ts';
import { FileSystem } from '../../../../../../src/practice/containers/file-system.ts';
import { findImage } from '../../../../../../src/practice/containers/images/image.ts';
import { type Machine, ProcessTable } from '../../../../../../src/practice/containers/process.ts';
import { program } from '../../../../../../src/practice/containers/programs/applet.ts';
import { grep } from '../../../../../../src/practice/containers/programs/text/grep.ts';
import { kubectl } from '../../../../../../src/practice/containers/programs/kubectl/kubectl.ts';
import { sh } from '../../../../../../src/practice/containers/shell/sh.ts';
import { startContainer } from '../../../../../../src/practice/containers/runtime.ts';
import { startControllers } from '../../../../../../src/practice/controllers/start-controllers.ts';
import { createGceNetwork } from '../../../../../../src/practice/network/gce.ts';
import { localClient } from '../../../../../../src/practice/server/local-client.ts';
import type { Answer } from '../../../../../parity/run-kubectl.ts';
import { Collector, start, textSource } from '../../../support/machine.ts';
import { devicesAndProc, quietNetwork } from '../../../support/quiet.ts';

const MANIFESTS = new URL('../../../../../parity/manifests/', import.meta.url);

/** How much faster time goes by: a Pod's thirty seconds of grace are eight. */
const HURRY = 4;
const began = Date.now();
const hurriedClock: Clock = {
  now: () => began + (Date.now() - began) * HURRY,
  after: (milliseconds, callback) => machineClock.after(milliseconds / HURRY, callback),
};

/** A practice cluster in memory, and a machine with kubectl and the credentials for it; the manifests are in `/w`. */
export class PracticeTerminal {
  readonly faults: unknown[] = [];
  readonly machine: Machine;
  readonly environment: Record<string, string> = {};
  readonly stop: () => Promise<void>;

  constructor(namespace: string) {
    const clock = hurriedClock;
    const random = Math.random;
    const report = (error: unknown): void => void this.faults.push(error);
    const store = createStore({ snapshot: undefined, record: () => undefined, durable: undefined });
    const registry = createRegistry({ store, clock, random });
    const controllers = startControllers({
      registry,
      network: createGceNetwork(report),
      clock,
      random,
      runtime: { startContainer, findImage },
      rootCA: 'none',
      fault: report,
      cluster: (inside) => client(inside),
    });
    const kubelet = controllers.kubelets;
    const user = { name: 'practice-admin', groups: ['system:masters', 'system:authenticated'] };
    const handle = createHandler({ registry, store, clock, kubelet });
    const client = (inside: string): ClusterClient =>
      localClient({
        user,
        namespace: inside,
        report,
        handle,
        resolveExec: (request) => resolveExec({ registry, kubelet }, request),
      });
    const cluster = client(namespace);
    const fileSystem = new FileSystem(() => clock.now());
    this.machine = {
      hostname: 'node',
      fileSystem,
      network: quietNetwork,
      clock,
      random,
      processes: new ProcessTable(),
      cluster,
    };
    devicesAndProc(this.machine);
    const elf = Buffer.from('\x7fELF');
    fileSystem.place('/bin/sh', { type: 'file', mode: 0o755, content: elf, program: sh });
    const find = program(grep, { kind: 'gnu' });
    fileSystem.place('/bin/grep', { type: 'file', mode: 0o755, content: elf, program: find });
    fileSystem.place('/bin/kubectl', { type: 'file', mode: 0o755, content: elf, program: kubectl });
    for (const name of readdirSync(MANIFESTS))
      fileSystem.place(`/w/${name}`, { type: 'file', content: readFileSync(new URL(name, MANIFESTS)) });
    start(this.machine, (process) => process.until(new Promise<number>(() => undefined)), ['pause']);
    this.stop = () => controllers.stop();
  }

  /** Types `kubectl COMMAND` at a shell. */
  async type(command: string, stdin = ''): Promise<Answer> {
    return this.begin(command, stdin).answer;
  }

  begin(command: string, stdin = ''): { answer: Promise<Answer>; interrupt: () => void } {
    const [stdout, stderr] = [new Collector(), new Collector()];
    const exports = Object.entries(this.environment).map(([name, value]) => `${name}=${value}; `);
    const script = `${exports.join('')}exec kubectl ${command}`;
    const process = start(this.machine, sh, ['/bin/sh', '-c', script], {
      stdin: textSource(stdin),
      stdout,
      stderr,
    });
    const answer = process.exited.then((exit) => ({ exit, stdout: stdout.text, stderr: stderr.text }));
    return { answer, interrupt: () => process.send('SIGINT') };
  }
}
