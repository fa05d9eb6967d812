import { type Line, live, modern, old, recorded } from '../line.ts';

/** Today's kubectl is compared with the recording, the old one with the real cluster. */
const each = (command: string, more?: Parameters<typeof live>[1]): Line[] => [
  recorded(command, { ...more, ...modern }),
  live(command, { ...more, ...old }),
];

/** Commands in containers: over WebSocket with today's kubectl, over SPDY/3.1 with the old one. */
export const exec: readonly Line[] = [
  ...each('exec multi-container -c shell -- curl -s localhost'),
  live(
    'exec multi-container -c shell -- curl -s -o /dev/null -w "%{http_code} %{remote_ip}" http://127.0.0.1',
  ),
  live('exec multi-container -c shell -- curl -s http://127.0.0.1:81'),
  ...each('exec multi-container -- nginx -v'),
  live('exec multi-container -c nginx -- nginx -v'),
  live('exec multi-container -c nope -- ls'),
  ...each('exec multi-container -c shell -- sh -c "exit 7"'),
  ...each('exec multi-container -c shell -- no-such-program'),
  ...each('exec multi-container -c shell /bin/sh'),
  ...each('exec -i multi-container -c shell -- cat', { stdin: 'hello\nworld\n' }),
  live('exec -i multi-container -c shell -- sh', { stdin: 'echo one\necho two >&2\nexit 3\n' }),
  live('exec -it multi-container -c shell -- cat', { stdin: 'no terminal\n' }),
  live('exec pod/multi-container -c shell -- hostname'),
  live('exec multi-container -c shell -- sh -c "echo out; echo err >&2; false"'),
  live('exec multi-container -c shell -- cat /etc/resolv.conf'),
  live('exec multi-container -c shell -- cat /etc/hosts'),
  live('exec multi-container -c shell -- sh -c "env | sort"'),
  live('exec multi-container -c shell -- pwd'),
  live('exec multi-container -c shell -- sh -c "ip route | grep default"'),
  live('exec multi-container -c shell -- sh -c "ip -4 addr show eth0 | grep inet"'),
  live('exec multi-container -c shell -- sh -c "ls /var/run/secrets/kubernetes.io/serviceaccount"'),
];

/** Connections to ports of a Pod, made while kubectl forwards them. */
export const forwarding: readonly Line[] = [
  live('port-forward --address 127.0.0.1 pod/multi-container :80', { asks: ['/', '/nosuch'] }),
  live('port-forward --address 127.0.0.1 pod/multi-container :81', { asks: ['/'] }),
  live('port-forward --address 127.0.0.1 multi-container :http'),
  live('port-forward nosuch :80'),
  live('port-forward multi-container'),
  live('port-forward multi-container 80:x'),
  live('port-forward multi-container :80 --as=nobody'),
  live('attach nosuch'),
  live('attach multi-container -c nope'),
  live('attach multi-container -c nginx --as=nobody'),
];

/** Pods that a terminal is attached to. */
export const sessions: readonly Line[] = [
  live('port-forward pending :80'),
  live('port-forward done :80'),
  live('attach pending'),
  live('attach done'),
  live('attach crash', old),
  live('run cat --image=busybox --restart=Never --rm -i -- cat', { stdin: 'one\ntwo\n' }),
  live('run seven --image=busybox --restart=Never --rm -i -- sh -c "cat; exit 7"', { stdin: 'x\n' }),
  live('run asked -i --image=busybox --restart=Never --command -- sh', { stdin: 'echo $((6*7))\nexit\n' }),
  live('get pod asked', { until: /Completed/ }),
  live('logs asked'),
  live('delete pod asked'),
];
