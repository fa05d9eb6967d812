/** What was found out about a fact: one line for each value, or why nothing could be. */
export interface FactValue {
  values: string[];
  known: boolean;
}

export function known(...values: string[]): FactValue {
  return { values, known: true };
}

export function unknown(why: string): FactValue {
  return { values: [why], known: false };
}
