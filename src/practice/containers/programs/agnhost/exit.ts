import type { Process } from '../../process.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { GoResponse } from './http-response.ts';
import { log } from './log.ts';

/** How a server ends: with which status, and how many milliseconds its connections have to end. */
export interface Leaving {
  status: number;
  grace: number;
}

/** `/exit?code=1&timeout=3s&wait=1s`: without a timeout nobody is answered any more. */
export async function exit(
  process: Process,
  form: (name: string) => string,
  leave: (leaving: Leaving) => void,
): Promise<GoResponse | undefined> {
  const [code, timeout, wait] = [form('code'), form('timeout'), form('wait')];
  await log(process, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
  const grace = timeout === '' ? 0 : parseDuration(timeout);
  const pause = wait === '' ? 0 : parseDuration(wait);
  if (grace === undefined) return wrong('timeout', 'a valid golang duration', timeout);
  if (pause === undefined) return wrong('wait', 'a valid golang duration', wait);
  if (!/^([-+]?\d+)?$/.test(code)) return wrong('code', 'an integer [0-127]', code);
  await log(
    process,
    `Will begin shutdown in ${formatDuration(pause)}, allowing ${formatDuration(grace)} for connections to close, ` +
      `then will exit with ${Number(code)}`,
  );
  await process.sleep(pause);
  leave({ status: Number(code) & 255, grace });
  return grace === 0 ? undefined : {};
}

function wrong(name: string, what: string, given: string): GoResponse {
  return { body: `argument '${name}' must be ${what} or empty, got ${JSON.stringify(given)}\n` };
}
