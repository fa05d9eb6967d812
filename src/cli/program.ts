import { Argument, Command, Option } from 'commander';
import { parseDuration, parseImage, parseNamespace, parseOutput, type Options } from './options.ts';
import type { Desk } from './desk.ts';
import type { CleanupOptions } from './cleanup.ts';
import type { Shell } from './env.ts';
import type { ShellOptions } from './shell.ts';
import type { WhyOptions } from './why.ts';
import type { Action } from './practice.ts';

/** Carries out a command. `name` tells which, for --output json and error messages. */
export type Runner = (options: Options, command: (desk: Desk) => Promise<number>) => Promise<void>;

/**
 * The command line. Every command's own file is loaded when it runs. Errors in the command line are thrown as
 * CommanderError, --help and --version too.
 */
export function makeProgram(version: string, run: Runner): Command {
  const program = new Command('k8snet-tutor')
    .description('A tutor for Kubernetes networking that proves every statement on your own cluster')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    // commander leaves what has less room than 40 columns to the terminal, which breaks it in the middle of words.
    .configureHelp({ minWidthToWrap: 20 })
    .showHelpAfterError('Run k8snet-tutor --help to see what there is.')
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  k8snet-tutor start networking             begin the lesson, or go on with it
  k8snet-tutor start networking --practice  on the built-in practice cluster
  k8snet-tutor check                        verify the current page
  k8snet-tutor cleanup                      delete everything the lesson made
  k8snet-tutor start --auto                 the whole lesson as a demonstration

Exit codes: 0 verified; 1 a check failed; 2 wrong usage or broken lesson;
3 could not be told, or something is left; 4 not permitted; 70 a bug of ours;
130, 143 interrupted.`,
    );

  const add = (usage: string, description: string): Command =>
    withCommonOptions(program.command(usage).description(description));
  const options = (command: Command): Options => command.opts<Options>();

  const start = add('start [lesson]', 'begin a lesson, or go on with it')
    .option('--auto', 'a demonstration: every step is done, verified and cleaned up')
    .option('--no-prompt', 'show the page and return; go on with check and next')
    .addOption(nodeNetwork())
    .addOption(namespace('borrow this namespace instead of making one'))
    .addOption(image());
  start.action(async (lesson: string | undefined) => {
    const { start: command } = await import('./start.ts');
    await run(options(start), (desk) =>
      command(desk, lesson, start.opts<{ auto?: boolean; prompt?: boolean }>()),
    );
  });

  const check = add('check', 'verify the current page')
    .addOption(new Option('--all', 'verify all pages').conflicts('step'))
    .option('--step <id>', 'verify this page')
    .addOption(nodeNetwork());
  check.action(async () => {
    const { check: command } = await import('./check.ts');
    await run(options(check), (desk) => command(desk, check.opts<{ all?: boolean; step?: string }>()));
  });

  const page = add('page [id]', 'show the current page again, or another one');
  page.action(async (id: string | undefined) => {
    const { page: command } = await import('./page.ts');
    await run(options(page), (desk) => command(desk, id));
  });

  const next = add('next', 'go to the next page').option(
    '--skip',
    'even though the checks of this one have not passed',
  );
  next.action(async () => {
    const { next: command } = await import('./next.ts');
    await run(options(next), (desk) => command(desk, next.opts<{ skip?: boolean }>()));
  });

  const hint = add('hint', 'get one more hint for the current page');
  hint.action(async () => {
    const { hint: command } = await import('./hint.ts');
    await run(options(hint), command);
  });

  const solve = add('solve', "have the current page's work done")
    .option('--replace', 'delete your own attempt first')
    .addOption(nodeNetwork());
  solve.action(async () => {
    const { solve: command } = await import('./solve.ts');
    await run(options(solve), (desk) => command(desk, solve.opts<{ replace?: boolean }>()));
  });

  const status = add('status', 'show where you are; looks at no cluster');
  status.action(async () => {
    const { status: command } = await import('./status.ts');
    await run(options(status), command);
  });

  const cleanup = add(
    'cleanup [lesson]',
    'delete everything that lessons made, and prove that nothing is left',
  )
    .option('--dry-run', 'only show what would be deleted')
    .option('-y, --yes', 'do not ask')
    .option('--forget', 'drop the session without deleting anything: its cluster is gone')
    .addOption(namespace('only this namespace, also if a tutor on another machine made it'))
    .option('--owner <id>', 'what the tutor of this owner made, which may be on another machine');
  cleanup.action(async (lesson: string | undefined) => {
    const { cleanup: command } = await import('./cleanup.ts');
    const chosen = cleanup.opts<CleanupOptions>();
    await run(options(cleanup), (desk) => command(desk, lesson, chosen));
  });

  const shell = add(
    'shell [command...]',
    'open a shell in a container of the lesson or on a Node, or run a command there',
  )
    .option('--pod <name>', 'the Pod; otherwise the one the current page is about')
    .option('-c, --container <name>', 'the container; otherwise the first one of the Pod')
    .addOption(
      new Option(
        '--node [name]',
        "in a Node's network, by a Pod there that is deleted on exit; without a name the Node of the page's Pod",
      ).conflicts(['pod', 'container']),
    )
    .addOption(nodeNetwork())
    .passThroughOptions();
  shell.action(async (command: string[]) => {
    const { shell: open } = await import('./shell.ts');
    await run(options(shell), (desk) => open(desk, command, shell.opts<ShellOptions>()));
  });

  const why = add(
    'why [words...]',
    'say why a request got no answer, by making it again: why curl 10.0.1.2:8080',
  )
    .option('--pod <name>', 'asked from this Pod; otherwise from where the current page asks')
    .option('-c, --container <name>', 'from this container; otherwise the first one of the Pod')
    .addOption(
      new Option(
        '--node [name]',
        "from a Node's network; without a name the Node of the page's Pod",
      ).conflicts(['pod', 'container']),
    )
    .addOption(nodeNetwork())
    // curl's own are looked at by the command.
    .allowUnknownOption();
  why.action(async (words: string[]) => {
    const { whyCommand } = await import('./why.ts');
    await run(options(why), (desk) => whyCommand(desk, words, why.opts<WhyOptions>()));
  });

  const env = add('env', 'print what points kubectl at the lesson: eval "$(k8snet-tutor env)"')
    .addOption(
      new Option('--shell <name>', 'for this shell').choices(['sh', 'bash', 'zsh', 'fish', 'powershell']),
    )
    .option('--unset', 'point kubectl back to where it was');
  env.action(async () => {
    const { env: command } = await import('./env.ts');
    await run(options(env), (desk) => command(desk, env.opts<{ shell?: Shell; unset?: boolean }>()));
  });

  const practice = add('practice', 'the built-in practice cluster: start, stop, status, reset, fault')
    .addArgument(
      new Argument('<action>', 'what to do with it').choices(['start', 'stop', 'status', 'reset', 'fault']),
    )
    .argument('[words...]', 'which fault its network shall have; without, fault tells what there is')
    .option('-y, --yes', 'reset without asking')
    .addHelpText(
      'after',
      `
Faults of the running practice cluster's network, for learning what a broken one
looks like:
  k8snet-tutor practice fault                 what is broken, and what may be
  k8snet-tutor practice fault drop-route 1 2  no route from node-1 to node-2
  k8snet-tutor practice fault heal            everything is mended`,
    );
  practice.action(async (action: Action, words: string[]) => {
    if (action !== 'fault' && words.length > 0)
      practice.error(`error: too many arguments for 'practice ${action}': ${words.join(' ')}`);
    const { practice: command } = await import('./practice.ts');
    await run(options(practice), (desk) => command(desk, action, words, practice.opts<{ yes?: boolean }>()));
  });

  const doctor = add('doctor [lesson]', 'tell whether the lesson will work here; creates nothing')
    .option('--deep', 'then try it: a few small Pods, which are deleted again')
    .option('-y, --yes', 'do not ask before the trial')
    .addOption(nodeNetwork())
    .addOption(namespace('look at this namespace, which start would borrow'))
    .addOption(image());
  doctor.action(async (lesson: string | undefined) => {
    const { doctor: command } = await import('./doctor.ts');
    await run(options(doctor), (desk) =>
      command(desk, lesson, doctor.opts<{ deep?: boolean; yes?: boolean }>()),
    );
  });

  const list = add('list', 'list the lessons');
  list.action(async () => {
    const { list: command } = await import('./list.ts');
    await run(options(list), command);
  });

  return program;
}

function nodeNetwork(): Option {
  return new Option(
    '--allow-node-network',
    "let the tutor put small Pods into the Nodes' own network, for the pages that need it",
  );
}

function namespace(description: string): Option {
  return new Option('-n, --namespace <name>', description).argParser(parseNamespace);
}

function image(): Option {
  const description = 'use another image for the containers of this name (repeatable)';
  return new Option('--image <container=image>', description).argParser(parseImage).default({}, 'none');
}

function withCommonOptions(command: Command): Command {
  return command
    .exitOverride()
    .addOption(new Option('--practice', 'the built-in practice cluster').conflicts(['context', 'kubeconfig']))
    .option('--context <name>', 'the kubeconfig context of the cluster')
    .option('--kubeconfig <file>', 'the kubeconfig file, instead of KUBECONFIG or ~/.kube/config')
    .addOption(new Option('-o, --output <format>', 'text or json').argParser(parseOutput).default('text'))
    .option('--plain', 'words instead of signs and colours', false)
    .addOption(
      new Option('--timeout <duration>', 'give up after this long, as in 90s or 2m').argParser(parseDuration),
    )
    .option('-v, --verbose', 'show the kubectl line that each action equals, and all evidence', false);
}
