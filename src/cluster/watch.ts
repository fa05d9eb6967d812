import { type Api, ApiError, type KubernetesList, type KubernetesObject } from './api.ts';

/** Milliseconds between a watch that ended and the next look; the longer, the sooner watches end. */
const PAUSE = 150;
const LONGEST_PAUSE = 1_200;
const SHORT_WATCH = 1_000;
/** How long one watch request lasts before the list is read anew: the safety net under a watch that went deaf. */
const WATCH_SECONDS = 20;

export interface WaitOptions {
  /** Milliseconds. */
  timeout: number;
  fieldSelector?: string;
  labelSelector?: string;
}

/**
 * Waits until `settled` says of the collection's objects what the caller wants to know (any value but undefined).
 * Lists once, follows by watch, and starts over when a watch ends or is too old (410). Undefined after the timeout.
 *
 * @throws {ApiError | TransportError}
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what it lists
export async function waitFor<T extends KubernetesObject, R>(
  api: Api,
  path: string,
  options: WaitOptions,
  settled: (objects: T[]) => R | undefined,
): Promise<R | undefined> {
  const { timing } = api;
  const until = timing.now() + options.timeout;
  const selectors = selectorsOf(options);
  let pause = PAUSE;
  for (;;) {
    const list = await api.get<KubernetesList<T>>(path, selectors);
    const objects = new Map((list.items ?? []).map((item) => [item.metadata.name, item]));
    const first = settled([...objects.values()]);
    if (first !== undefined) return first;
    const started = timing.now();
    const left = until - started;
    if (left <= 0 || api.signal.aborted) return undefined;
    const query = {
      ...selectors,
      resourceVersion: list.metadata.resourceVersion,
      allowWatchBookmarks: 'true',
    };
    const seen = await follow(api, path, query, Math.min(left, WATCH_SECONDS * 1000), objects, settled);
    if (seen !== undefined) return seen;
    // Watches that end at once must not turn this into a busy loop.
    pause = timing.now() - started < SHORT_WATCH ? Math.min(pause * 2, LONGEST_PAUSE) : PAUSE;
    await timing.sleep(Math.min(pause, Math.max(0, until - timing.now())), api.signal);
  }
}

function selectorsOf(options: WaitOptions): Record<string, string> {
  return {
    ...(options.fieldSelector === undefined ? {} : { fieldSelector: options.fieldSelector }),
    ...(options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector }),
  };
}

async function follow<T extends KubernetesObject, R>(
  api: Api,
  path: string,
  query: Record<string, string | number | undefined>,
  milliseconds: number,
  objects: Map<string, T>,
  settled: (objects: T[]) => R | undefined,
): Promise<R | undefined> {
  const done = new AbortController();
  void api.timing.sleep(milliseconds, done.signal).then(() => done.abort());
  let result: R | undefined;
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  try {
    const refused = await api.connection.watch(
      path,
      { ...query, timeoutSeconds: seconds },
      ({ type, object }) => {
        if (result !== undefined || type === 'BOOKMARK') return;
        // ERROR: the resourceVersion is too old, or the server is going down. Read the list again.
        if (type === 'ERROR') return done.abort();
        const changed = object as T;
        if (type === 'DELETED') objects.delete(changed.metadata.name);
        else objects.set(changed.metadata.name, changed);
        result = settled([...objects.values()]);
        if (result !== undefined) done.abort();
      },
      AbortSignal.any([api.signal, done.signal]),
    );
    // Not allowed to watch, or not now: the caller reads the list again, slowly.
    if (refused !== undefined) {
      if (refused === 401) throw new ApiError({ method: 'GET', path }, 401, 'Unauthorized', 'Unauthorized');
      await api.timing.sleep(Math.min(1000, milliseconds), api.signal);
    }
    return result;
  } finally {
    done.abort();
  }
}
