import { HelperPodFailure } from '../checks/context.ts';
import { podTrouble, type PodTrouble } from '../checks/pod-trouble.ts';
import { ApiError } from '../cluster/api.ts';
import { TransportError } from '../cluster/connection.ts';
import { listNodes } from '../cluster/node.ts';
import { type Pod } from '../cluster/pod.ts';
import { podPath } from '../cluster/resources.ts';
import { waitFor } from '../cluster/watch.ts';
import { Problem } from '../problem.ts';
import { createOwned } from './create.ts';
import type { Workshop } from './workshop.ts';

/** A small Pod of the tutor's own, on one Node, that is gone when its work is done. */
export interface HelperPod {
  name: string;
  node: string;
}

/** The deck's curl, maintained and for every architecture; the same as in the lesson's manifests. */
export const CURL_IMAGE = 'curlimages/curl:8.16.0';
/** `curl_user` of that image, by number: `runAsNonRoot` wants one. */
const CURL_USER = 100;
const CURL_GROUP = 101;
/** Seconds after which a forgotten one ends by itself. */
const DEADLINE = 4 * 60 * 60;
/** Milliseconds to start: an image may have to be pulled. */
const START = 90_000;
/** Milliseconds between two looks at the Node: one that is lost meanwhile starts nothing. */
const LOOK = 10_000;
const NAME_LETTERS = 6;

export interface HelperPodParts {
  /** Begins its name: `node-shell`, `kubelet-probe`. */
  purpose: string;
  node: string;
  hostNetwork: boolean;
  /** One that the cluster offers; otherwise curl's, whose user is not root. */
  image?: string | undefined;
  readinessProbe?: object | undefined;
}

/** @throws {ApiError | TransportError} 403 where Pod Security, a quota or RBAC is against it */
export async function createHelperPod(workshop: Workshop, parts: HelperPodParts): Promise<HelperPod> {
  const { purpose, node } = parts;
  const name = `${purpose}-${workshop.nonce().slice(0, NAME_LETTERS).toLowerCase()}`;
  const raw = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: specOf(parts, workshop.session.images['shell']),
  };
  const { namespace } = workshop.session;
  try {
    await createOwned(workshop, { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespace, name, raw });
  } catch (error) {
    const cause = error instanceof Problem ? error.cause : undefined;
    throw cause instanceof ApiError || cause instanceof TransportError ? cause : error;
  }
  return { name, node };
}

function specOf(
  { node, hostNetwork, image, readinessProbe }: HelperPodParts,
  replaced: string | undefined,
): object {
  const user =
    image === undefined && replaced === undefined
      ? { runAsNonRoot: true, runAsUser: CURL_USER, runAsGroup: CURL_GROUP }
      : {};
  return {
    // Not the scheduler: the Node is the question.
    nodeName: node,
    hostNetwork,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    activeDeadlineSeconds: DEADLINE,
    automountServiceAccountToken: false,
    tolerations: [{ operator: 'Exists' }],
    containers: [
      {
        name: 'shell',
        image: image ?? replaced ?? CURL_IMAGE,
        command: ['sleep'],
        args: ['9999999'],
        resources: { requests: { cpu: '10m', memory: '16Mi' } },
        securityContext: {
          ...user,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
        ...(readinessProbe === undefined ? {} : { readinessProbe }),
      },
    ],
  };
}

/** Until its container runs. @throws {ApiError | TransportError | HelperPodFailure} */
export async function untilRunning(workshop: Workshop, pod: HelperPod): Promise<void> {
  const { api, session } = workshop;
  const options = { timeout: LOOK, fieldSelector: `metadata.name=${pod.name}` };
  const begun = api.timing.now();
  let trouble: PodTrouble | undefined;
  let found: Pod | undefined;
  do {
    found = await waitFor<Pod, Pod>(api, podPath(session.namespace), options, (pods) => {
      trouble = pods[0] && podTrouble(pods[0]);
      return pods.find((each) => isRunning(each) || trouble?.settled === true);
    });
  } while (found === undefined && !(await isOver(workshop, pod, begun)));
  if (found !== undefined && isRunning(found)) return;
  const seconds = Math.round((api.timing.now() - begun) / 1000);
  const late = found === undefined ? [`it did not start within ${seconds} s`] : [];
  const why = [...late, trouble?.observed ?? ''].filter((each) => each !== '').join('; ');
  throw new HelperPodFailure(
    pod.name,
    pod.node,
    `Pod ${pod.name} on Node ${pod.node}: ${why}`,
    trouble?.code,
  );
}

/** Whether there is nothing to wait for any more: time, or the Node. */
async function isOver({ api }: Workshop, pod: HelperPod, begun: number): Promise<boolean> {
  if (api.signal.aborted || api.timing.now() - begun >= START) return true;
  try {
    const node = (await listNodes(api)).find(({ metadata }) => metadata.name === pod.node);
    const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
    return ready !== undefined && ready.status !== 'True';
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return false;
    throw error;
  }
}

function isRunning(pod: Pod): boolean {
  return pod.status?.containerStatuses?.[0]?.state?.running !== undefined;
}

/** Milliseconds for the requests, also when everything else has been interrupted. */
const REMOVAL = 10_000;
const REMOVAL_TRIES = 3;

/**
 * Deletes it, sees that it goes, and does not wait for that. It stays in the journal: cleanup asks once more, and trouble here
 * is for cleanup, too.
 */
export async function removeHelperPod(workshop: Workshop, pod: HelperPod): Promise<void> {
  const api = workshop.api.with(AbortSignal.timeout(REMOVAL));
  const path = podPath(workshop.session.namespace, pod.name);
  const uid = workshop.journal.open().find((each) => each.kind === 'Pod' && each.name === pod.name)?.uid;
  if (uid === undefined) return;
  try {
    for (let tries = 0; tries < REMOVAL_TRIES; tries++) {
      await api.delete(path, uid, 1);
      const { metadata } = (await api.find<Pod>(path)) ?? {};
      if (metadata?.uid !== uid || metadata.deletionTimestamp !== undefined) return;
    }
    workshop.reporter.did(`Pod ${pod.name} is still there; k8snet-tutor cleanup removes it`);
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof TransportError)) throw error;
    workshop.reporter.did(
      `Pod ${pod.name} could not be removed (${error.message}); k8snet-tutor cleanup does it`,
    );
  }
}
