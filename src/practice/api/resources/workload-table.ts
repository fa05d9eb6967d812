import type { Cell, Column, Subresource } from '../resource.ts';
import { labelSelectorText } from './label-selector.ts';
import type { Deployment, ReplicaSet } from './workload.ts';

/** How many Pods are wanted, as `kubectl scale` reads and writes it. */
export const SCALE: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
};

export const WORKLOAD_COLUMNS: Column[] = [
  {
    name: 'Containers',
    type: 'string',
    priority: 1,
    description: 'Names of each container in the template.',
  },
  {
    name: 'Images',
    type: 'string',
    priority: 1,
    description: 'Images referenced by each container in the template.',
  },
  { name: 'Selector', type: 'string', priority: 1, description: 'Label selector for pods.' },
];

export function workloadCells({ template, selector }: (Deployment | ReplicaSet)['spec']): Cell[] {
  const containers = template.spec?.containers ?? [];
  return [
    containers.map(({ name }) => name).join(','),
    containers.map(({ image = '' }) => image).join(','),
    labelSelectorText(selector),
  ];
}
