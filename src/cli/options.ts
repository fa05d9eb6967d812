import { InvalidArgumentError } from 'commander';

/** The options that every command takes. */
export interface Options {
  practice?: boolean;
  context?: string;
  kubeconfig?: string;
  namespace?: string;
  image: Record<string, string>;
  /** A yes to Pods in the network of Nodes. */
  allowNodeNetwork?: boolean;
  output: 'text' | 'json';
  plain: boolean;
  /** Milliseconds. */
  timeout?: number;
  verbose: boolean;
}

/** `90`, `90s` or `2m`, in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,5})(s|m)?$/.exec(text);
  const seconds = match === null ? 0 : Number(match[1]) * (match[2] === 'm' ? 60 : 1);
  if (seconds === 0) throw new InvalidArgumentError('Write seconds or minutes: 90s, 2m.');
  return seconds * 1000;
}

/** `CONTAINER=IMAGE`, may be given several times. */
export function parseImage(text: string, images: Record<string, string> = {}): Record<string, string> {
  const match = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)=([A-Za-z0-9][\w./:@-]{0,254})$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('Write CONTAINER=IMAGE, as in shell=registry.example/curl:1.');
  return { ...images, [match[1]!]: match[3]! };
}

export function parseOutput(text: string): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text;
  throw new InvalidArgumentError('Known: text, json.');
}

/** A namespace's name, as Kubernetes has it (RFC 1123 label). */
export function parseNamespace(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('A namespace has lower-case letters, digits and dashes, at most 63.');
}
