import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kubectl } from '../../../../../src/practice/containers/programs/kubectl/kubectl.ts';
import { run, testMachine } from '../../support/machine.ts';
import { PracticeTerminal } from './support/practice-terminal.ts';

let terminal: PracticeTerminal;
beforeAll(async () => {
  terminal = new PracticeTerminal('default');
  await vi.waitFor(async () => expect((await terminal.type('get sa default')).exit).toBe(0));
});
afterAll(() => terminal.stop());

/** As kubectl 1.32 words them; read off a real one. */
const WORDS: [command: string, stderr: string][] = [
  ['get', 'error: Required resource not specified.'],
  ['get pods --nosuch', "error: unknown flag: --nosuch\nSee 'kubectl get --help' for usage.\n"],
  ['get pods -Z', "error: unknown shorthand flag: 'Z' in -Z\nSee 'kubectl get --help' for usage.\n"],
  ['get pods -n', "error: flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage.\n"],
  ['get pods -o nosuch', 'error: unable to match a printer suitable for the output format "nosuch"'],
  ['get pods x -l a=b', 'error: name cannot be provided when a selector is specified\n'],
  ['nosuch', 'error: unknown command "nosuch" for "kubectl"\n'],
  ['gett', 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tget\n\tset\n'],
  [
    'port-forward pod/x 80',
    'error: "port-forward" is not modelled by the practice cluster; use your own kubectl\n',
  ],
  ['exec', 'error: pod, type/name or --filename must be specified\n'],
  ['exec x', 'error: you must specify at least one command for the container\n'],
  ['delete pod', 'error: resource(s) were provided, but no name was specified\n'],
  ['delete pod x --now --grace-period=3', 'error: --now and --grace-period cannot be specified together\n'],
  ['create', 'error: must specify one of -f and -k\n'],
  ['wait pod/x --for=nosuch', 'error: unrecognized condition: "nosuch"\n'],
  ['label pod x', 'error: at least one label update is required\n'],
  ['get pods --context=other', 'error: context "other" does not exist\n'],
];

describe('what kubectl says of mistakes', () => {
  it.each(WORDS)('%s', async (command, words) => {
    const { exit, stderr, stdout } = await terminal.type(command);
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain(words);
  });
});

const NODE = (name: string, hostNetwork: boolean): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: kube-public }
spec:
  hostNetwork: ${hostNetwork}
  terminationGracePeriodSeconds: 0
  containers: [{ name: shell, image: 'k8snet-tutor/node:1', command: [sleep, '99999'] }]
`;

describe('who has credentials', () => {
  it('a Pod on its Node’s network, whose namespace is the default one', async () => {
    await vi.waitFor(async () => expect((await terminal.type('get sa default -n kube-public')).exit).toBe(0));
    await terminal.type('apply -f -', NODE('on-node', true));
    await terminal.type('wait --for=condition=Ready pod/on-node -n kube-public --timeout=300s');
    const { stdout, stderr } = await terminal.type('exec on-node -n kube-public -- kubectl get pods -o name');
    expect(stdout + stderr).toBe('pod/on-node\n');
  });

  it('nobody else', async () => {
    const { stderr, status } = await run(testMachine(), ['kubectl', 'get', 'pods'], { program: kubectl });
    expect([stderr, status]).toEqual([
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
      1,
    ]);
  });
});
