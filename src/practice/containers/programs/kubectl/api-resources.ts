import type { Command } from './command.ts';
import { option } from './options.ts';
import { table } from './tab-writer.ts';

export const apiResources: Command = {
  name: 'api-resources',
  summary: 'Print the supported API resources on the server',
  options: [
    option.value('output', 'o'),
    option.value('api-group'),
    option.value('namespaced'),
    option.list('verbs'),
    option.flag('no-headers'),
    option.flag('cached'),
    option.value('sort-by'),
    option.list('categories'),
  ],
  async run(session) {
    const { options, process } = session;
    const [group, namespaced] = [options.get('api-group'), options.get('namespaced')];
    const types = (await session.discovery.types())
      .filter(
        (type) =>
          (group === undefined || type.group === group) &&
          (namespaced === undefined || type.namespaced === (namespaced === 'true')) &&
          options.all('verbs').every((verb) => type.verbs.includes(verb)),
      )
      .sort((a, b) => (`${a.group} ${a.plural}` < `${b.group} ${b.plural}` ? -1 : 1));
    if (options.get('output') === 'name') {
      for (const { plural, group } of types)
        await process.print(`${[plural, group].filter(Boolean).join('.')}\n`);
      return 0;
    }
    const isWide = options.get('output') === 'wide';
    const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'];
    const rows = types.map(({ plural, shortNames, apiVersion, namespaced, kind, verbs, categories }) => [
      plural,
      shortNames.join(','),
      apiVersion,
      String(namespaced),
      kind,
      ...(isWide ? [verbs.join(','), categories.join(',')] : []),
    ]);
    const headers = options.flag('no-headers')
      ? []
      : [[...header, ...(isWide ? ['VERBS', 'CATEGORIES'] : [])]];
    await process.print(table([...headers, ...rows]));
    return 0;
  },
};
