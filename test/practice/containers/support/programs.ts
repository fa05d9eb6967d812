import { open } from '../../../../src/practice/containers/open.ts';
import { decode, type Process, type Program } from '../../../../src/practice/containers/process.ts';
import type { Source } from '../../../../src/practice/containers/stream.ts';

/** The few programs that tests of the shell need, so simple that they can't be what is wrong. */
export const programs: Record<string, Program> = {
  async cat(process) {
    const names = process.argv.slice(1);
    for (const name of names.length === 0 ? ['-'] : names)
      for await (const chunk of chunks(name === '-' ? process.stdin : file(process, name)))
        await process.stdout.write(chunk);
    return 0;
  },

  /** head -n N, or -c N */
  async head(process) {
    const [, kind, count, name] = process.argv;
    let left = Number(count);
    for await (const chunk of chunks(name === undefined ? process.stdin : file(process, name))) {
      let end = 0;
      while (end < chunk.length && left > 0)
        if (kind === '-c' || chunk[end++] === 10) left -= kind === '-c' ? (end++, 1) : 1;
      await process.stdout.write(chunk.subarray(0, end));
      if (left === 0) return 0;
    }
    return 0;
  },

  async yes(process) {
    for (;;) await process.print('y\n');
  },

  async sleep(process) {
    await process.sleep(Number(process.argv[1]) * 1000);
    return 0;
  },

  /** wc -l or -c */
  async wc(process) {
    let count = 0;
    for await (const chunk of chunks(process.stdin))
      count += process.argv[1] === '-l' ? chunk.filter((byte) => byte === 10).length : chunk.length;
    await process.print(`${count}\n`);
    return 0;
  },

  /** grep [-c] PATTERN, as a regular expression */
  async grep(process) {
    const counts = process.argv[1] === '-c';
    const pattern = new RegExp(process.argv.at(-1)!);
    let text = '';
    for await (const chunk of chunks(process.stdin)) text += decode(chunk);
    const found = text.split('\n').filter((line) => line !== '' && pattern.test(line));
    await process.print(counts ? `${found.length}\n` : found.map((line) => `${line}\n`).join(''));
    return found.length > 0 ? 0 : 1;
  },

  async env(process) {
    for (const [name, value] of process.environment) await process.print(`${name}=${value}\n`);
    return 0;
  },

  /** chmod +x FILE */
  async chmod(process) {
    process.machine.fileSystem.node(process.argv[2]!, process.directory).mode |= 0o111;
    return 0;
  },
};

function file(process: Process, name: string): Source {
  return open(process, name, 'read').source!;
}

async function* chunks(source: Source): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) yield chunk;
}
