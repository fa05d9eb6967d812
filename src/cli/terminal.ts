import type { Terminal } from '../cluster/connection.ts';

/** The process's own terminal, or its plain streams where it has none, at the service of a command in a container. */
export function processTerminal(
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
): Terminal & { isTTY: boolean } {
  const isTTY = stdin.isTTY && stdout.isTTY;
  return {
    isTTY,
    onInput: (listener) => {
      const data = (chunk: Buffer): void => listener(chunk);
      const end = (): void => listener(null);
      // Every key belongs to the command, Ctrl-C too.
      if (isTTY) stdin.setRawMode(true);
      stdin.on('data', data);
      stdin.once('end', end);
      stdin.resume();
      return () => {
        if (isTTY) stdin.setRawMode(false);
        stdin.off('data', data);
        stdin.off('end', end);
        stdin.pause();
      };
    },
    write: (bytes, to) => void (to === 'stdout' ? stdout : stderr).write(bytes),
    size: () => (isTTY ? { columns: stdout.columns, rows: stdout.rows } : undefined),
    onResize: (listener) => {
      stdout.on('resize', listener);
      return () => stdout.off('resize', listener);
    },
  };
}
