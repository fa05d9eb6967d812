import { describe, expect, test } from 'vitest';
import { finished, testMachine } from './support/machine.ts';
import { Person } from './support/person.ts';

async function atPrompt(options: ConstructorParameters<typeof Person>[1] = {}): Promise<Person> {
  const person = new Person(testMachine(), options);
  await person.reads();
  return person;
}

/** Drawing commands taken out: what a screen would show of one line. */
function shown(text: string): string {
  return text.replaceAll(/\x1b\[\d*[A-Za-z]|\r/g, '');
}

test('the prompt is the directory and # for root, $ for others', async () => {
  expect(await new Person(testMachine()).reads()).toBe('/w # ');
  const user = { uid: 100, gid: 101, name: 'curl_user' };
  expect(await new Person(testMachine(), { user }).reads()).toBe('/w $ ');
});

test('a command is echoed as it is typed, and its output follows', async () => {
  const person = await atPrompt();
  expect(await person.types('echo hi')).toBe('echo hi');
  expect(await person.types('\r')).toBe('\r\nhi\r\n/w # ');
});

test.each([
  ['cd /tmp\r', '/tmp # '],
  ['cd\r', '~ # '],
  ["PS1='\\u@\\h:\\W\\$ '\r", 'root@box:w# '],
  ["PS1='$HOME> '\r", '/root> '],
  ['export PS1=x\r', 'x'],
])('%j: prompt %j', async (keys, prompt) => {
  const person = await atPrompt();
  expect(
    shown(await person.types(keys))
      .split('\n')
      .at(-1),
  ).toBe(prompt);
});

test.each([
  ['nope\r', '/bin/sh: nope: not found\n'],
  ['echo ${x?}\r', '/bin/sh: x: parameter not set\n'],
  [')\r', '/bin/sh: syntax error: unexpected ")"\n'],
  ['cd /nope\r', "/bin/sh: cd: can't cd to /nope: No such file or directory\n"],
  ['kill %1\r', '/bin/sh: kill: %1: no such job\n'],
  ['break\r', ''],
  ['return 3\r', ''],
  ['set -u; echo $u\r', '/bin/sh: u: parameter not set\n'],
  ['readonly r=1; r=2\r', '/bin/sh: r: is read only\n'],
])('%j does not end the shell', async (keys, message) => {
  const person = await atPrompt();
  const screen = shown(await person.types(keys));
  expect(screen.slice(screen.indexOf('\n') + 1)).toBe(`${message}/w # `);
  expect(person.process.alive).toBe(true);
});

describe('editing', () => {
  test.each([
    ['left and right', 'echo ac\x1b[Db', 'abc'],
    ['home and end', 'cho x\x01e\x05y', 'xy'],
    ['Home and End keys', 'cho x\x1b[He\x1b[Fy', 'xy'],
    ['backspace', 'echo abx\x7fc', 'abc'],
    ['delete', 'echo xabc\x01\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[3~', 'abc'],
    ['ctrl-D deletes', 'echo xabc\x01\x06\x06\x06\x06\x06\x04', 'abc'],
    ['ctrl-U', 'rubbish\x15echo abc', 'abc'],
    ['ctrl-K', 'echo abcdef\x02\x02\x02\x0b', 'abc'],
    ['ctrl-W', 'echo abc def\x17', 'abc'],
    ['word by word', 'echo b d\x1b[1;5Dc \x1b[1;5D\x1b[1;5Da ', 'a b c d'],
    ['UTF-8', 'echo äöü\x7f\x1b[Dß', 'äßö'],
    ['wide characters', 'echo 漢字\x1b[D\x7f仮', '仮字'],
    ['unknown keys', 'echo a\x1b[15~\x1b[1;2Pb', 'ab'],
    ['tabs of a command', 'ec\tab', 'ab'],
  ])('%s', async (_, keys, output) => {
    const person = await atPrompt();
    const screen = shown(await person.types(`${keys}\r`));
    expect(screen.split('\n').at(-2)).toBe(output);
  });

  test('a line longer than the screen is wide', async () => {
    const person = await atPrompt();
    const long = 'x'.repeat(100);
    const screen = shown(await person.types(`echo ${long}\x01\x05y\r`));
    expect(screen.split('\n').at(-2)).toBe(`${long}y`);
  });

  test('an escape sequence that comes in pieces', async () => {
    const person = await atPrompt();
    for (const piece of ['echo ac', '\x1b', '[', 'D', 'b']) await person.types(piece);
    expect(
      shown(await person.types('\r'))
        .split('\n')
        .at(-2),
    ).toBe('abc');
  });
});

test('up and down go through the history, and back to what was being typed', async () => {
  const person = await atPrompt();
  await person.types('echo one\recho two\r');
  expect(
    shown(await person.types('\x1b[A\x1b[A\r'))
      .split('\n')
      .at(-2),
  ).toBe('one');
  expect(
    shown(await person.types('echo dra\x1b[A\x1b[Bft\r'))
      .split('\n')
      .at(-2),
  ).toBe('draft');
});

test('Tab completes files and directories, and lists what is possible', async () => {
  const person = await atPrompt();
  await person.types('cd /; echo > tmp/only-one; echo > tmp/two-a; echo > tmp/two-b\r');
  expect(
    shown(await person.types('echo tm\ton\t\r'))
      .split('\n')
      .at(-2),
  ).toBe('tmp/only-one');
  await person.types('echo tmp/tw\t');
  expect(shown(await person.types('\t'))).toBe('\ntwo-a  two-b\n/ # echo tmp/two-');
});

describe('Ctrl-C', () => {
  test('gives up the line', async () => {
    const person = await atPrompt();
    expect(shown(await person.types('echo never\x03')).endsWith('^C\n/w # ')).toBe(true);
    expect(
      shown(await person.types('echo $?\r'))
        .split('\n')
        .at(-2),
    ).toBe('130');
  });

  test('ends the job in the foreground, and not the shell', async () => {
    const person = await atPrompt();
    await person.types('sleep 1000\r');
    expect(await person.types('\x03')).toBe('^C\r\n/w # ');
    expect(
      shown(await person.types('echo $?\r'))
        .split('\n')
        .at(-2),
    ).toBe('130');
  });

  test.each([
    'while true; do sleep 1; done',
    'while :; do :; done',
    'for i in 1 2 3; do sleep 100; done; echo never',
    'sleep 100; echo never',
    'sleep 100 && echo never',
    'yes | cat > /dev/null',
    'yes > /dev/null',
    '(sleep 100; echo never)',
    'x=$(sleep 100); echo never',
    'cat',
    'read x; echo never',
    'wait 1; sleep 100',
    'sh -c "sleep 100; echo never"',
    'sleep 100 | cat',
    'sleep 100 & wait',
  ])('ends %s', async (line) => {
    const person = await atPrompt();
    await person.types(`${line}\r`);
    const screen = await person.types('\x03');
    expect(screen.endsWith('/w # ')).toBe(true);
    expect(screen).not.toContain('never\r\n');
    expect(
      shown(await person.types('echo alive\r'))
        .split('\n')
        .at(-2),
    ).toBe('alive');
  });

  test('is not for jobs in the background', async () => {
    const person = await atPrompt();
    await person.types('sleep 1000 &\r');
    await person.types('sleep 1000\r');
    await person.types('\x03');
    expect(shown(await person.types('jobs\r'))).toContain('[1]+  Running                    sleep 1000\n');
  });
});

test('Ctrl-D on an empty line ends the shell with the last status', async () => {
  const machine = testMachine();
  const person = new Person(machine);
  await person.types('false\r');
  await person.types('\x04');
  expect(await finished(machine.clock, person.process.exited)).toBe(1);
});

test('exit ends the shell', async () => {
  const machine = testMachine();
  const person = new Person(machine);
  await person.types('exit 3\r');
  expect(await finished(machine.clock, person.process.exited)).toBe(3);
});

test('lines that are not whole go on after >', async () => {
  const person = await atPrompt();
  expect(shown(await person.types('if true; then\r')).endsWith('\n> ')).toBe(true);
  expect(shown(await person.types('echo in; fi\r'))).toBe('echo in; fi\nin\n/w # ');
  expect(shown(await person.types('echo "a\r')).endsWith('\n> ')).toBe(true);
  expect(shown(await person.types('b"\r'))).toBe('b"\na\nb\n/w # ');
  expect(shown(await person.types('cat <<E\r')).endsWith('\n> ')).toBe(true);
  await person.types('text\r');
  expect(shown(await person.types('E\r'))).toBe('E\ntext\n/w # ');
  expect(shown(await person.types('echo a \\\r')).endsWith('\n> ')).toBe(true);
  expect(shown(await person.types('b\r'))).toBe('b\na b\n/w # ');
  expect(shown(await person.types('(\r\x03')).endsWith('\n/w # ')).toBe(true);
});

test('several lines pasted at once: programs read what is meant for them', async () => {
  const person = await atPrompt();
  const screen = shown(await person.types('echo 1\rcat\rfor cat\r\x04'));
  expect(screen).toContain('1\n/w # ');
  expect(screen).toContain('for cat\n');
});

test('a program on the terminal has echo, erasing, and Ctrl-D as the end', async () => {
  const person = await atPrompt();
  await person.types('cat\r');
  expect(await person.types('abx\x7fc')).toBe('abx\b \bc');
  expect(await person.types('\r')).toBe('\r\nabc\r\n');
  expect(await person.types('one two\x17')).toBe(`one two${'\b \b'.repeat(3)}`);
  expect(await person.types('\x15')).toBe('\b \b'.repeat(4));
  expect(await person.types('\x04')).toBe('/w # ');
});

test('jobs in the background are told of when they have ended', async () => {
  const person = await atPrompt();
  expect(shown(await person.types('sleep 2 &\r'))).toBe('sleep 2 &\n/w # ');
  await person.reads(2000);
  expect(shown(await person.types('\r'))).toBe('\n[1]+  Done                       sleep 2\n/w # ');
  await person.types('sleep 90 & sleep 80 &\r');
  expect(shown((await person.types('kill %1\r')) + (await person.types('\r')))).toContain(
    '[1]-  Terminated                 sleep 90\n',
  );
});

test('fg brings a job to the foreground, where Ctrl-C reaches it', async () => {
  const person = await atPrompt();
  await person.types('sleep 1000 &\r');
  expect(shown(await person.types('fg\r'))).toBe('fg\nsleep 1000\n');
  expect(await person.types('\x03')).toBe('^C\r\n/w # ');
});

test('a shell in a shell', async () => {
  const person = await atPrompt();
  await person.types('sh\r');
  await person.types('sleep 1000\r');
  await person.types('\x03');
  expect(
    shown(await person.types('echo $SHLVL\r'))
      .split('\n')
      .at(-2),
  ).toBe('2');
  await person.types('\x04');
  expect(
    shown(await person.types('echo $SHLVL\r'))
      .split('\n')
      .at(-2),
  ).toBe('1');
});

test('the end of the line ends the shell', async () => {
  const machine = testMachine();
  const person = new Person(machine);
  await person.types('sleep 1000\r');
  person.terminal.hangUp();
  expect(await finished(machine.clock, person.process.exited)).toBe(129);
});
