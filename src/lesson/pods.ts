import { nearest } from '../nearest.ts';
import type { Check } from './check.ts';
import { containersOf } from './containers.ts';
import type { Finding } from './diagnostic.ts';
import type { Manifest } from './manifest.ts';
import type { Path } from './source.ts';
import type { Target } from './target.ts';

/** Something that refers to a Pod or container, at a path within its step. */
interface Reference {
  path: Path;
  pod: string;
  container?: string;
}

/** The Pods a lesson has made up to some step, with the names of their containers. */
export class KnownPods {
  readonly #pods = new Map<string, Set<string>>();

  /** Notes the Pods of a manifest. */
  add(manifest: Manifest): void {
    for (const object of manifest.objects) {
      if (object.kind !== 'Pod') continue;
      const containers = this.#pods.get(object.name) ?? new Set();
      for (const { name } of containersOf(object)) if (typeof name === 'string') containers.add(name);
      this.#pods.set(object.name, containers);
    }
  }

  /** What is wrong with a Pod's name, or with a container's. */
  finding(pod: string, container?: string): Finding | undefined {
    const containers = this.#pods.get(pod);
    if (containers === undefined) {
      const message = `no manifest of this step or an earlier one makes a Pod \`${pod}\``;
      return { code: 'pod-unknown', message, hint: suggestion(pod, [...this.#pods.keys()]) };
    }
    if (container === undefined || containers.has(container)) return undefined;
    const message = `Pod \`${pod}\` has no container \`${container}\``;
    return { code: 'container-unknown', message, hint: suggestion(container, [...containers]) };
  }
}

/** Every Pod and container a check names. */
export function referencesOf(check: Check): Reference[] {
  if (check.kind === 'node-to-pod')
    return [{ path: ['from'], pod: check.from.pod }, ...targetReference(check.to, 'to')];
  if (check.kind === 'pod-to-node')
    return [
      { path: ['from'], ...check.from },
      { path: ['to'], pod: check.to.pod },
    ];
  if (check.kind === 'node-server')
    return [
      { path: ['from'], ...check.from },
      { path: ['to'], pod: check.to.node.pod },
    ];
  if ('from' in check) {
    const control = 'control' in check ? targetReference(check.control, 'control') : [];
    return [{ path: ['from'], ...check.from }, ...targetReference(check.to, 'to'), ...control];
  }
  const { pod, containers = [] } = check;
  const peer = 'peer' in check ? [{ path: ['peer'], pod: check.peer }] : [];
  return [
    ...peer,
    { path: ['pod'], pod },
    ...containers.map((container, n) => ({ path: ['containers', n], pod, container })),
  ];
}

function targetReference({ host }: Target, key: string): Reference[] {
  if (host.type === 'localhost') return [];
  return [{ path: [key], pod: host.type === 'pod' ? host.pod : host.of }];
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return known.length === 0 ? 'there is none yet' : `known: ${known.join(', ')}`;
}
