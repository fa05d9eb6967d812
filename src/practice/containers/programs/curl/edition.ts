import type { Libc } from '../../errno.ts';
import type { UrlProblem } from './url.ts';

/** Which curl it is: what it says and does changed over the years. */
export interface Build {
  /** 8.16.0 */
  version: string;
  libc: Libc;
}

interface Place {
  /** IPv6 without brackets. */
  host: string;
  port: number;
}

/** When the curls of the deck's day were released. */
const RELEASED: Record<string, string> = { '7.59.0': '2018-03-14', '7.64.0': '2019-02-06' };

const URL_PROBLEMS: Record<UrlProblem, string> = {
  host: 'Bad hostname',
  port: 'Port number was not a decimal number between 0 and 65535',
  malformed: 'Malformed input to a URL function',
};

/** How a version of curl words things; each was read in the source of that release. */
export class Edition {
  readonly build: Build;
  private readonly number: number;

  constructor(build: Build) {
    this.build = build;
    const [major = 0, minor = 0] = build.version.split('.').map(Number);
    this.number = major * 100 + minor;
  }

  private since(major: number, minor: number): boolean {
    return this.number >= major * 100 + minor;
  }

  /** Since 7.66 an answer without a status line is an error. */
  get acceptsHttp09(): boolean {
    return !this.since(7, 66);
  }

  /** Since 7.77 curl knows localhost by itself; 127.0.0.1 stood first until ::1 did. */
  get knowsLocalhost(): boolean {
    return this.since(7, 77);
  }

  get triesIpv4LocalhostFirst(): boolean {
    return this.knowsLocalhost && !this.since(8, 0);
  }

  get showsResolved(): boolean {
    return this.since(8, 5);
  }

  get isOfTheDecksDay(): boolean {
    return !this.since(7, 66);
  }

  get hasPerFamilyTimeout(): boolean {
    return this.since(7, 66) && !this.since(8, 5);
  }

  trying(address: string, port: number): string {
    if (this.isOfTheDecksDay) return `  Trying ${address}...`;
    return `  Trying ${address.includes(':') ? `[${address}]` : address}:${port}...`;
  }

  attemptFailed(address: string, port: number, from: string | undefined, why: string): string {
    const source = this.since(8, 4) && from !== undefined ? ` from ${from}` : '';
    return `connect to ${address} port ${port}${source} failed: ${why}`;
  }

  /** How a place that can't be connected to is named. @param proxy by whose way, where there is one */
  placeOf(server: Place, proxy: Place | undefined): string {
    if (proxy !== undefined && this.since(8, 16))
      return `${server.host} port ${server.port} via ${proxy.host}`;
    const { host, port } = proxy ?? server;
    return `${host} port ${port}`;
  }

  failedToConnect(place: string, milliseconds: number, why: string, isTimeout: boolean): string {
    if (this.isOfTheDecksDay) return `Failed to connect to ${place}: ${why}`;
    const could = this.since(8, 9) ? 'Could not' : "Couldn't";
    const reason = isTimeout ? 'Timeout was reached' : `${could} connect to server`;
    return `Failed to connect to ${place} after ${milliseconds} ms: ${reason}`;
  }

