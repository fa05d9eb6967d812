import { expect, test } from 'vitest';
import { Network } from '../../../src/practice/network/network.ts';

test('whoever fails again while sending again waits for the next time', () => {
  const network = new Network(() => undefined);
  const sent: string[] = [];
  const sender = {
    retransmit(): void {
      sent.push('first');
      network.unstall(sender);
      network.unstall(other);
      network.stall(sender);
    },
  };
  const other = { retransmit: (): void => void sent.push('other') };
  network.stall(sender);
  network.stall(other);
  network.retransmit();
  expect(sent).toEqual(['first']);
  network.retransmit();
  expect(sent).toEqual(['first', 'first']);
});
