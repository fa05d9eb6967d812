import { type Api, ApiError } from './api.ts';
import { podPath } from './resources.ts';

const MOST_LOG = 1024 * 1024;
const LOOK_EVERY = 150;

/**
 * The lines of a container's log that carry our nonce, waiting a little for it: logs travel from the container
 * through the runtime and the kubelet. Undefined when it did not come. Other lines are nobody's business here.
 *
 * @param timeout milliseconds
 * @throws {ApiError | TransportError}
 */
export async function findLogLine(
  api: Api,
  target: { namespace: string; pod: string; containers: string[] },
  nonce: string,
  timeout: number,
): Promise<{ container: string; lines: string[] } | undefined> {
  const until = api.timing.now() + timeout;
  const path = `${podPath(target.namespace, target.pod)}/log`;
  for (;;) {
    const logs = await Promise.all(
      target.containers.map(async (container) => ({
        container,
        text: await logText(api, path, container),
      })),
    );
    for (const { container, text } of logs) {
      const lines = text.split('\n').filter((each) => each.includes(nonce));
      if (lines.length > 0) return { container, lines };
    }
    if (api.timing.now() >= until) return undefined;
    await api.timing.sleep(LOOK_EVERY, api.signal);
  }
}

/** The end of a container's log; a container that never started has none, and the others may still have ours. */
async function logText(api: Api, path: string, container: string): Promise<string> {
  try {
    return await api.text(path, { container, sinceSeconds: 120, tailLines: 2000, limitBytes: MOST_LOG });
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return '';
    throw error;
  }
}
