import { type FieldError, forbiddenField, invalid, required } from '../field-error.ts';
import { labelErrors, labelValue, qualifiedName } from '../names.ts';

/** As objects carry it, in which it is a field of theirs. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** What is wrong with one; values are to be right, as in all objects that are new. */
export function labelSelectorErrors(field: string, selector: LabelSelector): FieldError[] {
  const { matchLabels, matchExpressions = [] } = selector;
  return [
    ...labelErrors(matchLabels, `${field}.matchLabels`),
    ...matchExpressions.flatMap(({ key, operator, values = [] }, index) => {
      const at = `${field}.matchExpressions[${index}]`;
      return [
        ...operatorErrors(at, operator, values),
        ...qualifiedName(key).map((error) => invalid(`${at}.key`, key, error)),
        ...values.flatMap((value, nth) =>
          labelValue(value).map((error) => invalid(`${at}.values[${nth}]`, value, error)),
        ),
      ];
    }),
  ];
}

function operatorErrors(field: string, operator: string, values: readonly string[]): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return [];
      return [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return [];
      return [
        forbiddenField(
          `${field}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
      ];
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

/** As a table shows it: `app=web,tier in (a,b),!old`, in the order of the keys, or `<none>`. */
export function labelSelectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const requirements = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({
      key,
      text: expression(key, operator, values),
    })),
  ].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return requirements.length === 0 ? '<none>' : requirements.map(({ text }) => text).join(',');
}

function expression(key: string, operator: string, values: readonly string[]): string {
  const list = `(${[...values].sort().join(',')})`;
  switch (operator) {
    case 'In':
      return `${key} in ${list}`;
    case 'NotIn':
      return `${key} notin ${list}`;
    case 'Exists':
      return key;
    default:
      return `!${key}`;
  }
}
