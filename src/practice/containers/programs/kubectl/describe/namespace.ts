import { type ApiObject, textAt } from '../object.ts';
import type { Session } from '../session.ts';
import { resourceQuotasText } from './resource-quota.ts';
import { annotations, pairs } from './text.ts';

export async function describeNamespace(namespace: ApiObject, session: Session): Promise<string> {
  const { name, labels } = namespace.metadata;
  const quotas = await session.list(await session.discovery.type('resourcequotas'), name);
  return (
    `Name:\t${name}\n${pairs('Labels', labels)}${annotations(namespace)}` +
    `Status:\t${textAt(namespace, 'status', 'phase')}\n\n${resourceQuotasText(quotas)}`
  );
}
