import type { Process } from '../../process.ts';

/** curl's progress meter: shown on stderr when the body doesn't go to a terminal. */
export class Meter {
  private readonly process: Process;
  private readonly isOn: boolean;
  private begun = 0;
  private hasHeader = false;
  private lastShown = -1;

  constructor(process: Process, isOn: boolean) {
    this.process = process;
    this.isOn = isOn;
  }

  /** @param now milliseconds since 1970, with fractions */
  async start(now: number): Promise<void> {
    this.begun = now;
    if (!this.isOn) return;
    if (!this.hasHeader) await this.process.complain(HEADER);
    this.hasHeader = true;
    await this.show(now, { received: 0, expected: undefined, sent: 0 });
  }

  async show(now: number, amounts: Amounts): Promise<void> {
    if (!this.isOn) return;
    this.lastShown = now;
    await this.process.complain(`\r${line(now - this.begun, amounts)}`);
  }

  async finish(now: number, amounts: Amounts): Promise<void> {
    if (!this.isOn || this.lastShown < 0) return;
    await this.process.complain(`\r${line(now - this.begun, amounts)}\n`);
  }
}

interface Amounts {
  received: number;
  expected: number | undefined;
  sent: number;
}

const HEADER = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`;

function line(elapsed: number, { received, expected, sent }: Amounts): string {
  const seconds = Math.max(elapsed, 0.001) / 1000;
  const down = received / seconds;
  const up = sent / seconds;
  const total = (expected ?? received) + sent;
  const percent = (part: number, whole: number): string =>
    String(whole > 0 ? Math.floor((100 * part) / whole) : 0).padStart(3);
  const isKnown = expected !== undefined && down > 0;
  const duration = isKnown ? Math.floor(expected / down) : 0;
  const spent = Math.floor(elapsed / 1000);
  const columns = [
    `${percent(received + sent, total)} ${amount(total)} `,
    `${percent(isKnown ? received : 0, expected ?? 0)} ${amount(received)} `,
    `${percent(sent, sent)} ${amount(sent)} `,
    `${amount(down)} `,
    amount(up),
    time(duration),
    time(spent),
    time(Math.max(0, duration - spent)),
    amount(down + up),
  ];
  return columns.join(' ');
}

const KIB = 1024;

/** Five columns: 99999, 100k, 12.3M. */
export function amount(bytes: number): string {
  if (bytes < 100_000) return String(Math.floor(bytes)).padStart(5);
  if (bytes < 10_000 * KIB) return `${Math.floor(bytes / KIB)}k`.padStart(5);
  let size = bytes / KIB;
  for (const unit of ['M', 'G', 'T', 'P']) {
    size /= KIB;
    if (size < 100) return `${(Math.floor(size * 10) / 10).toFixed(1)}${unit}`.padStart(5);
    if (size < 10_000) return `${Math.floor(size)}${unit}`.padStart(5);
  }
  return 'large';
}

function time(seconds: number): string {
  if (seconds <= 0) return '--:--:--';
  const two = (number: number): string => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  if (hours <= 99)
    return `${String(hours).padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${String(Math.floor(hours / 24)).padStart(3)}d ${two(hours % 24)}h`;
}
