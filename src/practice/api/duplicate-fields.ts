/** Strings, and what gives JSON its structure; numbers and words are passed over. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]/g;

/** An object with the keys it has had so far, or a list; and how what it is in names it. */
interface Level {
  keys: Set<string> | undefined;
  /** The key or the index that is being read. */
  at: string;
}

/**
 * The fields that stand more than once in an object, as strict decoding names them: `duplicate field "metadata.name"`. The
 * last one counts.
 *
 * @param json valid
 */
export function duplicateFields(json: string): string[] {
  const found = new Set<string>();
  const levels: Level[] = [];
  let isKey = false;
  for (const [token] of json.matchAll(TOKENS)) {
    const level = levels.at(-1);
    switch (token) {
      case '{':
        levels.push({ keys: new Set(), at: '' });
        isKey = true;
        break;
      case '[':
        levels.push({ keys: undefined, at: '0' });
        isKey = false;
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        isKey = level?.keys !== undefined;
        if (level !== undefined && level.keys === undefined) level.at = String(Number(level.at) + 1);
        break;
      case ':':
        isKey = false;
        break;
      default:
        if (!isKey || level?.keys === undefined) break;
        level.at = JSON.parse(token) as string;
        if (level.keys.has(level.at)) found.add(`duplicate field "${pathOf(levels)}"`);
        level.keys.add(level.at);
    }
  }
  return [...found];
}

function pathOf(levels: readonly Level[]): string {
  return levels.reduce(
    (path, { keys, at }) => (keys === undefined ? `${path}[${at}]` : path === '' ? at : `${path}.${at}`),
    '',
  );
}
