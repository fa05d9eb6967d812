/** As Go prints a time.Duration, in the parts that kubelet messages use: 10s, 1m20s, 5m0s, 143ms, 1.25s. */
export function goDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1000) return `${Math.trunc(milliseconds)}ms`;
  const whole = Math.trunc(milliseconds);
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor((whole % 3_600_000) / 60_000);
  const seconds = (whole % 60_000) / 1000;
  const parts = [`${seconds}s`];
  if (minutes > 0 || hours > 0) parts.unshift(`${minutes}m`);
  if (hours > 0) parts.unshift(`${hours}h`);
  return parts.join('');
}
