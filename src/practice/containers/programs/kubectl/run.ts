import type { Command } from './command.ts';
import { announce, post, WRITING } from './create.ts';
import { PODS } from './discovery.ts';
import { failure } from './failure.ts';
import { option } from './options.ts';

export const run: Command = {
  name: 'run',
  summary: 'Run a particular image on the cluster',
  usage: 'NAME --image=image [--env="key=value"] [--port=port] [--command] -- [COMMAND] [args...]',
  options: [
    option.value('image'),
    option.value('image-pull-policy'),
    option.value('restart'),
    option.value('port'),
    option.value('env'),
    option.list('labels', 'l'),
    option.flag('command'),
    option.flag('stdin', 'i'),
    option.flag('tty', 't'),
    option.flag('rm'),
    ...WRITING,
  ],
  async run(session, { operands }) {
    const { options } = session;
    const [name, ...words] = operands;
    if (name === undefined) throw failure('NAME is required for run');
    const image = options.get('image') ?? '';
    if (image === '') throw failure('required flag(s) "image" not set');
    for (const missing of ['stdin', 'tty', 'rm'])
      if (options.flag(missing))
        throw failure(`"run --${missing}" is not modelled by the practice cluster; use run, then exec`);
    const port = options.get('port');
    const policy = options.get('image-pull-policy');
    const env = options.all('env').map((each) => /^([^=]+)=([^]*)$/.exec(each));
    if (env.includes(null)) throw failure(`invalid env: ${options.all('env').join(' ')}`);
    const labels = options.has('labels') ? pairsOf(options.all('labels')) : { run: name };
    const container = {
      name,
      image,
      ...(policy === undefined ? {} : { imagePullPolicy: policy }),
      ...(words.length === 0 ? {} : { [options.flag('command') ? 'command' : 'args']: words }),
      ...(env.length === 0 ? {} : { env: env.map((found) => ({ name: found![1], value: found![2] })) }),
      ...(port === undefined ? {} : { ports: [{ containerPort: Number(port) }] }),
      resources: {},
    };
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: {
        containers: [container],
        dnsPolicy: 'ClusterFirst',
        restartPolicy: options.get('restart') ?? 'Always',
      },
    };
    const manifest = { type: PODS, namespace: session.namespace, object, source: '' };
    await announce(session, PODS, await post(session, manifest, object, 'kubectl-run'), 'created');
    return 0;
  },
};

function pairsOf(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((each): [string, string] => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(each) ?? [];
      if (name === undefined || value === undefined) throw failure(`unexpected label spec: ${each}`);
      return [name, value];
    }),
  );
}
