import { createInterface } from 'node:readline';
import { LineInput } from './line-input.ts';
import { Cancelled, type Prompter, untilYesOrNo } from './prompter.ts';

/**
 * Questions line by line, with nothing drawn anew: for screen readers, and terminals that know no more. Same contract as
 * the other one, but for Escape, which here is a key like any other.
 */
export function linePrompter(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Prompter {
  const ask = (question: string, ahead: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      if (stdin.readableEnded) {
        reject(new Cancelled());
        return;
      }
      const input = new LineInput(stdin, ahead ? 0 : stdin.readableLength);
      const lines = createInterface({ input, output: stdout, terminal: true, historySize: 0 });
      let answer: string | undefined;
      lines.on('SIGINT', () => lines.close());
      lines.on('line', (line) => {
        answer = line.trim();
        lines.close();
      });
      lines.on('close', () => {
        input.close();
        if (answer !== undefined) resolve(answer);
        else {
          // The next line begins at the margin.
          stdout.write('\n');
          reject(new Cancelled());
        }
      });
      lines.setPrompt(question);
      lines.prompt();
    });
  return {
    ask: (question) => ask(`${question}> `, true),
    confirm: (question) => untilYesOrNo(() => ask(`${question} (yes or no, Enter is no): `, false)),
  };
}
