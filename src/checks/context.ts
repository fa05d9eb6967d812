import type { Api } from '../cluster/api.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { Verdict } from './verdict.ts';

/** What a check may use. It sees the cluster through `api` only. */
export interface CheckContext {
  api: Api;
  /** The lesson's namespace. */
  namespace: string;
  /** Where a misplaced object is looked for: `default` and the kubeconfig's namespace. */
  otherNamespaces: string[];
  /** The lesson's Pods, by name. */
  lessonPods: ReadonlyMap<string, LessonPod>;
  origin: 'measured' | 'simulated';
  /** A fresh word of letters and digits that nobody can guess. */
  nonce(): string;
  /** The kubectl line for these arguments, pointing at the session's cluster and namespace. */
  kubectl(...args: string[]): string;
  /** Says what is being waited for. */
  waiting(what: string): void;
  /** Says what is expected, before anything is probed. */
  expecting(what: string): void;
  nodes: NodeAccess;
  /** What the check of this id found the last time in this session; undefined when it never ran. */
  before(check: string): Pick<Verdict, 'outcome' | 'code'> | undefined;
}

/** Where a Pod of the lesson comes from. */
export interface LessonPod {
  /** The number of the page on which it is made, from 1. */
  page: number;
  maker: 'learner' | 'tutor';
}

/** How checks get at Nodes. */
export interface NodeAccess {
  /**
   * A container in the network of this Node, by a Pod of ours that all checks share; undefined where the learner has not
   * allowed one, and the cluster does not offer it.
   *
   * @throws {ApiError | TransportError | HelperPodFailure}
   */
  shell(node: string): Promise<ContainerReference | undefined>;
  /**
   * Makes a small Pod of ours for as long as `use` takes.
   *
   * @param probe the readiness probe of its container, which does nothing by itself
   * @throws {ApiError | TransportError}
   */
  withProbe<T>(node: string, probe: object, use: (pod: string) => Promise<T>): Promise<T>;
  /** Who does what a page asks for: the learner, or in a demonstration the tutor. */
  performer: 'learner' | 'tutor';
}

/** A Pod of ours did not start: that says nothing about the network. */
export class HelperPodFailure extends Error {
  readonly pod: string;
  readonly node: string;
  /** The code of what is wrong with it, as `podTrouble` says it, where that is known. */
  readonly trouble: string | undefined;

  constructor(pod: string, node: string, message: string, trouble?: string) {
    super(message);
    this.name = 'HelperPodFailure';
    this.pod = pod;
    this.node = node;
    this.trouble = trouble;
  }
}
