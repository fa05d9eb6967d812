import { describe, expect, test } from 'vitest';
import type { Container, ContainerOptions, ExecOptions } from '../../../src/practice/containers/container.ts';
import { StartFailure } from '../../../src/practice/containers/container.ts';
import { encode } from '../../../src/practice/containers/process.ts';
import { startContainer } from '../../../src/practice/containers/runtime.ts';
import { Pipe } from '../../../src/practice/containers/stream.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { Collector, finished, textSource } from './support/machine.ts';
import { quietNetwork } from './support/quiet.ts';

class Started {
  readonly clock = new VirtualClock();
  readonly log = { stdout: '', stderr: '' };
  readonly container: Container;

  constructor(options: Partial<ContainerOptions> = {}) {
    let seed = 7;
    this.container = startContainer({
      image: 'busybox:1.36',
      env: [],
      hostname: 'box',
      network: quietNetwork,
      files: [{ path: '/etc/hosts', text: '127.0.0.1\tlocalhost\n' }],
      log: (stream, bytes) => (this.log[stream] += Buffer.from(bytes).toString()),
      clock: this.clock,
      random: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
      ...options,
    });
  }

  async exec(command: string[], options: Omit<ExecOptions, 'command'> = {}) {
    const [stdout, stderr] = [new Collector(), new Collector()];
    const execution = this.container.exec({ command, stdout, stderr, ...options });
    const status = await finished(this.clock, execution.exited);
    return { stdout: stdout.text, stderr: stderr.text, status };
  }
}

const ASLEEP = { command: ['sleep', '3600'] };

test('a container has an id of 64 digits, and runs until its first process ends', async () => {
  const { container, clock, log } = new Started({ command: ['sh', '-c', 'echo out; echo err >&2; exit 3'] });
  expect(container.id).toMatch(/^[0-9a-f]{64}$/);
  expect(container.running).toBe(true);
  expect(await finished(clock, container.exited)).toEqual({ exitCode: 3, reason: 'Error' });
  expect(container.running).toBe(false);
  expect(log).toEqual({ stdout: 'out\n', stderr: 'err\n' });
});

test('exit status 0 is Completed', async () => {
  const { container, clock } = new Started({ command: ['sh', '-c', ':'] });
  expect(await finished(clock, container.exited)).toEqual({ exitCode: 0, reason: 'Completed' });
});

describe('what a container is like', () => {
  test.each([
    ['the host name', {}, 'cat /etc/hostname', 'box\n'],
    ['files of the kubelet', {}, 'cat /etc/hosts', '127.0.0.1\tlocalhost\n'],
    ['mounted files', { files: [{ path: '/cfg/a/b', text: 'x' }] }, 'cat /cfg/a/b', 'x'],
    [
      'PATH, HOME and HOSTNAME',
      {},
      'echo $PATH $HOME $HOSTNAME',
      '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /root box\n',
    ],
    ['variables', { env: [{ name: 'A', value: 'b c' }] }, 'echo "$A"', 'b c\n'],
    [
      'variables over the image and the runtime',
      { env: [{ name: 'HOSTNAME', value: 'own' }] },
      'echo $HOSTNAME',
      'own\n',
    ],
    ['the working directory', { workingDir: '/made/for/it' }, 'pwd', '/made/for/it\n'],
    ['pid 1', {}, 'cat /proc/1/cmdline', 'sleep\x003600\0'],
    ['one of its own', {}, 'echo $$', '2\n'],
    ['no terminal', {}, '[ -t 0 ] || [ -t 1 ] || echo none', 'none\n'],
  ])('%s', async (_, options, line, stdout) => {
    const started = new Started({ ...ASLEEP, ...options });
    expect(await started.exec(['sh', '-c', line])).toEqual({ stdout, stderr: '', status: 0 });
  });
});

test('the image says what runs, command and args say otherwise', async () => {
  const outputs = [];
  for (const options of [
    { args: ['-c', 'echo $0 $-'] },
    { command: ['echo', 'a'], args: ['b'] },
    { command: ['echo', 'a'] },
  ]) {
    const { container, clock, log } = new Started({ ...options, command: options.command ?? ['sh'] });
    await finished(clock, container.exited);
    outputs.push(log.stdout);
  }
  expect(outputs).toEqual(['sh c\n', 'a b\n', 'a\n']);
});

test('runAsUser', async () => {
  const started = new Started({ ...ASLEEP, runAsUser: 1000 });
  const answer = await started.exec(['sh', '-c', 'echo > /f; echo $HOME']);
  expect(answer).toEqual({ stdout: '/\n', stderr: "sh: can't create /f: Permission denied\n", status: 0 });
});

describe('what can not be started', () => {
  const oci = 'unable to start container process: ';
  const cases: [command: string[], words: string, exitCode: number][] = [
    [['nope'], `exec: "nope": executable file not found in $PATH`, 127],
    [['/nope/x'], `exec: "/nope/x": stat /nope/x: no such file or directory`, 127],
    [['/etc/passwd'], `exec: "/etc/passwd": permission denied`, 126],
    [['/tmp'], `exec: "/tmp": permission denied`, 126],
  ];

  test.each(cases)('exec %j', (command, words, exitCode) => {
    const { container } = new Started(ASLEEP);
    const failure = thrown(() => container.exec({ command }));
    expect(failure.message).toMatch(
      /^failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: /,
    );
    expect(failure.message.endsWith(oci + words)).toBe(true);
    expect(failure.exitCode).toBe(exitCode);
  });

  test.each(cases)('start %j', (command, words, exitCode) => {
    const failure = thrown(() => new Started({ command }));
    expect(failure.message).toBe(
      `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ${oci}error during container init: ${words}`,
    );
    expect(failure.exitCode).toBe(exitCode);
  });

  test('anything in a container that has ended', async () => {
    const { container, clock } = new Started({ command: ['sh', '-c', ':'] });
    await finished(clock, container.exited);
    expect(thrown(() => container.exec({ command: ['sh'] })).message).toContain(
      'cannot exec in a stopped container',
    );
    expect(() => container.attach({})).toThrow(StartFailure);
  });

  function thrown(act: () => unknown): StartFailure {
    try {
      act();
    } catch (error) {
      if (error instanceof StartFailure) return error;
      throw error;
    }
    throw new Error('it should have failed');
  }
});

