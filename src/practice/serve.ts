import { resolveExec } from './api/exec.ts';
import { resolvePortForward } from './api/port-forward.ts';
import { createHandler } from './api/handler.ts';
import { createStore } from './api/memory-store.ts';
import { createRegistry } from './api/resource-registry.ts';
import type { ApiRequest } from './api/http.ts';
import type { Store } from './api/store.ts';
import { type Clock, machineClock } from './clock.ts';
import { findImage } from './containers/images/image.ts';
import { startContainer } from './containers/runtime.ts';
import { DEFAULT_NODES, MOST_NODES, nodeDefinitions } from './controllers/node-definition.ts';
import { startControllers } from './controllers/start-controllers.ts';
import { Faults } from './network/faults.ts';
import { createGceNetwork } from './network/gce.ts';
import { authenticator, type Identity } from './server/credentials.ts';
import { listen } from './server/https-server.ts';
import { IdleWatch } from './server/idle-watch.ts';
import { kubeconfig } from './server/kubeconfig.ts';
import { localClient } from './server/local-client.ts';
import { diskFolder } from './server/log-folder.ts';
import { createSecrets, openSecrets } from './server/secrets.ts';
import { WriteAheadLog } from './server/write-ahead-log.ts';

export interface ServeOptions {
  /** Where objects, certificate and credentials are kept; without one the cluster lives in memory. */
  folder?: string | undefined;
  /** Taken when it is free, otherwise another. */
  port?: number | undefined;
  /** How many Nodes it has, three by default; one that comes back has no fewer than it had. */
  nodes?: number | undefined;
  /** Called once when nobody has used the cluster for long. */
  idle?: (() => void) | undefined;
  /** Milliseconds without use that are long; an hour. */
  idleAfter?: number | undefined;
  /** Gets what can only be a bug of ours; the cluster goes on. */
  report(error: unknown): void;
  clock?: Clock | undefined;
  /** 0 ≤ x < 1 */
  random?: (() => number) | undefined;
}

export interface PracticeCluster {
  port: number;
  /** Text of a kubeconfig. @param namespace the default one */
  kubeconfig(identity: Identity, namespace?: string): string;
  /** Ends everything; what was acknowledged is on disk. */
  close(): Promise<void>;
}

/** Written again every few seconds, and of no use to a cluster that comes back. */
const NOT_KEPT = new Set(['coordination.k8s.io/leases']);

/**
 * The practice cluster: the Kubernetes API over HTTPS on this machine's loopback, before a simulated network with
 * simulated containers.
 *
 * @throws {DamagedLog} when its files are not as it left them
 */
export async function serve(options: ServeOptions): Promise<PracticeCluster> {
  const { folder, clock = machineClock, random = Math.random, report } = options;
  const [secrets, disk] = await Promise.all([
    folder === undefined ? createSecrets(clock) : openSecrets(folder, clock),
    folder === undefined ? undefined : openLog(folder, report),
  ]);
  const store = createStore({
    snapshot: disk?.snapshot,
    record: (change) => disk?.log.append(change),
    writable: disk && (() => disk.log.healed()),
    durable: disk && (() => disk.log.durable()),
  });
  disk?.log.follow(store);

  const registry = createRegistry({ store, clock, random });
  const authenticate = authenticator(secrets.credentials);
  const user = authenticate(`Bearer ${secrets.credentials['practice-admin']}`)!;
  const network = createGceNetwork(report);
  const controllers = startControllers({
    registry,
    network,
    clock,
    random,
    runtime: { startContainer, findImage },
    nodes: nodeDefinitions(Math.max(options.nodes ?? DEFAULT_NODES.length, numberOfNodes(store))),
    rootCA: secrets.certificate.authority,
    fault: report,
    // Nobody asks before the handler is there: a container's first process starts later than the kubelets.
    cluster: (namespace) =>
      localClient({
        user,
        namespace,
        report,
        handle: (request) => handle(request),
        resolveExec: (request) => resolve(request),
      }),
  });
  const kubelet = controllers.kubelets;
  const { stopNode, startNode, limitPulls } = controllers;
  // The server is there before anybody can ask it to stop.
  const stopServer = (milliseconds: number): void => server.interrupt(milliseconds);
  const faults = new Faults(network, { stopNode, startNode, stopServer, limitPulls });
  const handle = createHandler({ registry, store, clock, kubelet, faults });
  const resolve = (request: ApiRequest): ReturnType<typeof resolveExec> =>
    resolveExec({ registry, kubelet }, request);
  const idle = options.idle && new IdleWatch({ clock, after: options.idleAfter, idle: options.idle });
  const server = await listen({
    certificate: secrets.certificate,
    port: options.port,
    authenticate,
    handle,
    resolveExec: resolve,
    resolvePortForward: (request) => resolvePortForward({ registry, kubelet }, request),
    activity: idle,
    report,
  });

  return {
    port: server.port,
    kubeconfig: (identity, namespace) =>
      kubeconfig({
        port: server.port,
        authority: secrets.certificate.authority,
        credentials: secrets.credentials,
        identities: [identity],
        namespace,
      }),
    close: async () => {
      idle?.stop();
      await server.close();
      await controllers.stop();
      await disk?.log.close();
    },
  };
}

/** The highest number that a Node of ours has. */
function numberOfNodes(store: Pick<Store, 'list'>): number {
  const numbers = store
    .list('nodes')
    .map(({ metadata }) => Number(/^node-(\d{1,3})$/.exec(metadata.name)?.[1] ?? 0));
  return Math.max(0, ...numbers.filter((number) => number <= MOST_NODES));
}

function openLog(folder: string, report: (error: unknown) => void): ReturnType<typeof WriteAheadLog.open> {
  return WriteAheadLog.open({
    folder: diskFolder(folder),
    keep: (resource) => !NOT_KEPT.has(resource),
    report,
  });
}
