import type { Command } from './command.ts';

/** Where a Node finds its API server. */
export const SERVER = 'https://kubernetes.default.svc';

export const clusterInfo: Command = {
  name: 'cluster-info',
  summary: 'Display cluster information',
  options: [],
  async run(session) {
    await session.read('/version');
    const bold =
      session.process.files.get(1)?.tty === undefined
        ? ['', '', '']
        : ['\x1b[0;32m', '\x1b[0;33m', '\x1b[0m'];
    await session.process.print(
      `${bold[0]}Kubernetes control plane${bold[2]} is running at ${bold[1]}${SERVER}${bold[2]}\n\n` +
        "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    );
    return 0;
  },
};
