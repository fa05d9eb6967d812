import { describe, expect, test } from 'vitest';
import { open } from '../../../src/practice/containers/open.ts';
import { encode, type Program } from '../../../src/practice/containers/process.ts';
import { run, shell, testMachine } from './support/machine.ts';

const user = { uid: 100, gid: 101, name: 'curl_user' };

describe('rights of a user who is not root', () => {
  const cases: [line: string, stdout: string, stderr: string, status: number][] = [
    ['echo x > /w/f', '', "sh: can't create /w/f: Permission denied\n", 1],
    ['echo x > /tmp/f; cat /tmp/f', 'x\n', '', 0],
    ['cat < /root/secret', '', "sh: can't open /root/secret: Permission denied\n", 1],
    ['cat < /w/private', '', "sh: can't open /w/private: Permission denied\n", 1],
    ['cat < /w/public', 'public\n', '', 0],
    ['echo x >> /w/public', '', "sh: can't create /w/public: Permission denied\n", 1],
    ['/w/private', '', 'sh: /w/private: Permission denied\n', 126],
    ['cd /root', '', "sh: cd: line 0: can't cd to /root: Permission denied\n", 2],
    ['kill 1', '', "sh: can't kill pid 1: Operation not permitted\n", 1],
    ['[ -r /w/private ] || [ -w /w/public ] || [ -x /w/public ] || echo none', 'none\n', '', 0],
  ];
  test.each(cases)('%s', async (line, stdout, stderr, status) => {
    const machine = testMachine();
    const place = machine.fileSystem.place.bind(machine.fileSystem);
    place('/tmp', { type: 'directory', mode: 0o1777, entries: new Map() });
    place('/root', { type: 'directory', mode: 0o700, entries: new Map() });
    place('/root/secret', { type: 'file', content: encode('secret\n') });
    place('/w/private', { type: 'file', mode: 0o600, content: encode('private\n') });
    place('/w/public', { type: 'file', mode: 0o644, content: encode('public\n') });
    expect(await run(machine, ['sh', '-c', line], { user })).toEqual({ stdout, stderr, status });
  });
});

describe('the disk', () => {
  test('is full at some time: yes > file ends, and says why', async () => {
    const machine = testMachine({ capacity: 100_000 });
    expect(await shell('yes > f; echo $?; echo more >> f', machine)).toEqual({
      stdout: '1\n',
      stderr: 'yes: write error: No space left on device\n/bin/sh: write error: No space left on device\n',
      status: 1,
    });
    expect(machine.fileSystem.used).toBeLessThanOrEqual(machine.fileSystem.capacity);
  });

  test('has room again when a file is emptied or removed', async () => {
    const machine = testMachine({ capacity: 100_000 });
    const before = machine.fileSystem.used;
    expect((await shell('yes 2>/dev/null > f; > f; echo room > g; cat g', machine)).stdout).toBe('room\n');
    machine.fileSystem.remove('/w/f');
    machine.fileSystem.remove('/w/g');
    expect(machine.fileSystem.used).toBe(before);
  });

  test('nothing but names fills it, too', () => {
    const { fileSystem } = testMachine({ capacity: 10_000 });
    expect(() => {
      for (let index = 0; ; index++) fileSystem.makeDirectory(`/tmp/${index}`);
    }).toThrow('No space left on device');
  });
});

describe('files have a position that descriptors share', () => {
  test.each([
    ['exec 3> f; echo one >&3; (echo two >&3); echo three >&3; cat f', 'one\ntwo\nthree\n'],
    ['echo long text > f; echo new 1<> f; cat f', 'new\n text\n'],
    ['echo a > f; { echo b; echo c; } >> f; cat f', 'a\nb\nc\n'],
    ['exec 3>> f; echo a >&3; > f; echo b >&3; cat f', 'b\n'],
    ['echo 12345 > f; exec 3< f; head -c 2 <&3 > /dev/null; echo 6 >> f; cat f', '12345\n6\n'],
  ])('%s', async (line, stdout) => {
    expect(await shell(line)).toEqual({ stdout, stderr: '', status: 0 });
  });

  test('appending does not copy the whole file each time', async () => {
    const machine = testMachine();
    const { fileSystem } = machine;
    await shell('i=0; while [ $i -lt 100 ]; do echo $i; i=$((i+1)); done > f', machine);
    const before = fileSystem.read('/w/f');
    await shell('echo more >> f', machine);
    expect(fileSystem.read('/w/f').buffer).toBe(before.buffer);
    expect(before.length).toBe(290);
  });
});

