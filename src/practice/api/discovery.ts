import { REVIEWS } from './access-reviews.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { RESOURCES } from './resources/index.ts';

/** One line of discovery. */
interface Entry {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: readonly {
    name: string;
    kind: string;
    group: string;
    version: string;
    verbs: readonly string[];
  }[];
}

/** Where something can be created, and nothing looked at. */
const BINDINGS: Entry = {
  group: '',
  version: 'v1',
  plural: 'bindings',
  singular: 'binding',
  kind: 'Binding',
  namespaced: true,
  verbs: ['create'],
  shortNames: [],
  categories: [],
  subresources: [],
};

const ENTRIES: readonly Entry[] = [
  BINDINGS,
  ...RESOURCES.map(entryOf),
  ...REVIEWS.map(({ group, plural, singular, kind }): Entry => ({
    ...BINDINGS,
    group,
    plural,
    singular,
    kind,
    namespaced: false,
  })),
];

function entryOf(resource: Resource): Entry {
  const { group, version } = resource;
  return {
    ...resource,
    subresources: resource.subresources.map((each) => ({
      name: each.name,
      kind: each.kind,
      group: each.group ?? group,
      version: each.version ?? version,
      verbs: each.verbs,
    })),
  };
}

/** The API groups in order, the core group first. */
export function groupNames(): string[] {
  return [...new Set(ENTRIES.map(({ group }) => group))].sort();
}

export function isServed(group: string, version: string): boolean {
  return ENTRIES.some((entry) => entry.group === group && entry.version === version);
}

/** /api and /apis in the form that one request is enough for. */
export function aggregated(version: 'v2' | 'v2beta1', groups: readonly string[]): unknown {
  const items = groups.map((group) => ({
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: versionsOf(group).map((each) => ({
      version: each,
      resources: entriesOf(group, each).map(aggregatedEntry),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedEntry(entry: Entry): unknown {
  return {
    resource: entry.plural,
    responseKind: { group: entry.group, version: entry.version, kind: entry.kind },
    scope: entry.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: entry.singular,
    verbs: entry.verbs,
    ...(entry.shortNames.length === 0 ? {} : { shortNames: entry.shortNames }),
    ...(entry.categories.length === 0 ? {} : { categories: entry.categories }),
    ...(entry.subresources.length === 0
      ? {}
      : {
          subresources: entry.subresources.map(({ name, kind, group, version, verbs }) => ({
            subresource: name,
            responseKind: { group, version, kind },
            verbs,
          })),
        }),
  };
}

/** /api. @param serverAddress as the client knows it */
export function apiVersions(serverAddress: string): unknown {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** /apis */
export function apiGroups(): unknown {
  const groups = groupNames().filter((group) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) };
}

/** /apis/GROUP */
export function apiGroup(group: string): unknown {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
}

function groupOf(group: string): { name: string } & Record<string, unknown> {
  const versions = versionsOf(group).map((version) => ({
    groupVersion: apiVersionOf({ group, version }),
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

/** /api/v1 and /apis/GROUP/VERSION */
export function resourceList(group: string, version: string): unknown {
  const resources = entriesOf(group, version).flatMap((entry) => [
    {
      name: entry.plural,
      singularName: entry.singular,
      namespaced: entry.namespaced,
      kind: entry.kind,
      verbs: entry.verbs,
      ...(entry.shortNames.length === 0 ? {} : { shortNames: entry.shortNames }),
      ...(entry.categories.length === 0 ? {} : { categories: entry.categories }),
    },
    ...entry.subresources.map((each) => ({
      name: `${entry.plural}/${each.name}`,
      singularName: '',
      namespaced: entry.namespaced,
      ...(each.group === group && each.version === version
        ? {}
        : { group: each.group, version: each.version }),
      kind: each.kind,
      verbs: each.verbs,
    })),
  ]);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources,
  };
}

function versionsOf(group: string): string[] {
  return [...new Set(ENTRIES.filter((entry) => entry.group === group).map(({ version }) => version))];
}

function entriesOf(group: string, version: string): Entry[] {
  return ENTRIES.filter((entry) => entry.group === group && entry.version === version);
}
