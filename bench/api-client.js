// A plain client of a Kubernetes API, by its kubeconfig: HTTPS with connections that are kept, and nothing else.
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';

/** @returns asks with a method, a path and an optional object to send; resolves to status and body text */
export function apiClient(kubeconfig, connections) {
  const config = load(readFileSync(kubeconfig, 'utf8'));
  const named = (list, name) => list.find((each) => each.name === name);
  const { context } = named(config.contexts, config['current-context']);
  const { cluster } = named(config.clusters, context.cluster);
  const { user } = named(config.users, context.user);
  const pem = (object, key) => {
    const data = object[`${key}-data`];
    if (data !== undefined) return Buffer.from(data, 'base64');
    return object[key] === undefined ? undefined : readFileSync(object[key]);
  };
  const agent = new Agent({
    keepAlive: true,
    maxSockets: connections,
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
  });
  const authorization = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` };
  const ask = (method, path, object) =>
    new Promise((resolve, reject) => {
      const body = object === undefined ? undefined : JSON.stringify(object);
      const headers = {
        ...authorization,
        accept: 'application/json',
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      };
      const answered = (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }),
        );
      };
      httpsRequest(`${cluster.server}${path}`, { agent, method, headers }, answered)
        .on('error', reject)
        .end(body);
    });
  return { ask, close: () => agent.destroy() };
}
