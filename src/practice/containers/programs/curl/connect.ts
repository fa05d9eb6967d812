import { strerror } from '../../errno.ts';
import { Killed, type Process } from '../../process.ts';
import { connect, type Socket, SocketError } from '../../socket.ts';
import { LATE, within } from '../within.ts';
import type { Edition } from './edition.ts';
import { CurlFailure } from './failure.ts';
import type { Trace } from './trace.ts';

/** How long the first family is ahead of the second. */
const HEAD_START_MS = 200;

export interface Destination {
  port: number;
  /** How it is named where it can't be connected to. */
  place: string;
  /** In the order they are tried in. */
  addresses: string[];
}

export interface Deadlines {
  /** When the transfer began, and when it must have connected and ended; milliseconds since 1970. */
  begun: number;
  connected: number;
  ended: number;
}

/**
 * Happy eyeballs: the addresses of one family after the other, and the second family beside the first when that takes
 * long. @throws {CurlFailure}
 */
export async function dial(
  process: Process,
  edition: Edition,
  trace: Trace,
  destination: Destination,
  deadlines: Deadlines,
): Promise<Socket> {
  const { clock } = process.machine;
  const { port, place, addresses } = destination;
  const deadline = Math.min(deadlines.connected, deadlines.ended);
  const isSix = (address: string): boolean => address.includes(':');
  const first = addresses.filter((each) => isSix(each) === isSix(addresses[0]!));
  const second = addresses.filter((each) => isSix(each) !== isSix(addresses[0]!));
  let lastError = new SocketError('ECONNREFUSED');
  let isOver = false;

  const attempt = async (family: string[]): Promise<Socket | undefined> => {
    for (const address of family) {
      if (isOver) return undefined;
      await trace.remark(edition.trying(address, port));
      if (edition.isOfTheDecksDay) await trace.remark('TCP_NODELAY set');
      try {
        const socket = await connect(process, address, port);
        if (!isOver) return socket;
        socket.close();
      } catch (error) {
        if (!(error instanceof SocketError)) throw error;
        if (isOver) return undefined;
        lastError = error;
        await trace.remark(await complaint(process, edition, address, port, error));
      }
    }
    return undefined;
  };

  const race = async (): Promise<Socket | undefined> => {
    const ahead = attempt(first);
    if (second.length === 0) return ahead;
    const early = await within(process, HEAD_START_MS, ahead);
    if (early !== LATE) return early ?? attempt(second);
    const behind = attempt(second);
    const winner = await Promise.race([ahead, behind]);
    if (winner !== undefined) {
      const close = (socket: Socket | undefined): void => void (socket !== winner && socket?.close());
      ahead.then(close, ignoreKilled);
      behind.then(close, ignoreKilled);
      return winner;
    }
    return (await ahead) ?? behind;
  };

  const racing = race();
  const socket = await within(process, deadline - clock.now(), racing);
  isOver = true;
  const elapsed = clock.now() - deadlines.begun;
  if (socket === LATE) {
    racing.then((late) => late?.close(), ignoreKilled);
    if (!edition.hasPerFamilyTimeout || deadlines.ended <= deadlines.connected)
      throw new CurlFailure(28, `Connection timed out after ${elapsed} milliseconds`);
    const family = isSix(addresses.at(-1)!) ? 'ipv6' : 'ipv4';
    await trace.remark(`${family} connect timeout after ${elapsed}ms, move on!`);
    throw new CurlFailure(28, edition.failedToConnect(place, elapsed, '', true));
  }
  if (socket === undefined) {
    const why = strerror(lastError.code, edition.build.libc);
    const message = edition.failedToConnect(place, elapsed, why, false);
    throw new CurlFailure(lastError.code === 'ETIMEDOUT' ? 28 : 7, message);
  }
  return socket;
}

/** The kernel refuses at once where it has no route; all else comes back from the network. */
async function complaint(
  process: Process,
  edition: Edition,
  address: string,
  port: number,
  error: SocketError,
): Promise<string> {
  const why = strerror(error.code, edition.build.libc);
  if (error.code === 'ENETUNREACH') return `Immediate connect fail for ${address}: ${why}`;
  const own = ownAddress(process, address);
  const from =
    own === undefined ? undefined : `${own} port ${32_768 + Math.floor(process.machine.random() * 28_232)}`;
  return edition.attemptFailed(address, port, from, why);
}

/** The address the kernel would have sent from. */
function ownAddress(process: Process, to: string): string | undefined {
  if (to === '::1' || to.startsWith('127.')) return to;
  const isSix = to.includes(':');
  return process.machine.network
    .interfaces()
    .flatMap((each) => each.addresses)
    .find(({ address, scope }) => scope === 'global' && address.includes(':') === isSix)?.address;
}

function ignoreKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}
