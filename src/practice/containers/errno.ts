/** Error numbers of sockets, as programs get them from the kernel. */
export type SocketErrno =
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'ENETUNREACH'
  | 'EHOSTUNREACH'
  | 'ETIMEDOUT'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EACCES';

/** Which C library an image has: its strerror has words of its own. Alpine's is musl. */
export type Libc = 'glibc' | 'musl';

const WORDS: Record<SocketErrno, Record<Libc, string>> = {
  ECONNREFUSED: { glibc: 'Connection refused', musl: 'Connection refused' },
  ECONNRESET: { glibc: 'Connection reset by peer', musl: 'Connection reset by peer' },
  ENETUNREACH: { glibc: 'Network is unreachable', musl: 'Network unreachable' },
  EHOSTUNREACH: { glibc: 'No route to host', musl: 'Host is unreachable' },
  ETIMEDOUT: { glibc: 'Connection timed out', musl: 'Operation timed out' },
  EADDRINUSE: { glibc: 'Address already in use', musl: 'Address in use' },
  EADDRNOTAVAIL: { glibc: 'Cannot assign requested address', musl: 'Address not available' },
  EACCES: { glibc: 'Permission denied', musl: 'Permission denied' },
};

export function strerror(code: SocketErrno, libc: Libc): string {
  return WORDS[code][libc];
}
