// The hello's socket between namespaces: who hears whom, and that nothing from beyond the link is heard.
// Read RFC 5082 before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { HelloSocket } from '#native/linux/hello-socket.ts';
import { addNamespace, labMissing, removeNamespace, run, within } from '../support/linux-lab.ts';
import { inside, ip } from '../support/native-namespace.ts';

const missing = labMissing(['python3']);
const skipped = missing === null ? '' : ` (skipped: ${missing})`;
const boxes = ['a', 'b', 'c'].map((letter) => `ll-hls${process.pid}${letter}`);
const [a = '', b = '', c = ''] = boxes;
const port = 7112;

describe.skipIf(missing !== null)(`HelloSocket${skipped}`, () => {
  const sockets: HelloSocket[] = [];
  const open = (namespace: string, family: 'IPv4' | 'IPv6' = 'IPv4', device = 'eth0') => {
    const index = Number(/^(\d+):/.exec(ip(namespace, `-o link show dev ${device}`))?.[1]);
    const opened = inside(namespace, () => HelloSocket.open({ interface: device, index, family, port }));
    if (!opened.ok) throw new Error(opened.error.message);
    sockets.push(opened.value);
    return opened.value;
  };
  const texts = (socket: HelloSocket) => {
    const heard: string[] = [];
    for (let one = socket.receive(); one !== null; one = socket.receive()) {
      heard.push(`${one.source} ${new TextDecoder().decode(one.bytes)}`);
    }
    return heard;
  };
  const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text));

  beforeAll(() => {
    for (const namespace of boxes) addNamespace(namespace);
    ip(a, 'link add br0 type bridge');
    ip(a, 'link set br0 up');
    for (const [i, namespace] of [b, c].entries()) {
      ip(a, `link add v${i} type veth peer name eth0 netns ${namespace}`);
      ip(a, `link set v${i} master br0 up`);
      ip(namespace, `addr add 10.9.0.${i + 2}/24 dev eth0`);
      ip(namespace, `addr add fe80::${i + 2}/64 dev eth0 nodad`);
      ip(namespace, 'link set eth0 up');
    }
    ip(a, 'addr add 10.9.0.1/24 dev br0');
  });
  afterAll(() => {
    for (const socket of sockets) socket.close();
    for (const namespace of boxes) removeNamespace(namespace);
  });

  test.each(['IPv4', 'IPv6'] as const)(
    '%s: what one box sends to the group the other hears, itself it does not',
    async (family) => {
      const [left, right] = [open(b, family), open(c, family)];
      const heard: string[] = [];
      const seen = await within(15_000, () => {
        left.send(bytes('hello'), null);
        heard.push(...texts(right));
        return heard.length > 0;
      });
      expect(seen).toBe(true);
      expect(heard[0]).toBe(family === 'IPv4' ? '10.9.0.2 hello' : 'fe80::2 hello');
      expect(texts(left)).toEqual([]);
      right.send(bytes('to you'), family === 'IPv4' ? '10.9.0.2' : 'fe80::2');
      const answers: string[] = [];
      await within(15_000, () => answers.push(...texts(left)) > 0);
      expect(answers).toEqual([family === 'IPv4' ? '10.9.0.3 to you' : 'fe80::3 to you']);
      for (const socket of sockets.splice(0)) socket.close();
    },
  );

  test('a datagram whose TTL is not 255 has crossed a router, or pretends to come from here: not heard', async () => {
    const right = open(c);
    const send = (ttl: number) =>
      run(
        b,
        'python3',
        '-c',
        `import socket; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.setsockopt(0,2,${ttl}); s.sendto(b"ttl ${ttl}",("10.9.0.3",${port}))`,
      );
    const heard: string[] = [];
    const seen = await within(15_000, () => {
      send(254);
      send(64);
      send(255);
      heard.push(...texts(right));
      return heard.length > 0;
    });
    expect(seen).toBe(true);
    expect(new Set(heard)).toEqual(new Set(['10.9.0.2 ttl 255']));
  });

  test('sending on a link that is down says so and throws nothing; the socket goes on when it is up again', async () => {
    const left = open(b);
    ip(b, 'link set eth0 down');
    expect(left.send(bytes('x'), null)).toBe(false);
    expect(left.receive()).toBeNull();
    ip(b, 'link set eth0 up');
    expect(await within(15_000, () => left.send(bytes('x'), null))).toBe(true);
  });
});
