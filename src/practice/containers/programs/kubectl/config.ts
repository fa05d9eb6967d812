import type { Command } from './command.ts';
import { SERVER } from './cluster-info.ts';
import { failure, usageFailure } from './failure.ts';
import { option } from './options.ts';
import { CONTEXT } from './session.ts';
import { table } from './tab-writer.ts';
import { writeYaml } from './yaml.ts';

export const config: Command = {
  name: 'config',
  summary: 'Show the kubeconfig',
  usage: 'SUBCOMMAND [options]',
  options: [
    option.flag('minify'),
    option.value('output', 'o'),
    option.flag('raw'),
    option.flag('no-headers'),
  ],
  async run({ process, namespace }, { operands }) {
    const [what = ''] = operands;
    switch (what) {
      case 'current-context':
        await process.print(`${CONTEXT}\n`);
        return 0;
      case 'get-contexts':
        await process.print(
          table([
            ['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'],
            ['*', CONTEXT, CONTEXT, CONTEXT, namespace],
          ]),
        );
        return 0;
      case 'view':
        await process.print(writeYaml(view(namespace)));
        return 0;
      case '':
        throw usageFailure('a subcommand is required: current-context, get-contexts, view', 'kubectl config');
      default:
        throw failure(`"config ${what}" is not modelled by the practice cluster; use your own kubectl`);
    }
  },
};

function view(namespace: string): unknown {
  return {
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': 'DATA+OMITTED', server: SERVER }, name: CONTEXT }],
    contexts: [{ context: { cluster: CONTEXT, namespace, user: CONTEXT }, name: CONTEXT }],
    'current-context': CONTEXT,
    kind: 'Config',
    preferences: {},
    users: [{ name: CONTEXT, user: { token: 'REDACTED' } }],
  };
}
