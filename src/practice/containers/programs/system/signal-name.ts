import { SIGNALS, type SignalName } from '../../process.ts';

/** `TERM`, `SIGTERM`, `sigterm` or `15`; undefined for what is no signal here. */
export function signalName(text: string): SignalName | undefined {
  const names = Object.keys(SIGNALS) as SignalName[];
  if (/^\d+$/.test(text)) return names.find((name) => SIGNALS[name] === Number(text));
  const full = text.toUpperCase().replace(/^(?:SIG)?/, 'SIG');
  return names.find((name) => name === full);
}
