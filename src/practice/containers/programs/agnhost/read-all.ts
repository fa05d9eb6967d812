import { OpenFile } from '../../open-file.ts';
import { decode, type Process } from '../../process.ts';
import { nullDevice, Pipe } from '../../stream.ts';
import type { FileTable } from '../../open-file.ts';

/** What one command may say; more would be the learner's own memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Starts a child whose stdout and stderr are read together, as Go's CombinedOutput does. */
export function readAll(
  process: Process,
  start: (files: FileTable) => Process,
): { child: Process; written: () => Promise<string> } {
  const pipe = new Pipe();
  const files = process.files.copy();
  const output = new OpenFile({ sink: pipe.sink });
  files.set(0, new OpenFile({ source: nullDevice }));
  files.set(1, output);
  files.set(2, output.share());
  const child = start(files);
  const reading = (async (): Promise<string> => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let chunk = await pipe.read(); chunk !== null; chunk = await pipe.read()) {
      if ((size += chunk.length) > MOST_BYTES) break;
      chunks.push(chunk);
    }
    pipe.closeRead();
    return decode(Buffer.concat(chunks));
  })();
  return { child, written: () => process.until(reading) };
}
