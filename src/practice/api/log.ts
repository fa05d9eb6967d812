import { badRequest } from './failures.ts';
import { type FieldError, forbiddenField, invalid, invalidObject } from './field-error.ts';
import { type Answer, type AnswerStream, plain } from './http.ts';
import type { ContainerLog, KubeletPort, LogLine } from './kubelet-port.ts';
import { chooseContainer } from './containers.ts';
import type { Pod } from './resources/pod.ts';

/**
 * Bytes that wait for a reader who is slower than the container. Then the oldest lines are lost, as on a Node where they
 * are gone with the file they were in.
 */
const MOST_WAITING = 4 * 1024 * 1024;

interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  /** Milliseconds since 1970. */
  since: number | undefined;
  tailLines: number | undefined;
  limitBytes: number | undefined;
}

/**
 * GET pods/NAME/log.
 *
 * @param now milliseconds since 1970
 * @throws {StatusError}
 */
export function podLog(kubelet: KubeletPort, pod: Pod, query: URLSearchParams, now: number): Answer {
  const options = readOptions(query, now);
  const container = chooseContainer(pod, query.get('container') ?? '');
  // Nobody runs it yet, so nothing was said.
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') return plain('');
  const { name, namespace = '', uid } = pod.metadata;
  const log = kubelet.log({ name, namespace, uid }, container, { previous: options.previous });
  if (options.follow)
    return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: followed(log, options) };
  const limited = new Limited(options.limitBytes);
  const pieces = chosen(log.lines(), options).map((line) => limited.take(render(line, options)));
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: Buffer.concat(pieces) };
}

function followed(log: ContainerLog, options: LogOptions): AnswerStream {
  return async (write, signal) => {
    const limited = new Limited(options.limitBytes);
    const waiting: (LogLine | undefined)[] = chosen(log.lines(), options);
    let size = sizeOf(waiting);
    let wake = (): void => undefined;
    const stop = log.follow((line) => {
      waiting.push(line);
      size += line?.bytes.length ?? 0;
      if (size > MOST_WAITING) size = dropOldest(waiting, size);
      wake();
    });
    if (!log.open) waiting.push(undefined);
    const aborted = (): void => wake();
    signal.addEventListener('abort', aborted, { once: true });
    try {
      for (;;) {
        while (waiting.length === 0 && !signal.aborted)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        if (signal.aborted) return;
        // All that waits goes at once: a chatty container writes more lines than can be sent one by one.
        const lines = waiting.splice(0);
        size = 0;
        const pieces = lines.flatMap((line) => (line ? [limited.take(render(line, options))] : []));
        if (pieces.length > 0) await write(Buffer.concat(pieces));
        if (lines.includes(undefined)) return;
        if (limited.full) return;
      }
    } finally {
      stop();
      signal.removeEventListener('abort', aborted);
    }
  };
}

function sizeOf(lines: readonly (LogLine | undefined)[]): number {
  return lines.reduce((sum, line) => sum + (line?.bytes.length ?? 0), 0);
}

/** Half of it at once, so that it is not moved for each line. @returns the bytes that are left */
function dropOldest(lines: (LogLine | undefined)[], size: number): number {
  let [count, left] = [0, size];
  while (left > MOST_WAITING / 2) left -= lines[count++]?.bytes.length ?? 0;
  lines.splice(0, count);
  return left;
}

function chosen(lines: readonly LogLine[], { since, tailLines }: LogOptions): LogLine[] {
  const recent = since === undefined ? [...lines] : lines.filter(({ time }) => time >= since);
  if (tailLines === undefined) return recent;
  return tailLines === 0 ? [] : recent.slice(-tailLines);
}

function render({ time, bytes }: LogLine, { timestamps }: LogOptions): Uint8Array {
  if (!timestamps) return bytes;
  const stamp = new Date(time).toISOString().replace('Z', '000000Z ');
  return Buffer.concat([Buffer.from(stamp), bytes]);
}

/** Lets through so many bytes and no more. */
class Limited {
  private left: number;

  constructor(limit: number | undefined) {
    this.left = limit ?? Infinity;
  }

  get full(): boolean {
    return this.left === 0;
  }

  take(bytes: Uint8Array): Uint8Array {
    const taken = bytes.length <= this.left ? bytes : bytes.subarray(0, this.left);
    this.left -= taken.length;
    return taken;
  }
}

function readOptions(query: URLSearchParams, now: number): LogOptions {
  const flag = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  const [tailLines, limitBytes, sinceSeconds] = [
    number(query, 'tailLines'),
    number(query, 'limitBytes'),
    number(query, 'sinceSeconds'),
  ];
  const sinceTime = query.get('sinceTime') ?? '';
  const errors: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalid('limitBytes', limitBytes, 'must be greater than 0'));
  if (sinceSeconds !== undefined && sinceTime !== '')
    errors.push(forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  if (errors.length > 0) throw invalidObject('', 'PodLogOptions', '', errors);
  let since = sinceSeconds === undefined ? undefined : now - sinceSeconds * 1000;
  if (sinceTime !== '') {
    since = Date.parse(sinceTime);
    if (Number.isNaN(since))
      throw badRequest(
        `parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse`,
      );
  }
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    since,
    tailLines,
    limitBytes,
  };
}

function number(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (!/^-?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
