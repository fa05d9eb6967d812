import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event, type ScalarEvent } from 'js-yaml';
import type { Finding } from './diagnostic.ts';

/** A node of a YAML document with its places in the source (offsets; -1: it has no text of its own). */
export interface YamlNode {
  start: number;
  /** Where a scalar's raw text begins and ends. */
  range: [number, number];
  entries: Map<string, { key: number; node: YamlNode }>;
  items: YamlNode[];
}

/** Something the strict loader refuses, at an offset of the source. */
export interface YamlFinding extends Finding {
  offset: number;
}

interface Frame {
  node: YamlNode;
  kind: 'document' | 'mapping' | 'sequence';
  key?: { text: string; start: number } | undefined;
}

// What YAML 1.1 (which kubectl reads) and 1.2 (which this loader reads) understand differently.
const AMBIGUOUS = /^(?:y|yes|n|no|on|off|[-+]?0[0-9_]+|[-+]?0[ob][0-9_]+|[-+]?[0-9][0-9]*_[0-9_]*)$/i;
const NOT_A_STRING =
  /^(?:|~|null|true|false|[-+]?[0-9]+|0x[0-9a-f]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?|[-+]?\.inf|\.nan)$/i;
// C0 (but tab and line feed), DEL, C1, and the bidirectional controls that make a text read otherwise than it is.
const CONTROL = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

/** Builds the node tree of each document from parser events, and finds what a strict loader must refuse. */
export function nodesOf(
  text: string,
  events: readonly Event[],
): { documents: YamlNode[]; findings: YamlFinding[] } {
  const documents: YamlNode[] = [];
  const findings: YamlFinding[] = [];
  const frames: Frame[] = [];
  let end = 0;

  const add = (node: YamlNode, name?: string): void => {
    const frame = frames.at(-1);
    if (frame === undefined) return;
    if (frame.kind === 'sequence') frame.node.items.push(node);
    else if (frame.kind === 'document') documents.push(node);
    else if (frame.key === undefined) {
      if (name === undefined) {
        findings.push({ ...refused('yaml-key', 'a key must be a plain string'), offset: node.start });
      }
      frame.key = { text: name ?? '', start: node.start };
    } else {
      const { text: key, start } = frame.key;
      const first = frame.node.entries.get(key);
      frame.key = undefined;
      if (first === undefined) frame.node.entries.set(key, { key: start, node });
      else
        findings.push({ ...refused('yaml-duplicate-key', `key \`${key}\` is given twice`), offset: start });
    }
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        frames.push({ kind: 'document', node: emptyNode() });
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const node = { ...emptyNode(), start: propertyStart(event) ?? event.start };
        frames.push({ kind: event.type === EVENT_ID.MAPPING ? 'mapping' : 'sequence', node });
        end = Math.max(end, event.start);
        break;
      }
      case EVENT_ID.SCALAR: {
        const frame = frames.at(-1);
        const isKey = frame?.kind === 'mapping' && frame.key === undefined;
        const node = { ...emptyNode(), start: scalarStart(text, event, end) };
        node.range = [event.valueStart, event.valueEnd];
        const value = getScalarValue(text, event);
        for (const finding of scalarFindings(event, value, isKey))
          findings.push({ ...finding, offset: node.start });
        add(node, value);
        end = Math.max(end, event.valueEnd);
        break;
      }
      case EVENT_ID.ALIAS:
        findings.push({
          ...refused('yaml-alias', 'anchors and aliases are not allowed here', 'write the value out'),
          offset: event.anchorStart - 1,
        });
        add({ ...emptyNode(), start: event.anchorStart - 1 }, text.slice(event.anchorStart, event.anchorEnd));
        break;
      case EVENT_ID.POP: {
        const frame = frames.pop();
        if (frame !== undefined && frame.kind !== 'document') add(frame.node);
        break;
      }
    }
  }
  return { documents, findings };
}

function scalarFindings(event: ScalarEvent, value: string, isKey: boolean): Finding[] {
  const findings: Finding[] = [];
  const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart === -1;
  if (CONTROL.test(value)) {
    findings.push(refused('yaml-control-character', 'control characters are not allowed in text'));
  }
  if (plain && AMBIGUOUS.test(value)) {
    const hint = `write "${value}" for the text, or the value in another form`;
    findings.push(
      refused('yaml-ambiguous', `\`${value}\` means different things to YAML 1.1 and YAML 1.2`, hint),
    );
  } else if (isKey && plain && NOT_A_STRING.test(value)) {
    findings.push(refused('yaml-key', `key \`${value}\` is not a string`, `quote it: "${value}"`));
  }
  if (isKey && plain && value === '<<') {
    findings.push(refused('yaml-merge-key', 'merge keys are not allowed here', 'write the keys out'));
  }
  if (isKey && value === '__proto__') findings.push(refused('yaml-key', 'key `__proto__` is not allowed'));
  return findings;
}

function refused(code: string, message: string, hint?: string): Finding {
  return hint === undefined ? { code, message } : { code, message, hint };
}

function emptyNode(): YamlNode {
  return { start: -1, range: [-1, -1], entries: new Map(), items: [] };
}

/** Where a node's tag or anchor begins, whichever is first. */
function propertyStart(event: { tagStart: number; anchorStart: number }): number | undefined {
  const starts = [event.tagStart, event.anchorStart - 1].filter((start) => start >= 0);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

function scalarStart(text: string, event: ScalarEvent, previousEnd: number): number {
  const start = propertyStart(event);
  if (start !== undefined || event.valueStart === -1) return start ?? -1;
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return quoted ? event.valueStart - 1 : blockHeader(text, previousEnd, event.valueStart);
}

/** A block scalar's value begins on the line below its `|` or `>`: the header is what is pointed at. */
function blockHeader(text: string, from: number, valueStart: number): number {
  for (let at = from; at < valueStart; at++) {
    const character = text[at];
    if (character === '|' || character === '>') return at;
    if (character === '#') while (at < valueStart && text[at] !== '\n' && text[at] !== '\r') at++;
  }
  return valueStart;
}
