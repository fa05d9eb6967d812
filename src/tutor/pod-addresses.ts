import { z } from 'zod';
import { canonicalAddress } from '../cluster/address.ts';
import { ApiError } from '../cluster/api.ts';
import { TransportError } from '../cluster/connection.ts';
import { listPods, podAddresses } from '../cluster/pod.ts';
import { Problem } from '../problem.ts';
import type { StateFolder } from './state-folder.ts';
import type { Workshop } from './workshop.ts';

const schema = z.record(z.string(), z.array(z.string()));

/** The addresses that Pods of a session have had, by name, the newest at the end. */
export type PodAddresses = z.infer<typeof schema>;

const FILE = 'addresses.json';
/** Of so many Pods, and so many of each. */
const PODS = 50;
const ADDRESSES = 8;

/** Only a convenience: a damaged file counts as none. */
export function readPodAddresses(folder: StateFolder): PodAddresses {
  try {
    return schema.parse(JSON.parse(folder.read(FILE) ?? '{}'));
  } catch {
    return {};
  }
}

/** Keeps which addresses the Pods have now. What keeps us from it costs a hint later, and nothing else. */
export async function rememberPodAddresses(workshop: Workshop): Promise<void> {
  const { api, folder, session } = workshop;
  try {
    const known = readPodAddresses(folder);
    const pods = await listPods(api, session.namespace);
    const now = pods.flatMap((pod): [string, string[]][] => {
      const { name } = pod.metadata;
      const addresses = pod.spec.hostNetwork === true ? [] : podAddresses(pod).map(canonicalAddress);
      if (addresses.length === 0) return [];
      return [[name, [...new Set([...(known[name] ?? []), ...addresses])].slice(-ADDRESSES)]];
    });
    const names = new Set(now.map(([name]) => name));
    const gone = Object.entries(known).filter(([name]) => !names.has(name));
    const all = Object.fromEntries([...gone, ...now].slice(-PODS));
    if (JSON.stringify(all) !== JSON.stringify(known))
      folder.write(FILE, `${JSON.stringify(all, undefined, 2)}\n`);
  } catch (error) {
    if (error instanceof ApiError || error instanceof TransportError || error instanceof Problem) return;
    throw error;
  }
}

export function forgetPodAddresses(folder: StateFolder): void {
  folder.remove(FILE);
}
