import type { Command } from '../command.ts';
import { type ResourceType } from '../discovery.ts';
import { KubectlFailure, together, usageFailure } from '../failure.ts';
import { collect } from '../get.ts';
import { readManifests } from '../manifest.ts';
import type { ApiObject } from '../object.ts';
import { askedFor, type Reading, selectors } from '../operands.ts';
import { option } from '../options.ts';
import { isNotFound, type Session } from '../session.ts';
import { align } from '../tab-writer.ts';
import { describeConfigMap, describeObject, describeServiceAccount } from './object.ts';
import { eventsText } from './events.ts';
import { describeNamespace } from './namespace.ts';
import { describeNetworkPolicy } from './network-policy.ts';
import { describeNode } from './node.ts';
import { describePod } from './pod.ts';
import { describeResourceQuota } from './resource-quota.ts';
import { describeEndpoints, describeService } from './service.ts';

/** Tells everything of an object, in lines whose cells end with tabs; the events come after it. */
type Describer = (object: ApiObject, session: Session) => string | Promise<string>;

const DESCRIBERS: Record<string, Describer> = {
  pods: (object, { process }) => describePod(object, process.machine.clock.now()),
  networkpolicies: describeNetworkPolicy,
  nodes: describeNode,
  namespaces: describeNamespace,
  configmaps: describeConfigMap,
  resourcequotas: describeResourceQuota,
  serviceaccounts: describeServiceAccount,
  services: describeService,
  endpoints: describeEndpoints,
};

const WITHOUT_EVENTS = new Set(['namespaces', 'networkpolicies', 'resourcequotas']);

export const describe: Command = {
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  options: [
    option.value('selector', 'l'),
    option.value('field-selector'),
    option.flag('all-namespaces', 'A'),
    option.list('filename', 'f'),
    option.value('show-events'),
    option.value('chunk-size'),
  ],
  async run(session, { operands }) {
    const { process, options } = session;
    if (operands.length === 0 && !options.has('filename'))
      throw usageFailure(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
        'kubectl describe',
      );
    const failures: KubectlFailure[] = [];
    const found: { type: ResourceType; object: ApiObject }[] = [];
    // What is described by a prefix is followed by a blank line, as in kubectl.
    let isPrefix = false;
    for (const reading of await readingsOf(session, operands))
      await collect(session, failures, async () => {
        const objects = await objectsOf(session, reading);
        isPrefix ||= reading.name !== undefined && objects[0]?.metadata.name !== reading.name;
        found.push(...objects.map((object) => ({ type: reading.type, object })));
      });
    for (const [index, { type, object }] of found.entries()) {
      if (index > 0) await process.print('\n\n');
      await process.print(await described(session, type, object));
    }
    if (isPrefix) await process.print('\n');
    if (found.length === 0 && failures.length === 0) {
      const where = options.flag('all-namespaces') ? '' : ` in ${session.namespace} namespace.`;
      await process.complain(`No resources found${where}\n`);
    }
    const failed = together(failures);
    if (failed !== undefined) throw failed;
    return 0;
  },
};

async function readingsOf(session: Session, operands: readonly string[]): Promise<Reading[]> {
  if (session.options.has('filename'))
    return (await readManifests(session)).map(({ type, namespace, object }) => ({
      type,
      namespace,
      name: object.metadata.name,
    }));
  const asked = await askedFor(session, operands);
  return asked.map(({ type, name }) => ({ type, name, namespace: session.namespaceFor(type) }));
}

/** The one of that name, otherwise all whose names begin so. @throws {KubectlFailure} */
async function objectsOf(session: Session, { type, namespace, name }: Reading): Promise<ApiObject[]> {
  if (name === undefined) return session.list(type, namespace, selectors(session));
  try {
    return [await session.object(type, namespace, name)];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const others = await session.list(type, namespace, selectors(session));
    const matching = others.filter(({ metadata }) => metadata.name!.startsWith(name));
    if (matching.length === 0) throw error;
    return matching;
  }
}

async function described(session: Session, type: ResourceType, object: ApiObject): Promise<string> {
  const describer: Describer = DESCRIBERS[type.plural] ?? describeObject;
  const text = await describer(object, session);
  const hasEvents = session.options.get('show-events') !== 'false' && !WITHOUT_EVENTS.has(type.plural);
  return align(text + (hasEvents ? await eventsText(session, object) : ''), 2);
}
