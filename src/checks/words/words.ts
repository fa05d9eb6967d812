/** The words for one verdict code. `next` names what to do, most likely remedy first. */
export interface Words {
  /** What was found, one sentence. */
  said: (details: Details) => string;
  why?: string;
  next?: (details: Details) => string[];
}

/** Names and values that the check found. */
export type Details = Record<string, string>;

export const SHARED_NETWORK =
  'The containers of a Pod share one network namespace: one address, one set of ports, one localhost.';
export const TRY_AGAIN = ['Run k8snet-tutor check again.'];
