import { cut } from './cut.ts';

/** UTF-16 units of one string: whoever reads JSON takes more than a screen does, but not everything. */
const MOST = 64 * 1024;
/** What JSON allows as it is, and what still steers a terminal, disguises text or ends a line somewhere. */
const RAW = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

/** A JSON document, several lines: what it says is as it was said, and harmless to look at. */
export function jsonText(document: unknown): string {
  const bounded = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? cut(value, (part) => part, MOST) : value;
  return JSON.stringify(document, bounded, 2).replace(
    RAW,
    (each) => String.raw`\u` + each.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}
