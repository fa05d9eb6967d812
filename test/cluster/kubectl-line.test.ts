import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubectlPointing, kubectlLine, pointKubectl } from '../../src/cluster/kubectl-line.ts';
import { factor } from '../support/prove.ts';

const NOWHERE: KubectlPointing = { kubeconfig: undefined, context: undefined, namespace: undefined };
const LESSON: KubectlPointing = { ...NOWHERE, namespace: 'k8snet-x' };
const ALL: KubectlPointing = { kubeconfig: "/tmp/it's here", context: 'kind a', namespace: 'k8snet-x' };

describe('kubectlLine', () => {
  it.each<[KubectlPointing, string[], string]>([
    [NOWHERE, ['get', 'pods'], 'kubectl get pods'],
    [LESSON, ['get', 'pods'], 'kubectl -n k8snet-x get pods'],
    [
      ALL,
      ['get', 'pod', 'web'],
      String.raw`kubectl --kubeconfig '/tmp/it'\''s here' --context 'kind a' -n k8snet-x get pod web`,
    ],
    [LESSON, ['get', 'nodes'], 'kubectl get nodes'],
    [LESSON, ['get', 'node', 'n1', '-o', 'yaml'], 'kubectl get node n1 -o yaml'],
    [LESSON, ['describe', 'namespace', 'x'], 'kubectl describe namespace x'],
    [LESSON, ['get', 'ns'], 'kubectl get ns'],
    [LESSON, ['create', 'namespace', 'x'], 'kubectl create namespace x'],
    [LESSON, ['delete', 'namespace', 'x'], 'kubectl delete namespace x'],
    [LESSON, ['version'], 'kubectl version'],
    [LESSON, ['-n', 'other', 'get', 'pods'], 'kubectl -n other get pods'],
    [LESSON, ['get', 'pods', '-A'], 'kubectl get pods -A'],
    [LESSON, ['get', 'pods', '--namespace=other'], 'kubectl get pods --namespace=other'],
    [
      LESSON,
      ['exec', 'web', '--', 'sh', '-c', 'echo $HOME'],
      "kubectl -n k8snet-x exec web -- sh -c 'echo $HOME'",
    ],
    [LESSON, ['exec', 'web', '--', 'head', '-n', '1'], 'kubectl -n k8snet-x exec web -- head -n 1'],
    [
      LESSON,
      ['get', 'pod', 'web', '-o', "jsonpath='{.a}'"],
      "kubectl -n k8snet-x get pod web -o jsonpath='{.a}'",
    ],
    [LESSON, ['get', 'pods', '-l', ''], "kubectl -n k8snet-x get pods -l ''"],
  ])('%j %j', (pointing, args, line) => {
    expect(kubectlLine(pointing, args)).toBe(line);
  });

  it('is read by a shell as what was meant', () => {
    const words = (line: string): string[] =>
      execFileSync('/bin/sh', ['-c', `kubectl() { printf '%s\\0' "$@"; }\n${line}`], { encoding: 'utf8' })
        .split('\0')
        .slice(0, -1);
    // The kernel takes no NUL in an argument.
    const word = fc
      .string({ unit: 'grapheme' })
      .filter((each) => !each.includes('\0') && !each.startsWith("jsonpath='"));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (args) => {
        expect(words(kubectlLine(NOWHERE, ['exec', ...args]))).toEqual(['exec', ...args]);
      }),
      { numRuns: 50 * factor },
    );
  });
});

describe('pointKubectl', () => {
  it.each<[string, string]>([
    ['kubectl get pods', 'kubectl -n k8snet-x get pods'],
    ['kubectl get nodes', 'kubectl get nodes'],
    ['kubectl get pods -n default', 'kubectl get pods -n default'],
    ['kubectl get pods --all-namespaces', 'kubectl get pods --all-namespaces'],
    ['kubectl -n default delete pod web', 'kubectl -n default delete pod web'],
    [
      "POD_IP=$(kubectl get pod web -o jsonpath='{.status.podIP}')",
      "POD_IP=$(kubectl -n k8snet-x get pod web -o jsonpath='{.status.podIP}')",
    ],
    ['POD_IP="$(kubectl get pod web)"', 'POD_IP="$(kubectl -n k8snet-x get pod web)"'],
    ['A=`kubectl get pod web`', 'A=`kubectl -n k8snet-x get pod web`'],
    [
      'kubectl get pods -o name | xargs kubectl delete',
      'kubectl -n k8snet-x get pods -o name | xargs kubectl -n k8snet-x delete',
    ],
    ['kubectl get pods | head -n 1', 'kubectl -n k8snet-x get pods | head -n 1'],
    [
      'kubectl get pods -n default; kubectl get pods',
      'kubectl get pods -n default; kubectl -n k8snet-x get pods',
    ],
    [
      'kubectl apply -f a.yml && kubectl get pods',
      'kubectl -n k8snet-x apply -f a.yml && kubectl -n k8snet-x get pods',
    ],
    [
      'kubectl exec -it web -c shell -- head -n 1 /f',
      'kubectl -n k8snet-x exec -it web -c shell -- head -n 1 /f',
    ],
    ['Watch it: kubectl get pod web -w', 'Watch it: kubectl -n k8snet-x get pod web -w'],
    ['kubectl version', 'kubectl version'],
    ['kubectl config get-contexts', 'kubectl config get-contexts'],
    ['kubectl', 'kubectl'],
    ['kubectl --help', 'kubectl -n k8snet-x --help'],
    ['mykubectl get pods', 'mykubectl get pods'],
    ['kubectl-modern get pods', 'kubectl-modern get pods'],
    ['curl localhost', 'curl localhost'],
  ])('%s', (line, pointed) => {
    expect(pointKubectl(LESSON, line)).toBe(pointed);
    expect(pointKubectl(NOWHERE, line)).toBe(line);
  });

  it('adds nothing to a line that names them already', () => {
    const line = kubectlLine(ALL, ['delete', 'pod', 'web']);
    expect(pointKubectl(ALL, line)).toBe(line);
    expect(pointKubectl({ ...ALL, namespace: undefined }, 'kubectl --context=other get pods')).toBe(
      String.raw`kubectl --kubeconfig '/tmp/it'\''s here' --context=other get pods`,
    );
  });

  it('names no context where all of a kubeconfig is meant', () => {
    expect(pointKubectl({ ...ALL, kubeconfig: '/k' }, 'kubectl config get-contexts')).toBe(
      'kubectl --kubeconfig /k config get-contexts',
    );
  });

  it('names kubeconfig and context even where the whole cluster is meant', () => {
    expect(pointKubectl({ ...ALL, kubeconfig: '/k' }, 'kubectl get nodes')).toBe(
      "kubectl --kubeconfig /k --context 'kind a' get nodes",
    );
  });
});
