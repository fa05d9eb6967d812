import { strerror } from '../../errno.ts';
import type { Process } from '../../process.ts';
import { connect, SocketError } from '../../socket.ts';
import { Edition } from '../curl/edition.ts';
import { CurlFailure } from '../curl/failure.ts';
import { framing, ResponseReader } from '../curl/response.ts';
import { LATE, within } from '../within.ts';
import { goJson } from './go-json.ts';
import { errorResponse, type GoResponse } from './http-response.ts';
import { log } from './log.ts';
import { lookUp } from './look-up.ts';

/** How long netexec's own client waits. */
const PATIENCE_MS = 5_000;
/** More would be a way to keep the learner's machine busy. */
const MOST_TRIES = 1_000;

/** `/dial?host=&port=&request=hostname&tries=3`: asks another server, and tells what it said. */
export async function dial(process: Process, query: URLSearchParams): Promise<GoResponse> {
  const [host, port, request, protocol, given] = ['host', 'port', 'request', 'protocol', 'tries'].map(
    (name) => query.get(name) ?? '',
  ) as [string, string, string, string, string];
  await log(
    process,
    `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${given}`,
  );
  if (!/^([-+]?\d+)?$/.test(given))
    return errorResponse(
      400,
      `tries parameter is invalid. strconv.Atoi: parsing ${JSON.stringify(given)}: invalid syntax`,
    );
  if (request === '') return errorResponse(400, 'request parameter not specified. <nil>');
  const kind = protocol.toLowerCase();
  if (kind === 'udp' || kind === 'sctp')
    return errorResponse(400, `unsupported protocol. ${protocol} is not modelled by the practice cluster`);
  if (kind !== '' && kind !== 'http') return errorResponse(400, `unsupported protocol. ${protocol}`);
  const tries = given === '' ? 1 : Number(given);
  if (tries > MOST_TRIES)
    return errorResponse(
      400,
      `tries parameter is invalid. more than ${MOST_TRIES} are not modelled by the practice cluster`,
    );
  const target = lookUp(process, host, port);
  if (typeof target === 'string') return errorResponse(400, `host and/or port param are invalid. ${target}`);
  const [responses, errors]: [string[], string[]] = [[], []];
  let last = '';
  for (let count = 0; count < tries; count++) {
    const url = `http://${target.shown}/${request}`;
    const answer = await get(process, target, `/${request}`);
    last = answer.body ?? '';
    if (answer.body === undefined) errors.push(`Get ${JSON.stringify(url)}: ${answer.error}`);
    else responses.push(answer.body);
  }
  const output: Record<string, string[]> = {};
  // The real one looks at the last answer only.
  if (last !== '') output['responses'] = responses;
  if (errors.length > 0) output['errors'] = errors;
  return { body: goJson(output) };
}

/** One request of Go's HTTP client, on a connection of its own. */
async function get(
  process: Process,
  { address, port, shown }: { address: string; port: number; shown: string },
  path: string,
): Promise<{ body: string } | { body?: undefined; error: string }> {
  const { clock } = process.machine;
  const ended = clock.now() + PATIENCE_MS;
  const late = { error: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' };
  try {
    const connecting = connect(process, address, port);
    const socket = await within(process, PATIENCE_MS, connecting);
    if (socket === LATE) {
      connecting.then((each) => each.close()).catch(() => undefined);
      return late;
    }
    const escaped = path.replaceAll(' ', '%20');
    await socket.write(
      Buffer.from(
        `GET ${escaped} HTTP/1.1\r\nHost: ${shown}\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n\r\n`,
      ),
    );
    const edition = new Edition({ version: '8.0.0', libc: 'glibc' });
    const time = { begun: clock.now(), ended, onSecond: () => Promise.resolve() };
    const reader = new ResponseReader(process, socket, edition, time);
    const head = (await reader.head(false))!;
    const pieces: Uint8Array[] = [];
    for await (const piece of reader.body(framing(head, false))) pieces.push(piece);
    socket.close();
    if (head.status >= 300 && head.status < 400)
      return { error: 'redirects are not modelled by the practice cluster' };
    return { body: Buffer.concat(pieces).toString() };
  } catch (error) {
    if (error instanceof SocketError)
      return { error: `dial tcp ${shown}: connect: ${strerror(error.code, 'glibc').toLowerCase()}` };
    if (!(error instanceof CurlFailure)) throw error;
    if (error.status === 28) return late;
    if (error.status === 56) return { error: `read tcp ${shown}: read: connection reset by peer` };
    return { error: error.status === 18 ? 'unexpected EOF' : 'EOF' };
  }
}
