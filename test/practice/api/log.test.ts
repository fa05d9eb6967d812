import { describe, expect, it } from 'vitest';
import type { ContainerLog, LogLine } from '../../../src/practice/api/kubelet-port.ts';
import { settle } from '../support/virtual-clock.ts';
import { Api } from './support/api.ts';

const START = Date.parse('2030-01-01T00:00:00Z');
const line = (text: string, second: number): LogLine => ({
  time: START - 60_000 + second * 1000,
  stream: 'stdout',
  bytes: Buffer.from(`${text}\n`),
});

class FakeLog implements ContainerLog {
  open = true;
  private readonly kept = [line('one', 0), line('two', 10), line('three', 50)];
  private listener: ((line: LogLine | undefined) => void) | undefined;
  lines(): readonly LogLine[] {
    return this.kept;
  }
  follow(listener: (line: LogLine | undefined) => void): () => void {
    this.listener = listener;
    return () => (this.listener = undefined);
  }
  say(next: LogLine | undefined): void {
    this.listener?.(next);
  }
  get followed(): boolean {
    return this.listener !== undefined;
  }
}

function withLog(): { api: Api; log: FakeLog; asked: unknown[] } {
  const log = new FakeLog();
  const asked: unknown[] = [];
  const kubelet = { log: (...args: unknown[]) => (asked.push(args), log) };
  const api = new Api({ kubelet });
  api.pod('p');
  api.registry.bind('space', 'p', 'n1');
  return { api, log, asked };
}

const url = '/api/v1/namespaces/space/pods/p/log';

describe("a container's log", () => {
  it.each([
    ['', 'one\ntwo\nthree\n'],
    ['tailLines=2', 'two\nthree\n'],
    ['tailLines=0', ''],
    ['sinceSeconds=30', 'three\n'],
    ['sinceTime=2029-12-31T23:59:10Z', 'two\nthree\n'],
    ['limitBytes=6', 'one\ntw'],
    ['timestamps=true&tailLines=1', '2029-12-31T23:59:50.000000000Z three\n'],
  ])('%s', async (query, text) =>
    expect((await withLog().api.call('GET', `${url}?${query}`)).text).toBe(text),
  );

  it('is asked of the right container', async () => {
    const { api, asked } = withLog();
    await api.call('GET', `${url}?container=c&previous=true`);
    expect(asked).toEqual([[{ namespace: 'space', name: 'p', uid: 'uid-3' }, 'c', { previous: true }]]);
  });

  it('is followed until there is no more', async () => {
    const { api, log } = withLog();
    const stream = await api.stream(`${url}?follow=true&tailLines=1`);
    log.say(line('four', 55));
    await settle();
    expect(stream.text()).toBe('three\nfour\n');
    log.say(undefined);
    await stream.done;
    expect(log.followed).toBe(false);
  });

  it('is followed until nobody listens', async () => {
    const { api, log } = withLog();
    const stream = await api.stream(`${url}?follow=true`);
    await settle();
    stream.stop();
    await stream.done;
    expect(log.followed).toBe(false);
  });

  it('keeps the newest of what nobody reads', async () => {
    const { api, log } = withLog();
    const stream = await api.stream(`${url}?follow=true`);
    for (let number = 0; number < 2000; number++) log.say(line(`${number} ${'x'.repeat(16_000)}`, 55));
    log.say(undefined);
    await stream.done;
    const numbers = [...stream.text().matchAll(/^\d+/gm)].map(([each]) => Number(each));
    expect(numbers.at(-1)).toBe(1999);
    expect(numbers).toEqual(numbers.map((_, index) => 2000 - numbers.length + index));
    expect(stream.text().length).toBeLessThan(5_000_000);
  });

  it('is sent by all lines that wait, not one by one', async () => {
    const { api, log } = withLog();
    const stream = await api.stream(`${url}?follow=true`);
    await settle();
    for (const text of ['four', 'five', 'six']) log.say(line(text, 55));
    log.say(undefined);
    await stream.done;
    expect(stream.writes.slice(0, 2)).toEqual(['one\ntwo\nthree\n', 'four\nfive\nsix\n']);
  });

  it('ends at once when the container has', async () => {
    const { api, log } = withLog();
    log.open = false;
    const stream = await api.stream(`${url}?follow=true`);
    await stream.done;
    expect(stream.text()).toBe('one\ntwo\nthree\n');
  });

  it('is empty of a Pod that has no node', async () => {
    const { api } = withLog();
    api.pod('q');
    expect(await api.call('GET', '/api/v1/namespaces/space/pods/q/log')).toMatchObject({
      status: 200,
      text: '',
    });
  });

  it.each([
    ['container=x', 400, 'container x is not valid for pod p'],
    [
      'tailLines=-1',
      422,
      'PodLogOptions "" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'sinceSeconds=0',
      422,
      'PodLogOptions "" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
    ],
    ['tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('%s is refused', async (query, status, message) => {
    const reply = await withLog().api.call('GET', `${url}?${query}`);
    expect([reply.status, reply.body.message]).toEqual([status, message]);
  });

  it('needs a choice where there is one', async () => {
    const { api } = withLog();
    api.pod('q', {
      containers: [
        { name: 'a', image: 'i' },
        { name: 'b', image: 'i' },
      ],
      initContainers: [{ name: 'i', image: 'i' }],
    });
    const { body } = await api.call('GET', '/api/v1/namespaces/space/pods/q/log');
    expect(body.message).toBe(
      'a container name must be specified for pod q, choose one of: [a b] or one of the init containers: [i]',
    );
  });
});
