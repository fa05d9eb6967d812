/** A few aliases of aliases can stand for more than memory holds. */
export class ExcessiveAliasing extends Error {
  constructor() {
    super('document contains excessive aliasing');
    this.name = 'ExcessiveAliasing';
  }
}

/** Values beside those that are written out. */
const MOST_REPEATED = 100_000;

/**
 * The documents of a text of YAML, each as small as it looks.
 *
 * @throws {YAMLException | ExcessiveAliasing}
 */
export async function loadYaml(text: string): Promise<unknown[]> {
  // Large, and seldom asked for.
  const { loadAll } = await import('js-yaml');
  const documents = loadAll(text);
  let left = text.length + MOST_REPEATED;
  const rest: unknown[] = [...documents];
  while (rest.length > 0) {
    const value = rest.pop();
    // An alias may stand within what it stands for: there is no other end to that.
    if (--left < 0) throw new ExcessiveAliasing();
    if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) rest.push(each);
  }
  return documents;
}
