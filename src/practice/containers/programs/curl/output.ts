import { FileError } from '../../file-error.ts';
import { open } from '../../open.ts';
import type { Process } from '../../process.ts';
import { BrokenPipe, type Sink } from '../../stream.ts';
import { writer } from '../input.ts';
import { CurlFailure } from './failure.ts';
import type { Output } from './transfer.ts';

/** The body on stdout, or in a file that is made when the first byte comes. */
export class BodyOutput implements Output {
  private readonly process: Process;
  private readonly path: string | undefined;
  private readonly isOld: boolean;
  private sink: Sink | undefined;

  constructor(process: Process, path: string | undefined, isOld: boolean) {
    this.process = process;
    this.path = path;
    this.isOld = isOld;
  }

  /** @throws {CurlFailure} 23 */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.sink ??= this.path === undefined ? this.process.stdout : await this.create(this.path, bytes.length);
    try {
      await this.sink.write(bytes);
    } catch (error) {
      if (error instanceof BrokenPipe || error instanceof FileError) throw this.failure(bytes.length, 0);
      throw error;
    }
  }

  /** An empty answer makes an empty file. */
  async finish(): Promise<void> {
    if (this.path !== undefined && this.sink === undefined) this.sink = await this.create(this.path, 0);
    if (this.path !== undefined) this.sink?.close();
  }

  private async create(path: string, waiting: number): Promise<Sink> {
    try {
      return writer(this.process, open(this.process, path, 'write'));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await this.process.complain(`Warning: Failed to open the file ${path}: ${error.message}\n`);
      throw this.failure(waiting, 0);
    }
  }

  private failure(given: number, written: number): CurlFailure {
    if (this.isOld) return new CurlFailure(23, `Failed writing body (${written} != ${given})`);
    return new CurlFailure(23, `Failure writing output to destination, passed ${given} returned ${written}`);
  }
}
