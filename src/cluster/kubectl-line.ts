import { shellWord } from '../shell-word.ts';

/** What a kubectl line must name so that it reaches the session's cluster and namespace from the learner's shell. */
export interface KubectlPointing {
  /** `--kubeconfig`, when the session was started with one. */
  kubeconfig: string | undefined;
  /** `--context`, when it is not the kubeconfig's current one. */
  context: string | undefined;
  /** `-n`, when the learner's shell is not known to have it. */
  namespace: string | undefined;
}

/** The kubectl line for these arguments, ready to be pasted into a POSIX shell. */
export function kubectlLine(pointing: KubectlPointing, args: string[]): string {
  const words = args.map((arg) => (arg.startsWith("jsonpath='") ? arg : shellWord(arg)));
  return ['kubectl', ...flags(pointing, words.join(' ')), ...words].join(' ');
}

/** Adds the same flags to every kubectl in a command line that an author wrote without them. */
export function pointKubectl(pointing: KubectlPointing, line: string): string {
  return line.replace(/(^|[\s$(|;&`:])kubectl (?=[a-z-])/g, (whole, before: string, at: number) => {
    const rest = line.slice(at + whole.length);
    const command = rest.split(/[|;&)]/)[0] ?? '';
    return `${before}${['kubectl', ...flags(pointing, command)].join(' ')} `;
  });
}

function flags(pointing: KubectlPointing, command: string): string[] {
  const own = command.split(' -- ')[0] ?? '';
  const has = (flag: string): boolean => new RegExp(`(^|\\s)--${flag}(\\s|=)`).test(own);
  const named = /(^|\s)(-n|--namespace|-A|--all-namespaces)(\s|=|$)/.test(own);
  // These look at the cluster as a whole.
  const clusterWide =
    /^(get|describe|create|delete) (nodes?|namespaces?|ns)\b|^(version|cluster-info|config|api-resources)\b/.test(
      command,
    );
  return [
    ...(pointing.kubeconfig === undefined || has('kubeconfig')
      ? []
      : ['--kubeconfig', shellWord(pointing.kubeconfig)]),
    ...(pointing.context === undefined || has('context') || /^config\b/.test(own)
      ? []
      : ['--context', shellWord(pointing.context)]),
    ...(pointing.namespace === undefined || named || clusterWide
      ? []
      : ['-n', shellWord(pointing.namespace)]),
  ];
}
