import { type ApiObject, at, isFields, textAt } from '../object.ts';
import { head } from './text.ts';

export function describeResourceQuota(quota: ApiObject): string {
  return `${head(quota)}Resource\tUsed\tHard\n--------\t----\t----\n${rows(quota, '')}`;
}

/** All quotas of a namespace under one title. */
export function resourceQuotasText(quotas: readonly ApiObject[]): string {
  if (quotas.length === 0) return 'No resource quota.\n';
  const texts = quotas.map(
    (quota) =>
      `  Name:\t${quota.metadata.name}\n  Resource\tUsed\tHard\n  --------\t---\t---\n${rows(quota, '  ')}`,
  );
  return `Resource Quotas\n${texts.join('')}`;
}

function rows(quota: ApiObject, indent: string): string {
  const hard = at(quota, 'status', 'hard');
  return Object.keys(isFields(hard) ? hard : {})
    .sort()
    .map((name) => {
      const used = textAt(quota, 'status', 'used', name) || '0';
      return `${indent}${name}\t${used}\t${textAt(hard, name)}\n`;
    })
    .join('');
}
