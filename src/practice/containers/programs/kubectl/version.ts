import type { Command } from './command.ts';
import { textAt } from './object.ts';
import { option } from './options.ts';
import { writeJson } from './json.ts';
import { writeYaml } from './yaml.ts';

/** The kubectl whose words these are; it speaks to clusters from 1.31 to 1.34. */
const CLIENT = 'v1.33.0';
const KUSTOMIZE = 'v5.6.0';

export const version: Command = {
  name: 'version',
  summary: 'Print the client and server version information',
  options: [option.flag('client'), option.value('output', 'o'), option.flag('short')],
  async run(session) {
    const { options, process } = session;
    const server = options.flag('client') ? undefined : await session.read('/version');
    const output = options.get('output');
    if (output === 'yaml' || output === 'json') {
      const whole = {
        clientVersion: { major: '1', minor: '33', gitVersion: CLIENT, platform: 'linux/amd64' },
        kustomizeVersion: KUSTOMIZE,
        ...(server === undefined ? {} : { serverVersion: server }),
      };
      await process.print(output === 'yaml' ? writeYaml(whole) : `${writeJson(whole, 2)}\n`);
      return 0;
    }
    await process.print(`Client Version: ${CLIENT}\nKustomize Version: ${KUSTOMIZE}\n`);
    if (server !== undefined) await process.print(`Server Version: ${textAt(server, 'gitVersion')}\n`);
    return 0;
  },
};
