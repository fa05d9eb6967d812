import { type Call, fail } from '../applet.ts';
import { resolve } from '../resolve.ts';

/**
 * The address that busybox takes for a name: an IPv4 one where there is one, unless it was built as Alpine's, which takes
 * the first. Without any the program ends.
 *
 * @param options `family`: only such an address; `shown`: how the host is named when it has none
 */
export async function addressOf(
  call: Call,
  host: string,
  { family, shown = host }: { family?: 4 | 6 | undefined; shown?: string } = {},
): Promise<string> {
  const addresses = resolve(call.process, host).filter(
    (each) => family === undefined || each.includes(':') === (family === 6),
  );
  const isAlpine = call.suite.kind === 'busybox' && call.suite.libc === 'musl';
  const address = (isAlpine ? undefined : addresses.find((each) => !each.includes(':'))) ?? addresses[0];
  return address ?? fail(call, `bad address '${shown}'`);
}
