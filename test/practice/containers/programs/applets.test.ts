import { beforeAll, describe, expect, it } from 'vitest';
import { Pods, type Ran, type TestContainer } from './support/pods.ts';

const SLEEP = { command: ['sleep', '9999999'] };

const boxes = new Map<string, TestContainer>();
let address: string;

beforeAll(async () => {
  const pods = new Pods();
  const pod = pods.pod(1);
  address = pod.address;
  const server = pod.container('nginx:1.29');
  await server.settle();
  for (const [name, image] of [
    ['busybox', 'busybox:1.37'],
    ['alpine', 'alpine:3.22'],
    ['debian', 'nginx:1.29'],
  ] as const)
    boxes.set(name, pod.container(image, SLEEP));
  for (const box of boxes.values())
    await box.run("mkdir -p /w/d/e; cd /w; echo hi > d/f; ln -s f d/l; printf 'a b\\nc d\\n' > x");
});

type Case = [box: string, command: string, expected: Partial<Ran> | string, stdin?: string];

/** A text alone is stdout of a program that ends well. */
const cases: Case[] = [
  // Text.
  ['busybox', 'cat x', 'a b\nc d\n'],
  ['busybox', 'cat -n x', '     1\ta b\n     2\tc d\n'],
  [
    'busybox',
    'cat nope x',
    { stdout: 'a b\nc d\n', stderr: "cat: can't open 'nope': No such file or directory\n", status: 1 },
  ],
  ['debian', 'cat nope', { stderr: 'cat: nope: No such file or directory\n', status: 1 }],
  ['busybox', 'cat d', { stderr: 'cat: read error: Is a directory\n', status: 1 }],
  ['busybox', 'cat', 'ä\0\xff', 'ä\0\xff'],
  ['busybox', 'head -n 1 x', 'a b\n'],
  ['busybox', 'head -c 3 x', 'a b'],
  ['busybox', 'head -1 x', 'a b\n'],
  ['busybox', 'head -n -1 x', 'a b\n'],
  ['busybox', 'yes | head -n 2', 'y\ny\n'],
  ['busybox', 'head -n 1 x x', '==> x <==\na b\n\n==> x <==\na b\n'],
  ['busybox', 'head -n x /dev/null', { stderr: "head: invalid number 'x'\n", status: 1 }],
  ['debian', 'head -n x /dev/null', { stderr: "head: invalid number of lines: 'x'\n", status: 1 }],
  [
    'debian',
    'head -z3',
    { stderr: "head: invalid option -- 'z'\nTry 'head --help' for more information.\n", status: 1 },
  ],
  ['busybox', 'tail -n 1 x', 'c d\n'],
  ['busybox', 'tail -n +2 x', 'c d\n'],
  ['busybox', 'tail -c 2 x', 'd\n'],
  [
    'busybox',
    'tail /nope',
    { stderr: "tail: can't open '/nope': No such file or directory\ntail: no files\n", status: 1 },
  ],
  ['busybox', 'echo a > t; tail -f t & sleep 3; echo b >> t; sleep 3; kill %1', { stdout: 'a\nb\n' }],
  ['busybox', 'wc x', '        2         4         8 x\n'],
  ['busybox', 'wc -l x x', '        2 x\n        2 x\n        4 total\n'],
  ['busybox', 'wc -c < x', '8\n'],
  ['busybox', 'echo a b | wc', '        1         2         4\n'],
  ['busybox', 'grep a x', 'a b\n'],
  ['busybox', 'grep -n . x', '1:a b\n2:c d\n'],
  ['busybox', 'grep -c -v a x', '1\n'],
  [
    'busybox',
    'grep a nope x',
    { stdout: 'x:a b\n', stderr: 'grep: nope: No such file or directory\n', status: 2 },
  ],
  ['busybox', "grep '[' x", { stderr: "grep: bad regex '['\n", status: 2 }],
  ['busybox', 'grep a d', { stdout: '', status: 1 }],
  ['busybox', 'grep -q z x', { status: 1 }],
  ['busybox', 'grep -r hi d', 'd/f:hi\n'],
  ['busybox', 'seq 9 | grep -A1 -B1 5', '4\n5\n6\n'],
  ['busybox', 'seq 9 | grep -C1 -e 2 -e 8', '1\n2\n3\n--\n7\n8\n9\n'],
  ['busybox', "echo foo.bar | grep -oE '[a-z]+'", 'foo\nbar\n'],
  ['busybox', "echo 'a+b' | grep -F 'a+b'", 'a+b\n'],
  ['busybox', "echo 'ab' | grep 'a\\(b\\)'", 'ab\n'],
  ['busybox', "printf 'cat\\nconcat\\n' | grep -w cat", 'cat\n'],
  ['busybox', 'echo Abc | grep -i aBC', 'Abc\n'],
  ['busybox', 'echo abc | tr a-z A-Z', 'ABC\n'],
  ['busybox', "echo 'a  b' | tr -s ' '", 'a b\n'],
  ['busybox', "echo abc | tr -d '[:lower:]'", '\n'],
  ['busybox', "cut -d ' ' -f 2 x", 'b\nd\n'],
  ['busybox', 'cut -c 1,3- x', 'ab\ncd\n'],
  ['busybox', 'cut x', { stderr: 'cut: expected a list of bytes, characters, or fields\n', status: 1 }],
  [
    'busybox',
    "printf '10\\n9\\n' | sort; printf '10\\n9\\n' | sort -n; printf 'a\\nb\\n' | sort -r",
    '10\n9\n9\n10\nb\na\n',
  ],
  ['busybox', "printf 'b 1\\na 2\\n' | sort -k 2", 'b 1\na 2\n'],
  ['busybox', 'sort nope', { stderr: 'sort: nope: No such file or directory\n', status: 1 }],
  ['busybox', "printf 'a\\na\\nb\\n' | uniq -c", '      2 a\n      1 b\n'],
  ['busybox', "sed -n '2p' x", 'c d\n'],
  ['busybox', "sed 's/ /-/;2d' x", 'a-b\n'],
  ['busybox', "echo aaa | sed 's/a/b/2g'", 'abb\n'],
  ['busybox', "echo ab | sed -E 's/(a)(b)/\\2\\1&/'", 'baab\n'],
  ['busybox', "seq 5 | sed -n '/2/,/4/p'", '2\n3\n4\n'],
  ['busybox', "seq 5 | sed '2,3!d;$a end'", '2\n3\n'],
  ['busybox', 'seq 1000000000 | sed 2q', '1\n2\n'],
  ['busybox', 'cp x y; sed -i s/a/z/ y; cat y; rm y', 'z b\nc d\n'],
  ['busybox', 'seq 1 3', '1\n2\n3\n'],
  ['busybox', "seq -s ' ' 1 2 5", '1 3 5\n'],
  ['busybox', 'echo a b c | xargs -n 2 echo', 'a b\nc\n'],
  ['busybox', "printf '%s\\n' a b | xargs -I X echo [X]", '[a]\n[b]\n'],
  ['busybox', 'echo a | tee t1 t2; cat t1 t2; rm t1 t2', 'a\na\na\n'],
  // Files.
  [
    'busybox',
    'ls d nope',
    { stdout: 'd:\ne\nf\nl\n', stderr: 'ls: nope: No such file or directory\n', status: 1 },
  ],
  [
    'busybox',
    'ls -l d',
    'total 8\ndrwxr-xr-x    2 root     root          4096 Nov 25 13:32 e\n-rw-r--r--    1 root     root             3 Nov 25 13:32 f\nlrwxrwxrwx    1 root     root             1 Nov 25 13:32 l -> f\n',
  ],
  ['busybox', 'ls -1 d x', 'x\n\nd:\ne\nf\nl\n'],
  ['busybox', 'ls -R d', 'd:\ne\nf\nl\n\nd/e:\n'],
  ['busybox', 'ls -d d', 'd\n'],
  ['busybox', 'mkdir d', { stderr: "mkdir: can't create directory 'd': File exists\n", status: 1 }],
  [
    'busybox',
    'mkdir a/b',
    { stderr: "mkdir: can't create directory 'a/b': No such file or directory\n", status: 1 },
  ],
  ['busybox', 'mkdir -p a/b && rmdir a/b a', ''],
  ['busybox', 'rmdir d', { stderr: "rmdir: 'd': Directory not empty\n", status: 1 }],
  ['busybox', 'rm d', { stderr: "rm: 'd' is a directory\n", status: 1 }],
  ['busybox', 'rm nope', { stderr: "rm: can't remove 'nope': No such file or directory\n", status: 1 }],
  ['busybox', 'rm -f nope', ''],
  ['debian', 'rm d', { stderr: "rm: cannot remove 'd': Is a directory\n", status: 1 }],
  ['busybox', 'cp d q', { stderr: "cp: omitting directory 'd'\n", status: 1 }],
  ['busybox', 'cp nope z', { stderr: "cp: can't stat 'nope': No such file or directory\n", status: 1 }],
  ['busybox', 'cp -r d q && ls q && cat q/l && rm -r q', 'e\nf\nl\nhi\n'],
  ['busybox', 'mv nope z', { stderr: "mv: can't rename 'nope': No such file or directory\n", status: 1 }],
  ['busybox', 'cp x m1; mv m1 m2; mv m2 d; ls d; rm d/m2', 'e\nf\nl\nm2\n'],
  ['busybox', 'ln -s x x', { stderr: 'ln: x: File exists\n', status: 1 }],
  ['busybox', 'touch /nodir/x', { stderr: 'touch: /nodir/x: No such file or directory\n', status: 1 }],
  ['busybox', 'chmod 999 x', { stderr: "chmod: invalid mode '999'\n", status: 1 }],
  [
    'busybox',
    'cp x c; chmod u+x,g-r c; ls -l c | cut -c 1-10; chmod 600 c; ls -l c | cut -c 1-10; rm c',
    '-rwx---r--\n-rw-------\n',
  ],
  ['busybox', 'basename /a/b.c .c; dirname /a/b; readlink d/l', 'b\n/a\nf\n'],
  ['busybox', 'pwd', '/w\n'],
  ['busybox', 'which ls nope', { stdout: '/bin/ls\n', status: 1 }],
  ['alpine', 'which ls head', '/bin/ls\n/usr/bin/head\n'],
  // The system.
  ['busybox', 'hostname; hostname -i', 'pod-1\nADDRESS\n'],
  [
    'busybox',
    'hostname -x',
    {
      status: 1,
      stderr: expect.stringMatching(
        /^hostname: invalid option -- 'x'\nBusyBox v1\.37\.0 \(/,
      ) as unknown as string,
    },
  ],
  [
    'alpine',
    'hostname -x',
    {
      status: 1,
      stderr: expect.stringMatching(
        /^hostname: unrecognized option: x\nBusyBox v1\.37\.0 \(/,
      ) as unknown as string,
    },
  ],
  ['busybox', 'id; whoami', 'uid=0(root) gid=0(root) groups=0(root),10(wheel)\nroot\n'],
  ['busybox', 'id nope', { stderr: 'id: unknown user nope\n', status: 1 }],
  ['busybox', 'date -u -d @0', 'Thu Jan  1 00:00:00 UTC 1970\n'],
  ['busybox', 'date +%Y-%m-%d', '2026-11-25\n'],
  ['busybox', 'date foo', { stderr: "date: invalid date 'foo'\n", status: 1 }],
  ['busybox', 'env -i A=1 env', 'A=1\n'],
  ['busybox', 'env nope', { stderr: "env: can't execute 'nope': No such file or directory\n", status: 127 }],
  ['debian', 'env nope', { stderr: "env: 'nope': No such file or directory\n", status: 127 }],
  ['busybox', 'printenv NOPE', { status: 1 }],
  ['busybox', 'uname; uname -n', 'Linux\npod-1\n'],
  ['busybox', 'timeout 1 sleep 5', { status: 143 }],
  ['debian', 'timeout 1 sleep 5', { status: 124 }],
  ['busybox', 'sleep x', { stderr: "sleep: invalid number 'x'\n", status: 1 }],
  ['busybox', 'stty', { stderr: 'stty: standard input: Inappropriate ioctl for device\n', status: 1 }],
  ['busybox', 'killall nope', { stderr: 'killall: nope: no process killed\n', status: 1 }],
  ['busybox', 'ps | head -n 2', 'PID   USER     TIME  COMMAND\n    1 root      0:00 sleep 9999999\n'],
  // The network.
  [
    'busybox',
    'wget -q -O - localhost | head -n 4',
    '<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n',
  ],
  [
    'busybox',
    'wget -O /dev/null localhost',
    {
      status: 0,
      stderr:
        "Connecting to localhost (127.0.0.1:80)\nsaving to '/dev/null'\n\rnull                 100% |********************************|   615  0:00:00 ETA\n'/dev/null' saved\n",
    },
  ],
  [
    'alpine',
    'wget -q -O /dev/null localhost:81',
    { status: 1, stderr: "wget: can't connect to remote host: Connection refused\n" },
  ],
  [
    'busybox',
    'wget -q localhost:81',
    { status: 1, stderr: "wget: can't connect to remote host (127.0.0.1): Connection refused\n" },
  ],
  [
    'busybox',
    'wget --spider localhost',
    { status: 0, stderr: 'Connecting to localhost (127.0.0.1:80)\nremote file exists\n' },
  ],
  [
    'busybox',
    'wget localhost/nope',
    {
      status: 1,
      stderr: 'Connecting to localhost (127.0.0.1:80)\nwget: server returned error: HTTP/1.1 404 Not Found\n',
    },
  ],
  ['busybox', 'wget web', { status: 1, stderr: "wget: bad address 'web'\n" }],
  ['busybox', 'wget -T 2 -q 10.77.0.1', { status: 1, stderr: 'wget: download timed out\n' }],
  [
    'busybox',
    'wget -q localhost && wget localhost; rm index.html',
    { stderr: "Connecting to localhost (127.0.0.1:80)\nwget: can't open 'index.html': File exists\n" },
  ],
  ['busybox', 'nc localhost 81', { status: 1, stderr: '' }],
  ['busybox', 'nc -zv localhost 80', { status: 0, stderr: 'localhost (127.0.0.1:80) open\n' }],
  [
    'busybox',
    'nc -vv localhost 81',
    { status: 1, stderr: 'nc: localhost (127.0.0.1:81): Connection refused\n' },
  ],
  ['busybox', 'nc web 80', { status: 1, stderr: "nc: bad address 'web'\n" }],
  ['busybox', 'nc -l -p 80', { status: 1, stderr: 'nc: bind: Address already in use\n' }],
  [
    'busybox',
    '{ echo from-server; } | nc -l -p 9000 > got & echo from-client | nc localhost 9000; wait; cat got',
    'from-server\nfrom-client\n',
  ],
  ['busybox', 'nc -l -p 9000 -e cat & echo there and back | nc localhost 9000', 'there and back\n'],
  ['busybox', 'ip route', 'default via 10.4.1.1 dev eth0 \n10.4.1.0/24 dev eth0 scope link  src ADDRESS \n'],
  [
    'busybox',
    'ip -4 -o addr show eth0',
    '2: eth0    inet ADDRESS/24 brd 10.4.1.255 scope global eth0\\       valid_lft forever preferred_lft forever\n',
  ],
  [
    'busybox',
    'ip a show lo',
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n',
  ],
  ['busybox', 'ip addr show nope', { status: 1, stderr: "ip: can't find device 'nope'\n" }],
  [
    'busybox',
    'netstat -tln',
    'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \ntcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      \ntcp        0      0 :::80                   :::*                    LISTEN      \n',
  ],
  [
    'busybox',
    'ifconfig lo | head -n 2',
    'lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n',
  ],
  [
    'busybox',
    'ifconfig nope',
    { status: 1, stderr: 'ifconfig: nope: error fetching interface information: Device not found\n' },
  ],
  [
    'busybox',
    'route -n',
    'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n0.0.0.0         10.4.1.1        0.0.0.0         UG    0      0        0 eth0\n10.4.1.0        0.0.0.0         255.255.255.0   U     0      0        0 eth0\n',
  ],
  [
    'busybox',
    'busybox echo hi; busybox nope',
    { stdout: 'hi\n', stderr: 'nope: applet not found\n', status: 127 },
  ],
  // What a real image has and this one has not says so: "not found" would be untrue of busybox.
  ['busybox', 'seq 30 | head -12 | tail -11 | head -1', { stdout: '2\n' }],
  ['busybox', 'seq 30 | head -20 | tail -1', { stdout: '20\n' }],
  ['alpine', 'apk --help', { stderr: 'apk: not modelled by the practice cluster\n', status: 1 }],
  ['alpine', 'which vi', '/usr/bin/vi\n'],
  [
    'debian',
    'tar cf - x | cat',
    {
      stderr:
        "tar: not modelled by the practice cluster; to copy a file: kubectl exec -i POD -- sh -c 'cat > FILE' < FILE\n",
    },
  ],
  ['debian', 'ping', { stderr: 'sh: ping: not found\n', status: 127 }],
];

describe('programs', () => {
  it.each(cases)('%s: %s', async (box, command, expected, stdin) => {
    const ran = await boxes.get(box)!.run(`cd /w; ${command}`, stdin);
    const wanted = typeof expected === 'string' ? { stdout: expected, stderr: '', status: 0 } : expected;
    for (const key of ['stdout', 'stderr', 'status'] as const) {
      const value = wanted[key];
      if (value === undefined) continue;
      const filled = typeof value === 'string' ? value.replaceAll('ADDRESS', address) : value;
      expect(ran[key], `${key}: ${ran.stderr}`).toEqual(filled);
    }
  });
});