describe('stop', () => {
  test('is ignored by a first process without a handler, as by the kernel', async () => {
    const { container, clock } = new Started(ASLEEP);
    container.stop();
    await clock.advance(30_000);
    expect(container.running).toBe(true);
    container.kill();
    expect(await finished(clock, container.exited)).toEqual({ exitCode: 137, reason: 'Error' });
  });

  test('ends one that traps it', async () => {
    const { container, clock, log } = new Started({
      command: ['sh', '-c', 'trap "echo bye; exit 0" TERM; while :; do sleep 1; done'],
    });
    await clock.advance(1500);
    container.stop();
    expect(await finished(clock, container.exited)).toEqual({ exitCode: 0, reason: 'Completed' });
    expect(log.stdout).toBe('bye\n');
  });
});

describe('exec', () => {
  test('exit status, both streams, and stdin to its end', async () => {
    const started = new Started(ASLEEP);
    const answer = await started.exec(['sh', '-c', 'cat; echo err >&2; exit 7'], {
      stdin: textSource('in\n'),
    });
    expect(answer).toEqual({ stdout: 'in\n', stderr: 'err\n', status: 7 });
  });

  test('the framed scripts of the tutor', async () => {
    const started = new Started(ASLEEP);
    const script = [
      'm=a1',
      `printf '\\n%s-%s begin\\n' k8snet "$m"`,
      '( echo out; exit 5\n)',
      's=$?',
      `printf '\\n%s-%s end %s\\n' k8snet "$m" "$s"`,
    ];
    expect(await started.exec(['sh', '-c', script.join('\n')])).toEqual({
      stdout: '\nk8snet-a1 begin\nout\n\nk8snet-a1 end 5\n',
      stderr: '',
      status: 0,
    });
  });

  test('with a terminal: one stream, keys, size, TERM', async () => {
    const started = new Started(ASLEEP);
    const keys = new Pipe();
    const stdout = new Collector();
    const execution = started.container.exec({
      command: ['sh'],
      stdin: keys,
      stdout,
      terminal: { columns: 100, rows: 30 },
    });
    await keys.write(encode('echo $TERM; nope; exit 4\r'));
    expect(await finished(started.clock, execution.exited)).toBe(4);
    expect(stdout.text).toBe('/ # echo $TERM; nope; exit 4\r\nxterm\r\nsh: nope: not found\r\n');
  });

  test('the end of what is typed is the end of the shell, after all of it was run', async () => {
    const started = new Started(ASLEEP);
    const keys = new Pipe();
    const execution = started.container.exec({
      command: ['sh'],
      stdin: keys,
      terminal: { columns: 80, rows: 24 },
    });
    await keys.write(encode('x=3\r(exit $x)\r'));
    keys.closeWrite();
    expect(await finished(started.clock, execution.exited)).toBe(3);
  });

  test('the client that goes away takes its processes with it', async () => {
    const started = new Started(ASLEEP);
    const execution = started.container.exec({ command: ['sh', '-c', 'sleep 1000 | cat'] });
    await started.clock.advance(100);
    execution.kill();
    expect(await finished(started.clock, execution.exited)).toBe(137);
    expect((await started.exec(['sh', '-c', 'kill -0 3 || kill -0 4 || echo gone'])).stdout).toBe('gone\n');
  });

  test('a slow reader holds its writer up', async () => {
    const started = new Started(ASLEEP);
    const pipe = new Pipe();
    const execution = started.container.exec({
      command: ['sh', '-c', 'i=0; while [ $i -lt 800 ]; do printf %0100d $i; i=$((i+1)); done'],
      stdout: pipe.sink,
    });
    await started.clock.advance(100);
    let bytes = 0;
    void (async () => {
      for (let chunk = await pipe.read(); chunk !== null; chunk = await pipe.read()) bytes += chunk.length;
    })();
    expect(await finished(started.clock, execution.exited)).toBe(0);
    expect(bytes).toBe(80_000);
  });
});

describe('attach', () => {
  test('shows what is written from now on, and ends with the container', async () => {
    const started = new Started({ command: ['sh', '-c', 'echo before; sleep 10; echo after; exit 2'] });
    await started.clock.advance(1000);
    const stdout = new Collector();
    const execution = started.container.attach({ stdout });
    expect(await finished(started.clock, execution.exited)).toBe(2);
    expect(stdout.text).toBe('after\n');
    expect(started.log.stdout).toBe('before\nafter\n');
  });

  test('stdin reaches the first process when it has one', async () => {
    const started = new Started({ command: ['cat'], stdin: true });
    const execution = started.container.attach({ stdin: textSource('hello\n') });
    expect(await finished(started.clock, execution.exited)).toBe(0);
    expect(started.log.stdout).toBe('hello\n');
  });

  test('a terminal', async () => {
    const started = new Started({ command: ['sh'], tty: true, stdin: true });
    const keys = new Pipe();
    const execution = started.container.attach({ stdin: keys, terminal: { columns: 80, rows: 24 } });
    await keys.write(encode('echo hi\rexit 6\r'));
    expect(await finished(started.clock, execution.exited)).toBe(6);
    expect(started.log.stdout).toContain('hi\r\n');
  });
});
