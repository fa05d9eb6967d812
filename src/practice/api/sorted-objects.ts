import type { KubernetesObject } from './object.ts';

/** The objects of one resource in the order of etcd's keys, `namespace/name`. */
export class SortedObjects {
  private readonly byKey = new Map<string, KubernetesObject>();
  private readonly keys: string[] = [];

  get(namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.byKey.get(keyOf(namespace, name));
  }

  set(object: KubernetesObject): void {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    if (!this.byKey.has(key)) this.keys.splice(this.position(key), 0, key);
    this.byKey.set(key, object);
  }

  delete(object: KubernetesObject): void {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    if (this.byKey.delete(key)) this.keys.splice(this.position(key), 1);
  }

  list(namespace?: string): KubernetesObject[] {
    if (namespace === undefined) return this.keys.map((key) => this.byKey.get(key)!);
    const found: KubernetesObject[] = [];
    const prefix = `${namespace}/`;
    for (let at = this.position(prefix); this.keys[at]?.startsWith(prefix) === true; at++)
      found.push(this.byKey.get(this.keys[at]!)!);
    return found;
  }

  /** Of the first key that is not before `key`. */
  private position(key: string): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
