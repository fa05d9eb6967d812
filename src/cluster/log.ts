import type { Api } from './api.ts';
import { podPath } from './resources.ts';

const MOST_LOG = 1024 * 1024;
const LOOK_EVERY = 150;

/**
 * The line of a container's log that carries our nonce, waiting a little for it: logs travel from the container
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
): Promise<{ container: string; line: string } | undefined> {
  const until = api.timing.now() + timeout;
  const path = `${podPath(target.namespace, target.pod)}/log`;
  for (;;) {
    const logs = await Promise.all(
      target.containers.map(async (container) => ({
        container,
        text: await api.text(path, { container, sinceSeconds: 120, tailLines: 2000, limitBytes: MOST_LOG }),
      })),
    );
    for (const { container, text } of logs) {
      const line = text.split('\n').find((each) => each.includes(nonce));
      if (line !== undefined) return { container, line };
    }
    if (api.timing.now() >= until) return undefined;
    await api.timing.sleep(LOOK_EVERY, api.signal);
  }
}
