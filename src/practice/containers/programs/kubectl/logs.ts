import type { Command } from './command.ts';
import { containerNames, defaultContainer } from './container.ts';
import { PODS } from './discovery.ts';
import { isDuration, seconds } from './duration.ts';
import { failure, KubectlFailure, optionFailure, usageFailure } from './failure.ts';
import { type ApiObject, listAt, textAt } from './object.ts';
import { podName } from './operands.ts';
import { option } from './options.ts';
import { isNotFound, pathOf, type Session } from './session.ts';

export const logs: Command = {
  name: 'logs',
  aliases: ['log'],
  summary: 'Print the logs for a container in a pod',
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  options: [
    option.flag('follow', 'f'),
    option.flag('previous', 'p'),
    option.value('container', 'c'),
    option.flag('all-containers'),
    option.flag('timestamps'),
    option.flag('prefix'),
    option.value('tail'),
    option.value('since'),
    option.value('since-time'),
    option.value('limit-bytes'),
    option.value('selector', 'l'),
    option.flag('ignore-errors'),
    option.value('max-log-requests'),
  ],
  async run(session, { operands }) {
    const { options } = session;
    const selector = options.get('selector');
    const isTooMuch = operands.length > 2 || (operands.length === 2 && options.has('container'));
    if (isTooMuch || (operands.length === 0 && selector === undefined))
      throw usageFailure(USAGE, 'kubectl logs');
    for (const name of ['tail', 'limit-bytes'])
      if (!/^-?\d+$/.test(options.get(name) ?? '0'))
        throw wrongValue(name, options.get(name)!, 'strconv.ParseInt: parsing "VALUE": invalid syntax');
    const since = options.get('since') ?? '0s';
    if (!isDuration(since)) throw wrongValue('since', since, 'time: invalid duration "VALUE"');
    const [operand, container] = operands;
    if (container !== undefined) options.add('container', container);
    const pods =
      operand === undefined
        ? await session.list(PODS, session.namespace, { labelSelector: selector! })
        : [await podOf(session, await podName(session, operand))];
    // Of many only the last lines, unless somebody wants all.
    if (operand === undefined && !options.has('tail')) options.add('tail', '10');
    if (pods.length === 0)
      await session.process.complain(`No resources found in ${session.namespace} namespace.\n`);
    const sources = (await Promise.all(pods.map((pod) => sourcesOf(session, pod)))).flat();
    if (options.flag('follow')) await Promise.all(sources.map((source) => print(session, source)));
    else for (const source of sources) await print(session, source);
    return 0;
  },
};

const USAGE =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";

function wrongValue(name: string, value: string, why: string): KubectlFailure {
  return optionFailure(
    `invalid argument "${value}" for "--${name}" flag: ${why.replace('VALUE', value)}`,
    'kubectl logs',
  );
}

interface LogSource {
  pod: string;
  container: string;
}

async function podOf(session: Session, name: string): Promise<ApiObject> {
  try {
    return await session.object(PODS, session.namespace, name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw failure(
      `error from server (NotFound): pods "${name}" not found in namespace "${session.namespace}"`,
    );
  }
}

/** @throws {KubectlFailure} */
async function sourcesOf(session: Session, pod: ApiObject): Promise<LogSource[]> {
  const name = pod.metadata.name!;
  const names = ['initContainers', 'containers'].flatMap((list) =>
    listAt(pod, 'spec', list).map((each) => textAt(each, 'name')),
  );
  if (session.options.flag('all-containers')) return names.map((container) => ({ pod: name, container }));
  const container = await defaultContainer(session, pod);
  if (!containerNames(pod).some((each) => each.replace(/ \(init\)$/, '') === container))
    throw failure(`container ${container} is not valid for pod ${name}`);
  return [{ pod: name, container }];
}

async function print(session: Session, { pod, container }: LogSource): Promise<void> {
  const { process, options } = session;
  const query = new URLSearchParams({ container });
  for (const name of ['follow', 'previous', 'timestamps']) if (options.flag(name)) query.set(name, 'true');
  const numbers = { tail: 'tailLines', 'limit-bytes': 'limitBytes', 'since-time': 'sinceTime' };
  for (const [name, parameter] of Object.entries(numbers)) {
    const value = options.get(name);
    // All lines, said aloud.
    if (value !== undefined && value !== '-1') query.set(parameter, value);
  }
  const since = options.get('since');
  if (since !== undefined) query.set('sinceSeconds', String(Math.ceil(seconds(since))));
  const prefix = options.flag('prefix') ? `[pod/${pod}/${container}] ` : '';
  const lines = new Prefixed(prefix, (bytes) => process.stdout.write(bytes));
  try {
    await session.stream(
      { method: 'GET', path: pathOf(PODS, session.namespace, pod, 'log'), query },
      (bytes) => lines.write(bytes),
    );
  } catch (error) {
    if (!(error instanceof KubectlFailure) || !options.flag('ignore-errors')) throw error;
    await process.complain(`${error.message}\n`);
  }
}

/** Puts something in front of every line. */
class Prefixed {
  private readonly prefix: string;
  private readonly out: (bytes: Uint8Array) => Promise<void>;
  private atStart = true;

  constructor(prefix: string, out: (bytes: Uint8Array) => Promise<void>) {
    this.prefix = prefix;
    this.out = out;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.prefix === '' || bytes.length === 0) return this.out(bytes);
    const text = Buffer.from(bytes).toString('latin1');
    const start = this.atStart ? this.prefix : '';
    this.atStart = text.endsWith('\n');
    const whole = start + text.replaceAll(/\n(?=[^])/g, `\n${this.prefix}`);
    return this.out(Uint8Array.from(Buffer.from(whole, 'latin1')));
  }
}
