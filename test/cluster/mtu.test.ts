import { expect, it } from 'vitest';
import { mtuSuggestion } from '../../src/cluster/mtu.ts';

it.each([
  [1500, "is Ethernet's own, which suggests that nothing is wrapped"],
  [1460, "is that of Google's network, which suggests that nothing is wrapped"],
  [9001, "is that of AWS's network, which suggests that nothing is wrapped"],
  [1450, 'is 1500 - 50, as for VXLAN, which suggests that packets for other Nodes are wrapped'],
  [1480, 'is 1500 - 20, as for IP in IP, which suggests that packets for other Nodes are wrapped'],
  [1410, 'is 1460 - 50, as for VXLAN, which suggests that packets for other Nodes are wrapped'],
  [8951, 'is 9001 - 50, as for VXLAN, which suggests that packets for other Nodes are wrapped'],
  [
    1440,
    'is 1500 - 60, as for WireGuard, or 1460 - 20, as for IP in IP, which suggests that packets for other Nodes are wrapped',
  ],
  [1376, 'is none that we know, so it suggests nothing'],
])('%d', (mtu, words) => expect(mtuSuggestion(mtu)).toBe(words));
