import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Result } from '../../../native/error.ts';
import { END_OF_FILE, findAllDevices, GONE, openDead, openLive, openOffline, type Pcap } from '../../../native/mod.ts';
import { collectGarbage, withDirectory } from '../../support/native-runtime.ts';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.operation}: ${result.error.message}`);
  return result.value;
}

/** Ethernet frame of `length` bytes with `type`, filled with a byte that tells it apart. */
function frame(length: number, type: number, mark: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(mark);
  bytes[12] = type >> 8;
  bytes[13] = type & 0xff;
  return bytes;
}

function writeFile(path: string, frames: Uint8Array[], snapLength = 65_535): void {
  const dead = must(openDead(1, snapLength));
  const dump = must(dead.openDump(path));
  for (const [i, bytes] of frames.entries()) must(dump.write(bytes, 1_700_000_000.25 + i, bytes.length + 1));
  must(dump.flush());
  dump.close();
  dead.close();
}

function drain(pcap: Pcap): number[] {
  const lengths: number[] = [];
  for (let n = pcap.next(); n > 0; n = pcap.next()) lengths.push(n);
  return lengths;
}

test('what is dumped is read back: bytes, lengths, times', () => {
  withDirectory((directory) => {
    const path = join(directory, 'a.pcap');
    const frames = [frame(60, 0x0806, 1), frame(1514, 0x0800, 2), frame(60_000, 0x86dd, 3), frame(42, 0x0806, 4)];
    writeFile(path, frames);
    const pcap = must(openOffline(path));
    assert.deepEqual(pcap.linkType(), { value: 1, name: 'EN10MB' });
    for (const [i, bytes] of frames.entries()) {
      assert.equal(pcap.next(), bytes.length);
      assert.deepEqual(pcap.frame.slice(0, bytes.length), bytes);
      assert.equal(pcap.originalLength, bytes.length + 1);
      assert.ok(Math.abs(pcap.timestamp - (1_700_000_000.25 + i)) < 1e-5);
    }
    assert.equal(pcap.next(), END_OF_FILE);
    pcap.close();
  });
});

test('one view serves all frames: it is remade only when libpcap moves its buffer', () => {
  withDirectory((directory) => {
    const path = join(directory, 'a.pcap');
    writeFile(
      path,
      Array.from({ length: 1000 }, (_, i) => frame(60, 0x0806, i & 0xff)),
      128,
    );
    const pcap = must(openOffline(path));
    const views = new Set<Uint8Array>();
    let read = 0;
    while (pcap.next() > 0) {
      views.add(pcap.frame);
      assert.equal(pcap.frame[20], read++ & 0xff);
    }
    assert.equal(read, 1000);
    assert.equal(views.size, 1);
    pcap.close();
  });
});

test('a filter chooses, and can be replaced while reading', () => {
  withDirectory((directory) => {
    const path = join(directory, 'a.pcap');
    writeFile(path, [frame(60, 0x0806, 1), frame(61, 0x0800, 2), frame(62, 0x0806, 3), frame(63, 0x0800, 4)]);
    const pcap = must(openOffline(path));
    must(pcap.setFilter('arp'));
    assert.equal(pcap.next(), 60);
    must(pcap.setFilter('ip'));
    assert.deepEqual(drain(pcap), [61, 63]);
    pcap.close();
  });
});

test('a filter that does not compile gives libpcap’s text, and the old one stays', () => {
  const dead = must(openDead());
  const refused = dead.setFilter('arp and and');
  assert.ok(!refused.ok);
  assert.equal(refused.error.code, 'filter_invalid');
  assert.equal(refused.error.operation, 'pcap_compile');
  assert.match(refused.error.message, /syntax error/);
  const nul = dead.setFilter('arp\0 or ip');
  assert.ok(!nul.ok && nul.error.code === 'invalid_argument');
  dead.close();
});

test('after close nothing reaches freed memory: reads say gone, kept views are empty, calls are refused', () => {
  withDirectory((directory) => {
    const path = join(directory, 'a.pcap');
    writeFile(path, [frame(60, 0x0806, 1)]);
    const pcap = must(openOffline(path));
    assert.equal(pcap.next(), 60);
    const kept = pcap.frame;
    pcap.close();
    pcap.close();
    assert.equal(kept.length, 0);
    assert.equal(pcap.frame.length, 0);
    assert.equal(pcap.next(), GONE);
    assert.equal(pcap.fd, -1);
    for (const result of [pcap.setFilter('arp'), pcap.stats(), pcap.inject(new Uint8Array(60)), pcap.openDump(path)]) {
      assert.ok(!result.ok && result.error.code === 'closed');
    }
  });
});

test('files that cannot be read are values with libpcap’s text', () => {
  withDirectory((directory) => {
    const missing = openOffline(join(directory, 'none.pcap'));
    assert.ok(!missing.ok);
    assert.match(missing.error.message, /No such file/);
    const path = join(directory, 'bad.pcap');
    writeFileSync(path, 'this is no capture file, not at all');
    const bad = openOffline(path);
    assert.ok(!bad.ok);
    assert.match(bad.error.message, /unknown file format/);
    writeFile(path, [frame(60, 0x0806, 1)]);
    writeFileSync(path, readFileSync(path).subarray(0, -10));
    const cut = must(openOffline(path));
    assert.equal(cut.next(), -2);
    assert.match(cut.lastError?.message ?? '', /truncated/);
    cut.close();
  });
});

test('options that libpcap would misread are refused by name', () => {
  const bad: [string, object][] = [
    ['snapLength', { snapLength: 0 }],
    ['snapLength', { snapLength: 1.5 }],
    ['snapLength', { snapLength: 262_145 }],
    ['bufferBytes', { bufferBytes: 2 ** 31 }],
    ['protocol', { protocol: 0x1_0000 }],
    ['timeoutMs', { timeoutMs: Number.NaN }],
    ['direction', { direction: 'toString' }],
  ];
  for (const [operation, options] of bad) {
    const refused = openLive('lo', options);
    assert.ok(!refused.ok, operation);
    assert.equal(refused.error.code, 'invalid_argument');
    assert.equal(refused.error.operation, operation);
  }
  const nul = openLive('lo\0x');
  assert.ok(!nul.ok && nul.error.code === 'invalid_argument');
});

test('a dump refuses times and lengths that the format cannot hold', () => {
  withDirectory((directory) => {
    const dead = must(openDead());
    const dump = must(dead.openDump(join(directory, 'a.pcap')));
    for (const time of [-1, 2 ** 32, Number.NaN]) assert.ok(!dump.write(new Uint8Array(14), time).ok);
    assert.ok(!dump.write(new Uint8Array(14), 1, 13).ok);
    dump.close();
    dump.close();
    const late = dump.write(new Uint8Array(14), 1);
    assert.ok(!late.ok && late.error.code === 'closed');
    const nowhere = dead.openDump(join(directory, 'none/a.pcap'));
    assert.ok(!nowhere.ok);
    assert.match(nowhere.error.message, /No such file/);
    dead.close();
  });
});

test('the loopback device is listed as such', () => {
  const devices = must(findAllDevices());
  const loopback = devices.find((device) => device.name === 'lo');
  // Without CAP_NET_RAW libpcap lists fewer devices.
  if (process.getuid?.() === 0) assert.equal(loopback?.loopback, true);
});

test('handles opened, read and closed many times leave neither descriptors nor memory behind', () => {
  withDirectory((directory) => {
    const path = join(directory, 'a.pcap');
    writeFile(path, [frame(60, 0x0806, 1)]);
    const round = () => {
      for (let i = 0; i < 500; i++) {
        const pcap = must(openOffline(path));
        must(pcap.setFilter('arp'));
        assert.equal(pcap.next(), 60);
        assert.ok(!pcap.setFilter('not a filter').ok);
        pcap.close();
      }
      // Few, because the kernel takes its time to close a packet socket.
      for (let i = 0; i < 5; i++) assert.ok(!openLive('nosuchdevice0').ok);
      collectGarbage();
    };
    round();
    const descriptors = readdirSync('/proc/self/fd').length;
    const memory = process.memoryUsage().rss;
    for (let i = 0; i < 4; i++) round();
    assert.ok(readdirSync('/proc/self/fd').length <= descriptors + 2);
    // A leak of one 64 KiB snap buffer per handle would be 130 MB.
    assert.ok(process.memoryUsage().rss - memory < 64e6, `${(process.memoryUsage().rss - memory) / 1e6} MB more`);
  });
});
