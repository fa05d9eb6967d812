/** As the API server: what is longer than this in all is cut. */
const MOST = 4096;

/** The value of the Warning header, whose text kubectl prints; undefined when there is nothing to say. */
export function warningHeader(warnings: readonly string[]): string | undefined {
  const values: string[] = [];
  let length = 0;
  for (const text of new Set(warnings)) {
    // A header's characters are bytes, and clients read these as UTF-8.
    const value = Buffer.from(`299 - ${JSON.stringify(text)}`)
      .toString('latin1')
      .replaceAll('\u007f', '');
    length += value.length;
    if (length > MOST) break;
    values.push(value);
  }
  return values.length === 0 ? undefined : values.join(', ');
}
