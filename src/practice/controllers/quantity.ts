import { nanos } from '../api/quantity.ts';

/** The number that a quantity as `250m` or `64Mi` stands for; the registry has validated it. */
export function parseQuantity(quantity: string | number): number {
  return Number(nanos(String(quantity)) ?? 0n) / 1e9;
}
