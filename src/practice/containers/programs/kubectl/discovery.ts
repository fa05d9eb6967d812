import { failure } from './failure.ts';

/** A type of resource that the server has. */
export interface ResourceType {
  group: string;
  version: string;
  /** As objects have it: `v1`, `apps/v1`. */
  apiVersion: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  verbs: readonly string[];
}

/** Pods, known without asking. */
export const PODS: ResourceType = {
  group: '',
  version: 'v1',
  apiVersion: 'v1',
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
};

interface Groups {
  items: {
    metadata: { name?: string };
    versions: {
      version: string;
      resources: {
        resource: string;
        singularResource: string;
        responseKind: { kind: string };
        scope: string;
        verbs: string[];
        shortNames?: string[];
        categories?: string[];
      }[];
    }[];
  }[];
}

/** What the server serves; asked for once, when somebody wants to know. */
export class Discovery {
  private readonly read: (path: string) => Promise<unknown>;
  private known: Promise<ResourceType[]> | undefined;

  constructor(read: (path: string) => Promise<unknown>) {
    this.read = read;
  }

  /** All types, in the server's order, the core group first. */
  types(): Promise<ResourceType[]> {
    this.known ??= Promise.all([this.read('/api'), this.read('/apis')]).then((answers) =>
      answers.flatMap((answer) => typesOf(answer as Groups)),
    );
    return this.known;
  }

  /** By plural, singular or short name, with or without its group. @throws {KubectlFailure} */
  async type(name: string): Promise<ResourceType> {
    const [wanted = '', ...group] = name.toLowerCase().split('.');
    const found = (await this.types()).find(
      (type) =>
        [type.plural, type.singular, ...type.shortNames].includes(wanted) &&
        (group.length === 0 || [type.group, `${type.version}.${type.group}`].includes(group.join('.'))),
    );
    if (found === undefined) throw failure(`the server doesn't have a resource type "${name}"`);
    return found;
  }

  /** Those of one argument: several with commas, or all of a category. @throws {KubectlFailure} */
  async typesOf(names: string): Promise<ResourceType[]> {
    const types: ResourceType[] = [];
    for (const name of names.split(',').filter((each) => each !== '')) {
      const ofCategory = (await this.types()).filter((type) => type.categories.includes(name));
      types.push(...(ofCategory.length > 0 ? ofCategory : [await this.type(name)]));
    }
    return types;
  }

  async kind(apiVersion: string, kind: string): Promise<ResourceType | undefined> {
    return (await this.types()).find((type) => type.apiVersion === apiVersion && type.kind === kind);
  }
}

function typesOf({ items }: Groups): ResourceType[] {
  return items.flatMap(({ metadata: { name: group = '' }, versions }) =>
    versions.flatMap(({ version, resources }) =>
      resources.map((each) => ({
        group,
        version,
        apiVersion: group === '' ? version : `${group}/${version}`,
        plural: each.resource,
        singular: each.singularResource,
        kind: each.responseKind.kind,
        namespaced: each.scope === 'Namespaced',
        shortNames: each.shortNames ?? [],
        categories: each.categories ?? [],
        verbs: each.verbs,
      })),
    ),
  );
}

/** As `-o name` and messages name it: `pod`, `deployment.apps`. */
export function shownType(type: ResourceType): string {
  return type.group === '' ? type.singular : `${type.singular}.${type.group}`;
}
