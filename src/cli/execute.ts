import { CommanderError } from 'commander';
import { TransportError } from '../cluster/connection.ts';
import { asClusterProblem } from '../cluster/failure.ts';
import { Problem } from '../problem.ts';
import { jsonText } from '../ui/json.ts';
import { renderProblem } from '../ui/problem.ts';
import { Cancelled, NOBODY } from '../ui/prompter.ts';
import { BUG, exitCodeOfProblem, USAGE } from './exit.ts';
import type { Options } from './options.ts';
import { makeOutput, type Output } from './output.ts';
import { makeProgram } from './program.ts';
import { processRuntime, type Runtime } from './runtime.ts';

/** Parses the command line, runs the command, tells what went wrong; returns the exit code. */
export async function execute(args: string[], version: string, interrupt: AbortSignal): Promise<number> {
  const runtime = processRuntime(interrupt);
  let code = 0;
  const program = makeProgram(version, async (options, command) => {
    code = await runCommand(runtime, options, (desk) => command(desk));
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, args, runtime);
    throw error;
  }
}

/** commander has printed help, the version, or what is wrong with the command line. */
function endOfParsing(error: CommanderError, args: string[], runtime: Runtime): number {
  if (error.exitCode === 0) return 0;
  if (/(^| )(-o|--output)[ =]?json( |$)/.test(args.join(' '))) {
    const what = error.message.replace(/^error: /, '');
    const document = { error: { code: 'usage', what, next: ['k8snet-tutor --help'] }, exitCode: USAGE };
    runtime.out(`${jsonText(document)}\n`);
  }
  // commander's own code is 1, which here means that a check failed.
  return USAGE;
}

/** Who sits there, if anybody: a program that reads JSON answers no questions. */
function seated(runtime: Runtime, { output, plain }: Options): Runtime {
  const interactive = runtime.interactive && output !== 'json';
  const prompter = plain ? runtime.plainPrompter : runtime.prompter;
  return { ...runtime, interactive, prompter: interactive ? prompter : NOBODY };
}

async function runCommand(
  usual: Runtime,
  options: Options,
  command: Parameters<Parameters<typeof makeProgram>[1]>[1],
): Promise<number> {
  const runtime = seated(usual, options);
  const complete = { ...options, image: options.image ?? {} };
  const output = makeOutput(runtime, complete);
  const deadline = complete.timeout === undefined ? undefined : AbortSignal.timeout(complete.timeout);
  const signal = deadline === undefined ? runtime.interrupt : AbortSignal.any([runtime.interrupt, deadline]);
  let code: number;
  try {
    code = await command({ runtime, options: complete, output, signal });
  } catch (error) {
    code = explain(asClusterProblem(asTimeout(error, runtime, deadline, complete)), runtime, output);
  }
  output.end(code);
  return code;
}

function asTimeout(
  error: unknown,
  runtime: Runtime,
  deadline: AbortSignal | undefined,
  options: Options,
): unknown {
  const isAbort =
    error instanceof TransportError || (error instanceof Error && error.name === 'TimeoutError');
  if (!isAbort || deadline?.aborted !== true || runtime.interrupt.aborted) return error;
  return new Problem({
    code: 'timeout',
    kind: 'environment',
    what: `It took longer than --timeout allows (${(options.timeout ?? 0) / 1000} s)`,
    next: ['Try again, with more time: --timeout 5m'],
  });
}

/** Tells of an error; returns the exit code. */
function explain(error: unknown, runtime: Runtime, output: Output): number {
  if (error instanceof Problem) {
    const { code, what, where, frame } = error;
    output.add({ error: { code, what, where, frame, next: error.next.map(output.pointed) } });
    if (!output.json) output.warn(...renderProblem(error, output.theme, output.width, output.pointed));
    return exitCodeOfProblem(error);
  }
  if (runtime.interrupt.aborted || error instanceof Cancelled) {
    output.add({ error: { code: 'interrupted' } });
    if (!output.json)
      output.warn(
        'Interrupted. Your progress is kept; what the lesson made is removed with k8snet-tutor cleanup.',
      );
    return 130;
  }
  output.warn(
    `This is a bug in k8snet-tutor, please report it:`,
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
  output.add({ error: { code: 'bug' } });
  return BUG;
}
