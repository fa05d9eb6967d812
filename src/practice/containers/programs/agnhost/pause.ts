import { command } from './command.ts';

export const pause = command({
  name: 'pause',
  summary: 'Pauses the execution',
  flags: {},
  async run(process) {
    await process.print('Paused\n');
    return process.until(
      new Promise<number>((resolve) => {
        process.handle('SIGINT', () => resolve(1));
        process.handle('SIGTERM', () => resolve(2));
      }),
    );
  },
});