  connected(
    host: string,
    address: string,
    port: number,
    from: { address: string; port: number },
    id: number,
  ): string {
    if (this.since(8, 16))
      return `Established connection to ${host} (${address} port ${port}) from ${from.address} port ${from.port} `;
    return `Connected to ${host} (${address}) port ${port}${this.since(8, 3) ? '' : ` (#${id})`}`;
  }

  get saysHttpVersion(): boolean {
    return this.since(8, 10);
  }

  /** What is said when all of the request has left. */
  sentOff(body: number): string | undefined {
    if (body > 0)
      return this.since(8, 7)
        ? `upload completely sent off: ${body} bytes`
        : `upload completely sent off: ${body} out of ${body} bytes`;
    return this.since(8, 7) ? 'Request completely sent off' : undefined;
  }

  leftIntact(host: string, port: number, id: number): string {
    return `Connection #${id} to host ${host}${this.since(8, 16) ? `:${port}` : ''} left intact`;
  }

  /** @param isAborted there was an error, the connection is dropped */
  closing(id: number, isAborted: boolean): string {
    if (this.since(8, 9)) return `${isAborted ? 'closing' : 'shutting down'} connection #${id}`;
    return this.since(8, 3) ? 'Closing connection' : `Closing connection ${id}`;
  }

  reusing(host: string, id: number): string {
    if (this.since(8, 16)) return `Reusing existing http: connection with host ${host}`;
    if (this.since(8, 12)) return `Re-using existing http: connection with host ${host}`;
    return this.since(7, 88)
      ? `Re-using existing connection${this.since(8, 3) ? '' : ` #${id}`} with host ${host}`
      : `Re-using existing connection! (#${id}) with host ${host}`;
  }

  get saysProxyVariable(): boolean {
    return !this.isOfTheDecksDay;
  }

  /** @param problem what is wrong with a proxy's address */
  badProxy(problem: UrlProblem, written: string): string {
    const why = this.since(8, 0) ? `: ${URL_PROBLEMS[problem]}` : '';
    return `Unsupported proxy syntax in '${written}'${why}`;
  }

  unresolved(host: string, what: 'host' | 'proxy'): string {
    return `Could not resolve ${what}: ${host}`;
  }

  httpError(status: number, reason: string): string {
    const words = this.isOfTheDecksDay && reason !== '' ? ` ${reason}` : '';
    return `The requested URL returned error: ${status}${words}`;
  }

  shortBody(missing: number): string {
    if (this.since(8, 7)) return `end of response with ${missing} bytes missing`;
    return `transfer closed with ${missing} bytes remaining to read`;
  }

  unsupported(scheme: string): string {
    const known = this.since(8, 5) ? 'not supported' : 'not supported or disabled in libcurl';
    return `Protocol "${scheme}" ${known}`;
  }

  notTls(): string {
    if (this.isOfTheDecksDay) return 'error:1400410B:SSL routines:CONNECT_CR_SRVR_HELLO:wrong version number';
    const words = 'error:0A00010B:SSL routines::wrong version number';
    return this.since(8, 10) ? `TLS connect error: ${words}` : words;
  }

  get noUrl(): string {
    return this.since(8, 12) ? 'curl: (2) no URL specified' : 'curl: no URL specified!';
  }

  /** @param problem what is wrong with a URL */
  badUrl(problem: UrlProblem, url: string): string {
    if (this.isOfTheDecksDay)
      return problem === 'port'
        ? `Port number ended with '${/:\d*(\D)/.exec(url.replace(/^\w+:\/\//, ''))?.[1] ?? ' '}'`
        : '<url> malformed';
    return this.since(8, 0)
      ? `URL rejected: ${URL_PROBLEMS[problem]}`
      : 'URL using bad/illegal format or missing URL';
  }

  willRetry(seconds: number, left: number): string {
    if (this.isOfTheDecksDay || !this.since(8, 10))
      return `Will retry in ${seconds} seconds. ${left} retries left.`;
    return `Will retry in ${seconds} second${seconds === 1 ? '' : 's'}. ${left} retr${left === 1 ? 'y' : 'ies'} left.`;
  }

  versionText(): string {
    const { version, libc } = this.build;
    const machine = libc === 'musl' ? 'x86_64-alpine-linux-musl' : 'x86_64-pc-linux-gnu';
    const date = RELEASED[version] ?? (this.since(8, 16) ? '2025-09-10' : undefined);
    return (
      `curl ${version} (${machine}) libcurl/${version}\n` +
      (date === undefined ? '' : `Release-Date: ${date}\n`) +
      'Protocols: http https\n' +
      'Features: AsynchDNS IPv6 Largefile\n'
    );
  }
}
