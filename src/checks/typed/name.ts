import { nodeAddresses } from '../../cluster/node.ts';
import { ApiError } from '../../cluster/api.ts';
import { podAddresses } from '../../cluster/pod.ts';
import { objectPath } from '../../cluster/resources.ts';
import { nearest } from '../../nearest.ts';
import type { Finding } from '../target-pod.ts';
import { samePortAt, type TypedCase, typedFinding } from './case.ts';

/** Why a name leads nowhere: Services have names in DNS; Pods, containers and Nodes have addresses only. */
export async function whyNameless(about: TypedCase): Promise<Finding> {
  const { request, book, context, place } = about;
  const [name = ''] = request.host.split('.');
  const namespace = request.host.split('.')[1] ?? context.namespace;
  if (await isService(about, namespace, name))
    return typedFinding(about, 'fail', 'name-unknown', { details: { near: '' } });
  const pod = book.pods.find(({ metadata }) => metadata.name === name);
  if (pod !== undefined)
    return typedFinding(about, 'fail', 'name-of-pod', {
      details: { name, what: 'Pod', target: samePortAt(about, podAddresses(pod)[0]), of: name },
    });
  const node = book.nodes.find(({ metadata }) => metadata.name === request.host);
  if (node !== undefined)
    return typedFinding(about, 'fail', 'name-of-node', {
      details: { node: request.host, target: samePortAt(about, nodeAddresses(node, 'InternalIP')[0]) },
    });
  const holders = book.pods.filter(({ spec }) => spec.containers.some((each) => each.name === name));
  const own =
    place.node === undefined ? holders.find(({ metadata }) => metadata.name === place.shell.pod) : undefined;
  const holder = own ?? holders[0];
  if (holder !== undefined)
    return typedFinding(about, 'fail', 'name-of-pod', {
      details: {
        name,
        what: 'container',
        target: samePortAt(about, own === undefined ? podAddresses(holder)[0] : 'localhost'),
        of: holder.metadata.name,
      },
    });
  const names = ['localhost', ...book.pods.map(({ metadata }) => metadata.name)];
  return typedFinding(about, 'fail', 'name-unknown', { details: { near: nearest(name, names) ?? '' } });
}

/** One that may not be read counts as none. */
async function isService({ context }: TypedCase, namespace: string, name: string): Promise<boolean> {
  try {
    return (await context.api.find(objectPath('v1', 'services', namespace, name))) !== undefined;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
