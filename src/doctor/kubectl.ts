import { attention, type Finding, ok } from './finding.ts';

const ABOUT = 'kubectl';

/** The kubectl in PATH: where it is, and what `kubectl version --client` says; undefined when there is none. */
export interface Kubectl {
  path: string;
  version: string | undefined;
}

/** kubectl is supported one minor version either side of the API server (Kubernetes' version skew policy). */
export function examineKubectl(kubectl: Kubectl | undefined, server: string | undefined): Finding {
  if (kubectl === undefined)
    return attention(
      ABOUT,
      'kubectl-missing',
      'there is none in PATH; the tutor needs none, but the lesson teaches with it',
      'Install it: https://kubernetes.io/docs/tasks/tools',
      'Or work without: solve and shell do what the pages say.',
    );
  const { path, version } = kubectl;
  if (version === undefined)
    return attention(
      ABOUT,
      'kubectl-broken',
      `${path} does not tell its version`,
      `Try it: ${path} version --client`,
    );
  const [own, other] = [minorOf(version), server === undefined ? undefined : minorOf(server)];
  if (own === undefined || other === undefined || Math.abs(own - other) <= 1)
    return ok(ABOUT, 'kubectl-found', `${path}, ${version}`);
  return attention(
    ABOUT,
    'kubectl-skew',
    `${path} is ${version}, the cluster ${server}: they are more than one minor version apart, which mostly works but is not promised`,
    'If a command of the lesson misbehaves, use a kubectl of the version of the cluster.',
  );
}

/** `v1.34.0` is 34. Only version 1 exists. */
export function minorOf(version: string): number | undefined {
  const minor = /^v1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
