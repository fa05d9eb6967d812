import { describe, expect, test } from 'vitest';
import { decode, encode, type Process, type Program } from '../../../src/practice/containers/process.ts';
import { connect, listen, SocketError, type Socket } from '../../../src/practice/containers/socket.ts';
import { finished, start, testMachine, type TestMachine } from './support/machine.ts';
import { LoopNetwork } from './support/network.ts';

function networked(): { machine: TestMachine; network: LoopNetwork } {
  const network = new LoopNetwork();
  const machine = { ...testMachine(), network };
  return { machine, network };
}

/** What a program's own function comes to; it runs as a process. */
function within<T>(
  machine: TestMachine,
  act: (process: Process) => Promise<T>,
): { result: Promise<T>; process: Process } {
  let settle!: (value: Promise<T>) => void;
  const result = new Promise<T>((resolve) => (settle = resolve));
  const program: Program = async (process) => {
    const acting = act(process);
    settle(acting);
    await acting.catch(() => undefined);
    return 0;
  };
  result.catch(() => undefined);
  return { process: start(machine, program, ['test']), result };
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for (let chunk = await socket.read(); chunk !== null; chunk = await socket.read()) text += decode(chunk);
  return text;
}

async function failure(
  machine: TestMachine,
  act: (process: Process) => Promise<unknown>,
): Promise<[string, number]> {
  const started = machine.clock.now();
  try {
    await finished(machine.clock, within(machine, act).result);
  } catch (error) {
    if (error instanceof SocketError) return [error.code, machine.clock.now() - started];
    throw error;
  }
  throw new Error('it should have failed');
}

describe('connect', () => {
  const { machine, network } = networked();
  network.others.set('10.0.0.2', { kind: 'dropped' });
  network.others.set('10.0.0.3', { kind: 'unreachable', what: 'host' });
  network.others.set('10.0.0.4', { kind: 'unreachable', what: 'network' });

  // Times are told in steps of half a second.
  test.each([
    ['10.0.0.1', undefined, 'ECONNREFUSED', 0],
    ['10.0.0.4', undefined, 'ENETUNREACH', 0],
    ['10.0.0.3', undefined, 'EHOSTUNREACH', 3_000],
    ['10.0.0.3', 1_000, 'ETIMEDOUT', 1_000],
    ['10.0.0.2', undefined, 'ETIMEDOUT', 127_000],
    ['10.0.0.2', 5_000, 'ETIMEDOUT', 5_000],
  ])('%s with timeout %s: %s after %i ms', async (address, timeout, code, after) => {
    expect(await failure(machine, (process) => connect(process, address, 80, timeout))).toEqual([
      code,
      after,
    ]);
  });

  test('the first packet is sent again, as Linux does', async () => {
    network.sent = 0;
    await failure(machine, (process) => connect(process, '10.0.0.2', 80));
    expect(network.sent).toBe(7);
  });

  test('what comes to life meanwhile is reached by a later packet', async () => {
    const { result } = within(machine, async (process) => {
      const connecting = connect(process, '10.0.0.2', 80);
      await process.sleep(2_000);
      listen(process, '0.0.0.0', 80);
      network.others.delete('10.0.0.2');
      return (await connecting).remote;
    });
    expect(await finished(machine.clock, result)).toEqual({ address: '10.0.0.2', port: 80 });
  });
});

test('errors have the words of the C library', () => {
  const error = new SocketError('EHOSTUNREACH');
  expect([error.message, error.words('musl')]).toEqual(['No route to host', 'Host is unreachable']);
});

test('bytes arrive in order, more than a window holds, then the end', async () => {
  const { machine } = networked();
  const text = 'x'.repeat(500_000) + 'end';
  const server = within(machine, async (process) => readAll(await listen(process, '0.0.0.0', 80).accept()));
  within(machine, async (process) => {
    const socket = await connect(process, '10.0.0.1', 80);
    await socket.write(encode(text));
    socket.close();
  });
  expect(await finished(machine.clock, server.result)).toBe(text);
});

test('a closed end still delivers what was sent, and a half-closed one still reads', async () => {
  const { machine } = networked();
  within(machine, async (process) => {
    const socket = await listen(process, '0.0.0.0', 80).accept();
    await socket.write(encode(`you said ${await readAll(socket)}`));
  });
  const client = within(machine, async (process) => {
    const socket = await connect(process, '10.0.0.1', 80);
    await socket.write(encode('hello'));
    socket.end();
    return readAll(socket);
  });
  expect(await finished(machine.clock, client.result)).toBe('you said hello');
});

test('a process that ends closes its sockets, and its port is free again', async () => {
  const { machine } = networked();
  const server = within(machine, async (process) => {
    const socket = await listen(process, '0.0.0.0', 80).accept();
    return socket.read();
  });
  const client = within(machine, async (process) => {
    const socket = await connect(process, '10.0.0.1', 80);
    await process.sleep(10);
    server.process.send('SIGKILL');
    return readAll(socket);
  });
  expect(await finished(machine.clock, client.result)).toBe('');
  const again = within(machine, async (process) => listen(process, '0.0.0.0', 80).local.port);
  expect(await finished(machine.clock, again.result)).toBe(80);
});

test('bytes for a closed socket are answered with a reset', async () => {
  const { machine } = networked();
  within(machine, async (process) => {
    (await listen(process, '0.0.0.0', 80).accept()).close();
    await process.sleep(1000);
  });
  const client = within(machine, async (process) => {
    const socket = await connect(process, '10.0.0.1', 80);
    expect(await socket.read()).toBe(null);
    await socket.write(encode('anybody there?'));
    await process.sleep(100);
    await socket.write(encode('still?'));
  });
  await expect(finished(machine.clock, client.result)).rejects.toThrow('Connection reset by peer');
});

test('one port, one listener', async () => {
  const { machine } = networked();
  const [code] = await failure(machine, async (process) => {
    listen(process, '0.0.0.0', 80);
    listen(process, '0.0.0.0', 80);
  });
  expect(code).toBe('EADDRINUSE');
});
