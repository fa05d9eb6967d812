import type { Clock } from '../clock.ts';
import type { FaultPort } from './faults.ts';
import type { ApiRequest } from './http.ts';
import type { KubeletPort } from './kubelet-port.ts';
import type { Registry } from './registry.ts';
import type { Store } from './store.ts';

/** A request and all that is needed to answer it. */
export interface Context {
  store: Store;
  registry: Registry;
  kubelet: KubeletPort;
  clock: Clock;
  /** Undefined where nothing can be broken. */
  faults?: FaultPort | undefined;
  request: ApiRequest;
  /** Tells the client something beside the answer. */
  warn: (message: string) => void;
}
