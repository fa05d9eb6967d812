import type { Column } from '../resource.ts';

/** Columns that every table has. */
export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
};

export const AGE: Column = {
  name: 'Age',
  type: 'string',
  description: 'CreationTimestamp is the server time when this object was created, in UTC.',
};
