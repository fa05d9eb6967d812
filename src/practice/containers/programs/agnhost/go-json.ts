/** JSON as Go's json.Marshal writes a map: keys in order, and nothing that HTML would take for its own. */
export function goJson(value: Record<string, string | readonly string[]>): string {
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(sorted).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
