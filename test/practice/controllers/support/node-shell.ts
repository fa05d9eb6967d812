import { encode } from '../../../../src/practice/containers/process.ts';
import { Pipe } from '../../../../src/practice/containers/stream.ts';
import type { TestCluster } from './cluster.ts';

/** Somebody at a terminal in a container of the cluster: types lines and reads what the screen shows. */
export class Terminal {
  private readonly cluster: TestCluster;
  private readonly keys = new Pipe();
  private screen = '';
  private seen = 0;

  constructor(cluster: TestCluster, pod: string, container: string, command: string[] = ['/bin/sh']) {
    this.cluster = cluster;
    cluster.controllers.kubelets.exec(cluster.reference(pod), container, {
      command,
      stdin: this.keys.source,
      stdout: {
        write: (bytes) => Promise.resolve(void (this.screen += Buffer.from(bytes).toString())),
        close: () => undefined,
      },
      terminal: { columns: 200, rows: 24 },
    });
  }

  /** Types a line; what comes after it on the screen, up to and with the next prompt. */
  async types(line: string): Promise<string> {
    await this.reads();
    await this.keys.write(encode(`${line}\r`));
    const shown = await this.reads();
    return shown.slice(shown.indexOf('\n') + 1);
  }

  /** @param milliseconds that pass meanwhile */
  async reads(milliseconds = 0): Promise<string> {
    for (let round = 0; round < 10; round++) await this.cluster.clock.advance(0);
    if (milliseconds > 0) await this.cluster.clock.advance(milliseconds);
    const fresh = this.screen.slice(this.seen);
    this.seen = this.screen.length;
    return fresh.replaceAll('\r', '').replaceAll(/\x1b\[\d*[A-Za-z]/g, '');
  }
}

/** A Pod that is the shell of a Node, as the tutor makes it. */
export async function nodeShell(cluster: TestCluster, name: string, nodeName: string): Promise<Terminal> {
  cluster.create(name, {
    nodeName,
    hostNetwork: true,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'shell', image: 'k8snet-tutor/node:1', command: ['sleep', '9999999'] }],
  });
  await cluster.untilRunning(name);
  const terminal = new Terminal(cluster, name, 'shell');
  await terminal.reads();
  return terminal;
}
