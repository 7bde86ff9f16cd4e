import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import type { Result } from '../../native/error.ts';
import { type LinkOptions, openLink, openLive, type Pcap, type PcapLink } from '../../native/mod.ts';
import { connect, createPair, inside, ip } from '../support/native-namespace.ts';
import { runChild } from '../support/native-runtime.ts';

// This file changes the thread's namespace, which needs root (CAP_SYS_ADMIN).
const NAME = `nat${process.pid}`;
const [A, B] = [`${NAME}a`, `${NAME}b`];
let remove = () => {};
let open: { close(): void }[] = [];

before(() => {
  remove = createPair(NAME, 'va', 'vb');
});
afterEach(() => {
  for (const handle of open) handle.close();
  open = [];
});
after(() => remove());

function must<T extends { close(): void }>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.operation}: ${result.error.message}`);
  open.push(result.value);
  return result.value;
}

const link = (options: Partial<LinkOptions> = {}): PcapLink =>
  must(inside(B, () => openLink({ interface: 'vb', filter: '', ...options })));
// A slot of the ring holds a whole snap length: with the default one there would be room for 31 frames.
const peer = (): Pcap => must(inside(A, () => openLive('va', { snapLength: 256 })));

/** An Ethernet broadcast of `length` bytes with `type` whose payload is `mark`. */
function frame(type: number, mark: number, length = 60): Uint8Array {
  const bytes = new Uint8Array(length).fill(mark);
  bytes.fill(0xff, 0, 6);
  bytes.set([2, 0, 0, 0, 0, 9, type >> 8, type & 0xff], 6);
  return bytes;
}

/** Waits up to five seconds for the next frame. */
function receive(handle: PcapLink): number {
  for (let i = 0; i < 50; i++) {
    const n = handle.next();
    if (n !== 0) return n;
    handle.wait(100);
  }
  return 0;
}

test('a frame arrives with its bytes, cut at the snap length, in the same view every time', () => {
  const [to, from] = [link({ snapLength: 64 }), peer()];
  const views = new Set<Uint8Array>();
  for (let mark = 1; mark <= 100; mark++) {
    assert.ok(from.inject(frame(0x0806, mark, 200)).ok);
    assert.equal(receive(to), 64);
    assert.equal(to.frame[63], mark);
    views.add(to.frame);
  }
  assert.equal(views.size, 1);
  assert.equal(to.next(), 0);
  assert.equal(to.wait(0), 0);
});

test('a batch leaves in order with one length each, and what the link sends it does not capture', () => {
  const [to, from] = [link({ slots: 64, slotBytes: 64 }), peer()];
  const lengths = new Uint16Array(64);
  for (let i = 0; i < 64; i++) {
    lengths[i] = 60 - (i % 3);
    to.out.set(frame(0x0806, i + 1), i * 64);
  }
  assert.equal(to.flush(64, lengths), 64);
  assert.equal(to.flush(1, lengths), 1);
  assert.equal(to.sendErrors, 0);
  for (let i = 0; i < 65; i++) {
    let n = from.next();
    for (let tries = 0; n === 0 && tries < 1000; tries++) n = from.next();
    assert.equal(n, lengths[i % 64]);
    assert.equal(from.frame[20], (i % 64) + 1);
  }
  assert.equal(to.next(), 0);
});

test('the kernel filter chooses, and can be replaced', () => {
  const [to, from] = [link({ filter: 'arp' }), peer()];
  for (const [type, mark] of [
    [0x0800, 1],
    [0x0806, 2],
  ] as const)
    assert.ok(from.inject(frame(type, mark)).ok);
  assert.equal(receive(to), 60);
  assert.equal(to.frame[20], 2);
  assert.ok(to.setFilter('ip').ok);
  for (const [type, mark] of [
    [0x0806, 3],
    [0x0800, 4],
  ] as const)
    assert.ok(from.inject(frame(type, mark)).ok);
  assert.equal(receive(to), 60);
  assert.equal(to.frame[20], 4);
  const refused = to.setFilter('no such word');
  assert.ok(!refused.ok && refused.error.code === 'filter_invalid');
});

test('frames that waited in the ring before a filter was set are judged by it too', () => {
  const [to, from] = [link(), peer()];
  for (const [type, mark] of [
    [0x0800, 1],
    [0x0806, 2],
    [0x0800, 3],
  ] as const)
    assert.ok(from.inject(frame(type, mark)).ok);
  assert.equal(to.wait(5000), 1);
  assert.ok(to.setFilter('arp').ok);
  assert.equal(receive(to), 60);
  assert.equal(to.frame[20], 2);
  assert.equal(to.next(), 0);
});

test('a tagged frame comes with its tag put back, so every offset shifts by 4; "not vlan" keeps it out', () => {
  const tagged = new Uint8Array(64);
  const plain = frame(0x0806, 7);
  tagged.set(plain.subarray(0, 12));
  tagged.set([0x81, 0, 0, 5], 12);
  tagged.set(plain.subarray(12), 16);
  const [all, untagged, from] = [link(), link({ filter: 'not vlan' }), peer()];
  assert.ok(from.inject(tagged).ok);
  assert.ok(from.inject(plain).ok);
  assert.equal(receive(all), 64);
  assert.deepEqual([...all.frame.subarray(12, 18)], [0x81, 0, 0, 5, 8, 6]);
  assert.equal(receive(untagged), 60);
  assert.deepEqual([...untagged.frame.subarray(12, 14)], [8, 6]);
});

test('a link bound to ARP sees ARP alone, whatever its filter', () => {
  const [to, from] = [link({ protocol: 0x0806 }), peer()];
  for (const type of [0x0800, 0x86dd, 0x0806]) assert.ok(from.inject(frame(type, 1)).ok);
  assert.equal(receive(to), 60);
  assert.deepEqual([...to.frame.subarray(12, 14)], [8, 6]);
  assert.equal(to.next(), 0);
});

test('a link bound to ARP on an enslaved bridge port sees nothing; on the bridge it does', () => {
  ip(B, 'link add br0 type bridge');
  ip(B, 'link set br0 up');
  ip(B, 'link set vb master br0');
  try {
    const port = link({ protocol: 0x0806 });
    const bridge = must(inside(B, () => openLink({ interface: 'br0', filter: '', protocol: 0x0806 })));
    const from = peer();
    assert.ok(from.inject(frame(0x0806, 1)).ok);
    assert.equal(receive(bridge), 60);
    assert.equal(port.next(), 0);
  } finally {
    ip(B, 'link set vb nomaster');
    ip(B, 'link del br0');
  }
});

test('an interface that goes down is reported, loses frames with a count, and the same handle goes on when it is up', () => {
  const to = link();
  const lengths = new Uint16Array(64).fill(60);
  ip(B, 'link set vb down');
  assert.equal(to.wait(5000) & 4, 4);
  assert.equal(to.next(), 0);
  assert.equal(to.wait(0), 0);
  assert.equal(to.flush(3, lengths), 0);
  assert.equal(to.sendErrors, 3);
  assert.equal(to.lastError?.code, 'interface_down');
  const closed = inside(B, () => openLink({ interface: 'vb', filter: '' }));
  assert.ok(!closed.ok);
  assert.equal(closed.error.code, 'interface_down');
  assert.equal(closed.error.status, -9);
  ip(B, 'link set vb up');
  const from = peer();
  assert.ok(from.inject(frame(0x0806, 5)).ok);
  assert.equal(receive(to), 60);
  assert.equal(to.frame[20], 5);
  to.out.set(frame(0x0806, 1));
  assert.equal(to.flush(1, lengths), 1);
});

test('a deleted interface is gone for its handle, even when one of the same name comes back', () => {
  const to = link();
  ip(B, 'link del vb');
  assert.equal(to.wait(5000) & 4, 4);
  assert.equal(to.next(), -1);
  assert.equal(to.lastError?.code, 'interface_gone');
  const missing = inside(B, () => openLink({ interface: 'vb', filter: '' }));
  assert.ok(!missing.ok);
  assert.equal(missing.error.code, 'no_such_device');
  assert.equal(missing.error.status, -5);
  connect(NAME, 'va', 'vb');
  assert.equal(to.flush(1, new Uint16Array([60])), 0);
  const [again, from] = [link(), peer()];
  assert.ok(from.inject(frame(0x0806, 6)).ok);
  assert.equal(receive(again), 60);
  assert.ok(to.next() <= 0);
  to.close();
  assert.equal(to.next(), -1);
  assert.equal(to.wait(-1), 4);
  assert.equal(to.flush(1, new Uint16Array([60])), 0);
});

test('frames that found the ring full are counted as dropped', () => {
  const [to, from] = [link({ bufferBytes: 65_536 }), peer()];
  for (let i = 0; i < 5000; i++) assert.ok(from.inject(frame(0x0806, 1)).ok);
  let read = 0;
  while (to.next() > 0) read++;
  const { received, dropped } = to.stats();
  assert.ok(dropped > 0);
  assert.equal(read + dropped, received);
  assert.equal(received, 5000);
  to.close();
  assert.equal(to.stats().received, 5000);
});

test('options that cannot be are refused, and the loopback counts as Ethernet but a tunnel does not', () => {
  const bad: Partial<LinkOptions>[] = [
    { slots: 0 },
    { slotBytes: 1.5 },
    { snapLength: -1 },
    { wakeFd: -1 },
    { filter: 'x y' },
  ];
  for (const options of bad) assert.ok(!inside(B, () => openLink({ interface: 'vb', filter: '', ...options })).ok);
  ip(B, 'tuntap add dev tun9 mode tun');
  ip(B, 'link set tun9 up');
  const tunnel = inside(B, () => openLink({ interface: 'tun9', filter: '' }));
  ip(B, 'link del tun9');
  assert.ok(!tunnel.ok && tunnel.error.code === 'not_ethernet');
});

test('without CAP_NET_RAW the refusal carries libpcap’s text; with it alone nobody may capture and send', () => {
  const probe = new URL('../support/open-and-send.ts', import.meta.url).pathname;
  const nobody = ['ip', 'netns', 'exec', B, 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const readable = spawnSync('setpriv', [
    '--reuid=65534',
    '--clear-groups',
    'test',
    '-r',
    probe,
    '-a',
    '-x',
    process.execPath,
  ]);
  if (readable.status !== 0) return console.log('skipped: this checkout is not readable for nobody');
  const raw = ['--bounding-set=-all,+net_raw', '--inh-caps=-all,+net_raw', '--ambient-caps=-all,+net_raw'];
  const run = (prefix: string[]) => {
    const { stdout, stderr } = runChild(probe, { prefix, env: { HOME: '/tmp', DENO_DIR: `/tmp/${NAME}` } });
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout);
  };
  assert.deepEqual(run([...nobody, ...raw]), { ok: true, sent: 1 });
  const refused = {
    ok: false,
    error: {
      code: 'permission_denied',
      operation: 'pcap_activate',
      message: 'socket: Operation not permitted',
      status: -8,
    },
  };
  assert.deepEqual(run([...nobody, '--inh-caps=-all', '--ambient-caps=-all']), refused);
  const rootWithout = ['ip', 'netns', 'exec', B, 'setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw'];
  assert.deepEqual(run(rootWithout), refused);
});
