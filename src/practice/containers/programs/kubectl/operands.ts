import type { ResourceType } from './discovery.ts';
import { failure } from './failure.ts';
import type { Session } from './session.ts';

/** What the operands mean: one object, or all of a type. */
export interface Asked {
  type: ResourceType;
  /** Undefined for all of them. */
  name: string | undefined;
}

/** What is to be read: one object, or those that the selectors choose. */
export interface Reading {
  type: ResourceType;
  namespace: string | undefined;
  name: string | undefined;
}

/** `pods`, `pod a b`, `pod/a cm/b`, `pods,cm`. @throws {KubectlFailure} in k8s.io/cli-runtime's words */
export async function askedFor(session: Session, operands: readonly string[]): Promise<Asked[]> {
  const { discovery } = session;
  if (operands.some((each) => each.includes('/'))) {
    const asked: Asked[] = [];
    for (const each of operands) {
      const [names = '', name = '', ...more] = each.split('/');
      if (!each.includes('/'))
        throw failure(
          'there is no need to specify a resource type as a separate argument when passing arguments in resource/name form ' +
            `(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
        );
      if (names === '' || name === '' || more.length > 0)
        throw failure('arguments in resource/name form must have a single resource and name');
      asked.push({ type: await discovery.type(names), name });
    }
    return asked;
  }
  const [first = '', ...names] = operands;
  const types = await discovery.typesOf(first);
  if (names.length === 0) return types.map((type) => ({ type, name: undefined }));
  return types.flatMap((type) => names.map((name) => ({ type, name })));
}

/** The one Pod that a command is about: `NAME`, `pod/NAME`. @throws {KubectlFailure} */
export async function podName(session: Session, operand: string): Promise<string> {
  if (!operand.includes('/')) return operand;
  const [asked] = await askedFor(session, [operand]);
  if (asked?.type.plural !== 'pods')
    throw failure(`cannot attach to *${asked?.type.kind}: no Pod of its own`);
  return asked.name!;
}

/** Label and field selectors as the API takes them. */
export function selectors({ options }: Session): Record<string, string> {
  const [label, field] = [options.get('selector'), options.get('field-selector')];
  return {
    ...(label === undefined ? {} : { labelSelector: label }),
    ...(field === undefined ? {} : { fieldSelector: field }),
  };
}
