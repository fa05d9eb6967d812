/** Go's is 10,000; no object of this API comes near. */
const MOST_DEPTH = 500;

/** Whether JSON is nested deeper than can be walked down; so it is looked at level by level. */
export function isTooDeep(json: unknown): boolean {
  let level = [json];
  for (let depth = 0; depth < MOST_DEPTH; depth++) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}
