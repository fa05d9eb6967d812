import { type Check, checkSchema } from '../lesson/check.ts';
import type { Lesson, Step } from '../lesson/lesson.ts';
import type { ManifestObject } from '../lesson/manifest.ts';
import { mapping } from '../lesson/violation.ts';

/** Nodes on which a trial puts a Pod. */
export const MOST_NODES = 3;
/** Seconds for an image to be pulled and its container to start. */
const PATIENCE = '120s';
/** Where Nodes may not be listed: two, wherever the scheduler puts them. */
const ANYWHERE = [undefined, undefined];

/**
 * A little lesson that proves what a lesson's checks stand on: one Pod like the lesson's own on each of some Nodes (its
 * images are pulled there), exec and logs in it, and requests from each Pod to the next. Undefined where the lesson has
 * no such Pod.
 *
 * @param nodes undefined where they may not be listed
 * @param nodeNetwork also between Pods and Nodes, by Pods in the Nodes' own network
 */
export function trialOf(
  lesson: Lesson,
  nodes: readonly string[] | undefined,
  nodeNetwork: boolean,
): Lesson | undefined {
  const model = modelOf(lesson);
  if (model === undefined) return undefined;
  const places = nodes === undefined ? ANYWHERE : nodes.slice(0, MOST_NODES);
  const pods = places.map((node, index) => podLike(model.pod, `trial-${index + 1}`, node));
  const names = pods.map(({ name }) => name);
  const manifest = { file: 'trial.yml', text: '', objects: pods };
  const first = {
    ...page('trial', 'Pods: images, exec, logs, and requests between them', podChecks(names, model)),
    apply: [manifest],
  };
  const steps = nodeNetwork
    ? [first, page('nodes', "Pods and Nodes, from the Nodes' own network", nodeChecks(names, model), true)]
    : [first];
  return { ...lesson, title: `Trial for ${lesson.title}`, steps };
}

/** The lesson's own way to ask one of its Pods from another. */
interface Model {
  pod: ManifestObject;
  container: string;
  port: number;
}

function modelOf({ steps }: Lesson): Model | undefined {
  const pods = steps.flatMap(({ apply }) => apply).flatMap(({ objects }) => objects);
  for (const check of steps.flatMap(({ checks }) => checks)) {
    if ((check.kind !== 'http' && check.kind !== 'source') || check.to.host.type !== 'pod') continue;
    const pod = pods.find(({ kind, name }) => kind === 'Pod' && name === check.from.pod);
    if (pod !== undefined) return { pod, container: check.from.container, port: check.to.port };
  }
  return undefined;
}

function podLike(model: ManifestObject, name: string, node: string | undefined): ManifestObject {
  const { affinity: _, ...spec } = mapping(model.raw['spec']) ?? {};
  const { apiVersion, kind, position } = model;
  const place = node === undefined ? {} : { nodeName: node };
  return {
    apiVersion,
    kind,
    name,
    position,
    raw: { apiVersion, kind, metadata: { name }, spec: { ...spec, ...place } },
  };
}

function podChecks(pods: readonly string[], { container, port }: Model): Check[] {
  const ready = pods.map((pod) => ({ id: `${pod}-ready`, kind: 'ready', pod, within: PATIENCE }));
  const requests = pods.map((pod, index) => {
    const peer = pods[(index + 1) % pods.length]!;
    const own = peer === pod;
    return {
      id: `${pod}-request`,
      kind: 'http',
      from: `pod/${pod}:${container}`,
      to: own ? `http://localhost:${port}` : `http://pod/${peer}:${port}`,
      expect: { status: 200, source: own ? 'loopback' : 'pod-ip' },
      within: PATIENCE,
    };
  });
  return [...ready, ...requests].map((check) => checkSchema.parse(check));
}

function nodeChecks([pod]: readonly string[], { container, port }: Model): Check[] {
  return [
    { id: 'own-node', kind: 'node-to-pod', from: `node-of/${pod}`, to: `http://pod/${pod}:${port}` },
    {
      id: 'other-node',
      kind: 'node-to-pod',
      from: `other-node-than/${pod}`,
      to: `http://pod/${pod}:${port}`,
    },
    { id: 'pod-to-node', kind: 'pod-to-node', from: `pod/${pod}:${container}`, to: `other-node-than/${pod}` },
  ].map((check) => checkSchema.parse(check));
}

function page(id: string, title: string, checks: Check[], nodeNetwork = false): Step {
  const nothing = { facts: [], apply: [], type: [], hints: [], solution: [], alternatives: [], mistakes: [] };
  const text = { source: '', parts: [] };
  return { ...nothing, id, title, text, checks, requires: nodeNetwork ? [{ kind: 'node-network' }] : [] };
}