describe('what can be executed', () => {
  const cases: [name: string, line: string, stdout: string, status: number][] = [
    ['a script', "printf '#!/bin/sh\\necho $0 $@\\n' > s; chmod +x s; ./s 1 2", './s 1 2\n', 0],
    [
      'an argument of the interpreter',
      "printf '#!/bin/sh -e\\nfalse\\necho no\\n' > s; chmod +x s; ./s",
      '',
      1,
    ],
    ['a script without #!', "echo 'echo $0 $1' > s; chmod +x s; ./s x", './s x\n', 0],
    ['a missing interpreter', "printf '#!/nope\\n' > s; chmod +x s; ./s; echo $?", '127\n', 0],
    ['an interpreter that is its own', "printf '#!/w/s\\n' > s; chmod +x s; ./s; echo $?", '126\n', 0],
    ['along PATH', "mkdir=1; printf 'echo mine\\n' > cat; chmod +x cat; PATH=/w:/bin; cat", 'mine\n', 0],
    [
      'what may not be run is passed over',
      "echo 'echo no' > cat; PATH=/w:/bin; cat < /dev/null; echo $?",
      '0\n',
      0,
    ],
  ];
  test.each(cases)('%s', async (_, line, stdout, status) => {
    const outcome = await shell(line);
    expect([outcome.stdout, outcome.status]).toEqual([stdout, status]);
  });
});

test('too many processes: fork says so, and the machine lives', async () => {
  const machine = testMachine();
  const outcome = await shell('i=0; while [ $i -lt 600 ]; do sleep 100 & i=$((i+1)); done; echo no', machine);
  expect(outcome.stderr).toBe("/bin/sh: can't fork: Resource temporarily unavailable\n");
  expect(machine.processes.list().length).toBeLessThanOrEqual(512);
});

test('a fork bomb ends', async () => {
  const outcome = await shell('f() { f | f; }; f');
  expect(outcome.status).not.toBe(0);
});

describe('reading', () => {
  test('a reader that was killed takes nothing away from the next one', async () => {
    const machine = testMachine();
    let give!: (text: string) => void;
    const given = new Promise<Uint8Array>((resolve) => (give = (text) => resolve(encode(text))));
    let asked = 0;
    const program: Program = async (process) => {
      const first = process.spawn(async (child) => ((await child.stdin.read()) === null ? 0 : 1), {
        argv: ['first'],
      });
      await process.sleep(10);
      first.send('SIGKILL');
      await first.exited;
      give('for the second');
      await process.stdout.write((await process.stdin.read())!);
      return 0;
    };
    machine.fileSystem.place('/dev/slow', {
      type: 'device',
      open: () => {
        throw new Error('not to be opened');
      },
    });
    const { Collector, finished, start } = await import('./support/machine.ts');
    const stdout = new Collector();
    const stdin = {
      read: () => (asked++ === 0 ? given : Promise.resolve(null)),
      close: () => undefined,
    };
    await finished(machine.clock, start(machine, program, ['test'], { stdin, stdout }).exited);
    expect(stdout.text).toBe('for the second');
  });

  test('/dev/tty is there for those who have a terminal', async () => {
    expect((await shell('echo x > /dev/tty')).stderr).toBe(
      "/bin/sh: can't create /dev/tty: No such device or address\n",
    );
  });

  test('opening a directory', async () => {
    const machine = testMachine();
    const program: Program = async (process) => {
      expect(() => open(process, '/tmp', 'write')).toThrow('Is a directory');
      expect(() => open(process, '/tmp/', 'read')).toThrow('Is a directory');
      expect(() => open(process, '/bin/cat/x', 'read')).toThrow('Not a directory');
      expect(() => open(process, '/tmp/nope/', 'write')).toThrow('Is a directory');
      return 0;
    };
    expect((await run(machine, ['test'], { program })).status).toBe(0);
  });
});

describe('pid 1', () => {
  test('is spared by signals that it does not handle, even SIGKILL from inside', async () => {
    const machine = testMachine();
    expect((await shell('kill 1; kill -9 1; kill -INT 1; echo alive', machine)).stdout).toBe('alive\n');
    expect(machine.processes.get(1)?.alive).toBe(true);
  });

  test('takes everybody with it', async () => {
    const machine = testMachine();
    await shell('sleep 1000 & sleep 1000 &', machine);
    machine.processes.get(1)!.send('SIGKILL', 'outside');
    expect(machine.processes.list()).toEqual([]);
  });
});
