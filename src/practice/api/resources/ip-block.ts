import {
  contains,
  formatAddress,
  formatPrefix,
  parseAddress,
  parsePrefix,
  type Prefix,
  width,
} from '../../network/address.ts';
import { type FieldError, invalid, required } from '../field-error.ts';

/** Addresses that a NetworkPolicy speaks of. */
export interface IPBlock {
  cidr?: string;
  except?: string[];
}

const NO_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function ipBlockErrors(field: string, { cidr = '', except = [] }: IPBlock): FieldError[] {
  if (cidr === '') return [required(`${field}.cidr`)];
  const whole = readCidr(cidr);
  if (whole === undefined) return [invalid(`${field}.cidr`, cidr, NO_CIDR)];
  return except.flatMap((each, index) => {
    const at = `${field}.except[${index}]`;
    const part = readCidr(each);
    if (part === undefined) return [invalid(at, each, NO_CIDR)];
    return contains(whole, part) && whole.length < part.length
      ? []
      : [invalid(at, each, 'must be a strict subset of `cidr`')];
  });
}

/** What may have been meant otherwise: an address where a network is asked for. */
export function ipBlockWarnings(field: string, { cidr = '', except = [] }: IPBlock): string[] {
  return [
    ...ambiguity(`${field}.cidr`, cidr),
    ...except.flatMap((each, index) => ambiguity(`${field}.except[${index}]`, each)),
  ];
}

function ambiguity(field: string, cidr: string): string[] {
  const prefix = readCidr(cidr);
  const address = parseAddress(cidr.split('/')[0] ?? '');
  if (prefix === undefined || address === undefined || prefix.value === address.value) return [];
  const single = `${formatAddress(address)}/${width(address.family)}`;
  return [
    `${field}: CIDR value ${JSON.stringify(cidr)} is ambiguous in this context (should be ${JSON.stringify(formatPrefix(prefix))} or ${JSON.stringify(single)}?)`,
  ];
}

function readCidr(text: string): Prefix | undefined {
  return text.includes('/') ? parsePrefix(text) : undefined;
}
