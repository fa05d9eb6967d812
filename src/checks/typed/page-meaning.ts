import type { Check } from '../../lesson/check.ts';
import type { Step } from '../../lesson/lesson.ts';
import type { NodeReference } from '../../lesson/node-reference.ts';
import type { ContainerReference } from '../../lesson/pod-reference.ts';

/** Who asks on a page: a container, or a Node. */
export type Asker = { container: ContainerReference } | { node: NodeReference };

/** Whom a page calls, and at which port where it says so. */
export type Meant =
  | { pod: string; port: number }
  /** `server`: the check that calls one which the learner starts there. */
  | { node: NodeReference; port: number | undefined; server: string | undefined };

/** A line by which the learner sets a variable, `POD_ID=$(kubectl get pod web -o jsonpath='{.status.podIP}')`. */
export interface Assignment {
  variable: string;
  line: string;
  pod: string;
  field: 'podIP' | 'hostIP';
}

/** What a page is about, for whoever types its lines. */
export interface PageMeaning {
  askers: Asker[];
  meant: Meant[];
  assignments: Assignment[];
}

const ASSIGNMENT = /^(\w+)=\$\(kubectl get pod (\S+) -o jsonpath='\{\.status\.(podIP|hostIP)\}'\)$/;

export function meaningOf(step: Pick<Step, 'checks' | 'type'>): PageMeaning {
  return {
    askers: step.checks.flatMap(askersOf),
    meant: step.checks.flatMap(meantBy),
    assignments: step.type.flatMap((line) => {
      const [, variable, pod, field] = ASSIGNMENT.exec(line) ?? [];
      if (variable === undefined || pod === undefined || (field !== 'podIP' && field !== 'hostIP')) return [];
      return [{ variable, line, pod, field }];
    }),
  };
}

function askersOf(check: Check): Asker[] {
  switch (check.kind) {
    case 'ready':
      return [];
    case 'same-address':
      return [{ container: { pod: check.pod, container: check.containers[0]! } }];
    case 'node-to-pod':
      return [{ node: check.from }];
    case 'http':
    case 'reach':
    case 'source':
    case 'pod-to-node':
    case 'node-server':
      return [{ container: check.from }];
  }
}

function meantBy(check: Check): Meant[] {
  switch (check.kind) {
    case 'ready':
      return [];
    case 'same-address':
      return check.peer === undefined ? [] : [{ pod: check.peer, port: 80 }];
    case 'pod-to-node':
      return [{ node: check.to, port: undefined, server: undefined }];
    case 'node-server':
      return [{ node: check.to.node, port: check.to.port, server: check.id }];
    case 'http':
    case 'reach':
    case 'source':
    case 'node-to-pod': {
      const { host, port } = check.to;
      if (host.type === 'pod') return [{ pod: host.pod, port }];
      if (host.type === 'node') return [{ node: { type: 'node-of', pod: host.of }, port, server: undefined }];
      return 'pod' in check.from && 'container' in check.from ? [{ pod: check.from.pod, port }] : [];
    }
  }
}
