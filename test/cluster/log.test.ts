import { describe, expect, it } from 'vitest';
import { Api } from '../../src/cluster/api.ts';
import type { ApiRequest } from '../../src/cluster/connection.ts';
import { findLogLine } from '../../src/cluster/log.ts';
import { line } from '../support/line.ts';
import { statusAnswer } from '../support/scripted-connection.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** Looks for `nonce` in the logs of these containers; a number is the status of an error answer. */
function look(logs: (elapsed: number) => Record<string, string | number>): {
  found: ReturnType<typeof findLogLine>;
  requests: ApiRequest[];
  clock: VirtualClock;
} {
  const clock = new VirtualClock();
  const requests: ApiRequest[] = [];
  const connection = line({
    send: async (request) => {
      requests.push(request);
      const text = logs(clock.elapsed)[String(request.query?.['container'])];
      if (typeof text === 'number') return statusAnswer(text, 'Reason', 'no');
      return { status: 200, headers: {}, body: text ?? '' };
    },
  });
  const api = new Api(connection, new AbortController().signal, clock);
  const containers = Object.keys(logs(0));
  const found = findLogLine(api, { namespace: 'ns', pod: 'web', containers }, 'nonce', 2_000);
  return { found, requests, clock };
}

describe('findLogLine', () => {
  it('finds the lines with our nonce, and their container', async () => {
    const { found, requests } = look(() => ({ shell: 'a\nb\n', nginx: 'x\ny nonce y\nz\nnonce again\n' }));
    expect(await found).toEqual({ container: 'nginx', lines: ['y nonce y', 'nonce again'] });
    expect(requests).toHaveLength(2);
  });

  it('asks for the end of the log only', async () => {
    const { found, requests } = look(() => ({ nginx: 'nonce\n' }));
    await found;
    expect(requests[0]).toMatchObject({
      path: '/api/v1/namespaces/ns/pods/web/log',
      query: { container: 'nginx', sinceSeconds: 120, tailLines: 2000, limitBytes: 1024 * 1024 },
    });
  });

  it('waits for it a little', async () => {
    const { found, clock } = look((elapsed) => ({ nginx: elapsed < 1_000 ? 'x\n' : 'x\nnonce\n' }));
    expect(await found).toMatchObject({ lines: ['nonce'] });
    expect(clock.elapsed).toBeLessThanOrEqual(1_150);
  });

  it('is undefined when it does not come, after few requests', async () => {
    const { found, clock, requests } = look(() => ({ nginx: 'another\n' }));
    expect(await found).toBeUndefined();
    expect(clock.elapsed).toBeGreaterThanOrEqual(2_000);
    expect(clock.elapsed).toBeLessThan(2_200);
    expect(requests.length).toBeLessThan(20);
  });

  it('passes over a container that never ran', async () => {
    const { found } = look(() => ({ shell: 400, nginx: 'nonce\n' }));
    expect(await found).toMatchObject({ container: 'nginx' });
  });

  it.each([403, 404, 500])('throws at %i', async (status) => {
    await expect(look(() => ({ nginx: status })).found).rejects.toMatchObject({ status });
  });
});
