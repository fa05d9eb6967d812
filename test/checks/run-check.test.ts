import { describe, expect, it } from 'vitest';
import { TransportError } from '../../src/cluster/connection.ts';
import { statusAnswer } from '../support/scripted-connection.ts';
import { accessLine, World } from './world.ts';

const HTTP = {
  kind: 'http',
  from: 'pod/web:shell',
  to: 'http://localhost',
  expect: { status: 200, body: 'Welcome to nginx', source: 'loopback' },
};

describe('runCheck', () => {
  it.each(['credentials', 'certificate', 'aborted'] as const)('leaves %s to the edge', async (reason) => {
    const world = new World();
    world.connection.intercept = () => {
      throw new TransportError(reason, 'no');
    };
    await expect(world.run(HTTP)).rejects.toMatchObject({ name: 'TransportError', reason });
  });

  it('leaves 401 to the edge', async () => {
    const world = new World();
    world.connection.intercept = () => statusAnswer(401, 'Unauthorized', 'Unauthorized');
    await expect(world.run(HTTP)).rejects.toMatchObject({ name: 'ApiError', status: 401 });
  });

  it('never swallows a bug of ours', async () => {
    const world = new World();
    world.connection.intercept = () => {
      throw new RangeError('a bug');
    };
    await expect(world.run(HTTP)).rejects.toThrow(RangeError);
  });
});

describe('evidence', () => {
  it('is what was seen, with the kubectl lines that show the same', async () => {
    const { evidence } = await new World().run(HTTP);
    expect(evidence).toEqual([
      {
        source: 'exec',
        origin: 'measured',
        command: 'kubectl -n k8snet-test exec web -c shell -- curl http://localhost/',
        text: 'HTTP 200, "Welcome to nginx!", from 127.0.0.1 to 127.0.0.1',
      },
      {
        source: 'log',
        origin: 'measured',
        command: 'kubectl -n k8snet-test logs web -c nginx',
        text: expect.stringMatching(/^127\.0\.0\.1 - - \[.*k8snet-tutor=nonce1x/) as string,
      },
    ]);
  });

  it('comes from the line with our nonce, whatever stands around it', async () => {
    const world = new World();
    world.network = (call, from) => {
      world.connection.log('web', 'nginx', accessLine('10.6.6.6', 'http://x/'));
      const answer = world.nginx(call, from);
      world.connection.log('web', 'nginx', accessLine('10.6.6.6', 'http://x/?k8snet-tutor=nonce0x'));
      return answer;
    };
    expect(await world.run(HTTP)).toMatchObject({ outcome: 'pass', details: { address: '127.0.0.1' } });
  });

  it('is waited for: logs take a moment to arrive', async () => {
    const world = new World();
    world.network = (call) => {
      world.clock.after(1_000, () => world.connection.log('web', 'nginx', accessLine('127.0.0.1', call.url)));
      return { status: 200, body: 'Welcome to nginx', remote: '127.0.0.1', local: '127.0.0.1' };
    };
    expect(await world.run(HTTP)).toMatchObject({ outcome: 'pass', code: 'source-seen' });
    expect(world.clock.elapsed).toBeLessThan(1_300);
  });

  it('is asked with a nonce of its own each time', async () => {
    const world = new World();
    const urls: string[] = [];
    world.network = (call, from) => {
      urls.push(call.url);
      return world.nginx(call, from);
    };
    await world.run(HTTP);
    await world.run(HTTP);
    expect(new Set(urls).size).toBe(2);
  });
});
