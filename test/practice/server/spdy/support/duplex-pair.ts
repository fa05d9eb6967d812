import { Duplex } from 'node:stream';

/** Two ends of one connection, each waiting for the other to read. Node has its own only since 22.6. */
export function duplexPair(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const waiting: ((() => void) | undefined)[] = [];
  for (const side of [0, 1]) {
    const other = (): Duplex => ends[1 - side]!;
    ends.push(
      new Duplex({
        read: () => {
          const go = waiting[side];
          waiting[side] = undefined;
          go?.();
        },
        write: (chunk: Buffer, _encoding, done) => {
          if (chunk.length === 0 || other().destroyed || other().push(chunk)) done();
          else waiting[1 - side] = done;
        },
        final: (done) => {
          other().push(null);
          done();
        },
        destroy: (error, done) => {
          queueMicrotask(() => other().destroy());
          done(error);
        },
      }),
    );
  }
  return [ends[0]!, ends[1]!];
}
