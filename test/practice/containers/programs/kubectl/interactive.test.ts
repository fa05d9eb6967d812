import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { FileTable } from '../../../../../src/practice/containers/open-file.ts';
import { encode, type Process } from '../../../../../src/practice/containers/process.ts';
import { PseudoTerminal } from '../../../../../src/practice/containers/pseudo-terminal.ts';
import { sh } from '../../../../../src/practice/containers/shell/sh.ts';
import { Collector, ROOT } from '../../support/machine.ts';
import { PracticeTerminal } from './support/practice-terminal.ts';

/** The deck's lines, typed by somebody at a Node's terminal. */
let cluster: PracticeTerminal;
beforeAll(async () => {
  cluster = new PracticeTerminal('default');
  await vi.waitFor(async () => expect((await cluster.type('get sa default')).exit).toBe(0));
  await cluster.type('apply -f multi-container.yml');
  await cluster.type('wait --for=condition=Ready pod/multi-container --timeout=300s');
});
afterAll(() => cluster.stop());

class Person {
  readonly terminal: PseudoTerminal;
  readonly process: Process;
  private readonly screen = new Collector();
  private seen = 0;

  constructor() {
    const { machine } = cluster;
    this.terminal = new PseudoTerminal({ columns: 80, rows: 24 }, this.screen);
    const files = new FileTable();
    for (const number of [0, 1, 2]) files.set(number, this.terminal.file.share());
    this.process = machine.processes.start(machine, sh, {
      argv: ['/bin/sh'],
      environment: new Map([
        ['PATH', '/bin'],
        ['TERM', 'xterm'],
      ]),
      directory: '/w',
      user: ROOT,
      files,
      terminal: this.terminal.file,
    });
    this.terminal.setForeground((name) => machine.processes.signalGroup(this.process.group, name));
  }

  /** Types a line, and reads what is new on the screen once it ends so. */
  async types(keys: string, ending: RegExp): Promise<string> {
    await this.terminal.type(encode(keys));
    await vi.waitFor(() => expect(this.screen.text.slice(this.seen)).toMatch(ending), 5_000);
    const fresh = this.screen.text.slice(this.seen);
    this.seen = this.screen.text.length;
    return fresh;
  }
}

const OUTER = /\/w # $/;
const INNER = /\/ # $/;
const ENTER = 'kubectl exec -it multi-container -c shell /bin/sh\r';

let person: Person;
beforeEach(async () => {
  person = new Person();
  await person.types('', OUTER);
});

test('the deck’s exec gives a shell in the container, and exit comes back', async () => {
  const shown = await person.types(ENTER, INNER);
  expect(shown).toContain(
    'kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use kubectl exec [POD] -- [COMMAND] instead.\r\n',
  );
  expect(await person.types('curl localhost\r', INNER)).toContain('<h1>Welcome to nginx!</h1>\r\n');
  expect(await person.types('hostname\r', INNER)).toBe('hostname\r\nmulti-container\r\n/ # ');
  expect(await person.types('exit\r', OUTER)).toBe('exit\r\n/w # ');
  expect(await person.types('echo $?\r', OUTER)).toBe('echo $?\r\n0\r\n/w # ');
});

test('every key goes to the inner shell: its editor, its Ctrl-C, its Ctrl-D', async () => {
  await person.types(ENTER, INNER);
  await person.types('echo ac\x1b[Db\r', /abc\r\n\/ # $/);
  await person.types('sleep 100000\r', /sleep 100000\r\n$/);
  expect(await person.types('\x03', INNER)).toBe('^C\r\n/ # ');
  expect(await person.types('(exit 3)\r', INNER)).toBe('(exit 3)\r\n/ # ');
  expect(await person.types('\x04', OUTER)).toContain('command terminated with exit code 3\r\n/w # ');
  expect(await person.types('echo $?\r', OUTER)).toContain('\r\n3\r\n');
});

test('the inner terminal is as large as the outer one, and stays so', async () => {
  await person.types(ENTER, INNER);
  expect(await person.types('stty size\r', INNER)).toContain('\r\n24 80\r\n');
  person.terminal.resize(132, 50);
  expect(await person.types('stty size\r', INNER)).toContain('\r\n50 132\r\n');
  await person.types('exit\r', OUTER);
});

test('a line that is cut ends the inner shell', async () => {
  await person.types(ENTER, INNER);
  await person.types('sleep 100000\r', /sleep 100000\r\n$/);
  person.terminal.hangUp();
  await person.process.exited;
  await vi.waitFor(async () => {
    const { stdout } = await cluster.type('exec multi-container -c shell -- ps');
    expect(stdout).not.toContain('/bin/sh');
  });
});

test('Ctrl-C ends a watch and a log that is followed', async () => {
  await person.types('kubectl get pods -w\r', /multi-container +2\/2/);
  expect(await person.types('\x03', OUTER)).toContain('^C');
  await person.types('kubectl logs -f multi-container -c nginx\r', /start worker process/);
  expect(await person.types('\x03', OUTER)).toContain('^C');
});

test('the addresses, as the deck asks for them', async () => {
  expect(await person.types('kubectl describe pod multi-container | grep IP:\r', OUTER)).toMatch(
    /\r\nIP: {15}(10\.\d+\.\d+\.\d+)\r\n {2}IP: {2}\1\r\n\/w # $/,
  );
});
