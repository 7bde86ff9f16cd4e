import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOffline } from '#native/open.ts';
import { toHex } from '#wire/bytes.ts';
import { ndpOffset } from '#wire/ndp.ts';
import { emitNeighborProbe } from '#wire/ndp-probe.ts';
import { interfaceBlock, packetBlock, sectionBlock } from '#wire/pcapng.ts';

const frame = Uint8Array.from({ length: 61 }, (_, i) => i);
const packet = packetBlock({
  interface: 1,
  micros: 1_700_000_000_123_456,
  bytes: frame,
  originalLength: 90,
  direction: 'out',
  comment: 'réply',
});

test('a packet block, byte for byte: lengths, time in two halves, padding, direction, comment', () => {
  const micros = 1_700_000_000_123_456n;
  const word = (value: number) => toHex(new Uint8Array(Uint32Array.of(value).buffer));
  const body = [
    ...[6, 120, 1, Number(micros >> 32n), Number(micros & 0xffff_ffffn), 61, 90].map(word),
    `${toHex(frame)}000000`,
    ...['02000400', '02000000', '01000600', '72c3a9706c790000', '00000000'],
    word(120),
  ];
  expect(toHex(packet)).toBe(body.join(''));
});

test('libpcap reads what is written: time, cut and whole length', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanlord-pcapng-'));
  const file = join(folder, 'a.pcapng');
  try {
    writeFileSync(
      file,
      Buffer.concat([sectionBlock('lanlord test'), interfaceBlock('eth0', 512), interfaceBlock('lan1', 512), packet]),
    );
    const opened = openOffline(file);
    if (!opened.ok) throw new Error(opened.error.message);
    expect(opened.value.next()).toBe(61);
    expect(toHex(opened.value.frame.slice(0, 61))).toBe(toHex(frame));
    expect(opened.value.originalLength).toBe(90);
    expect(opened.value.timestamp).toBeCloseTo(1_700_000_000.123456, 5);
    opened.value.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('ND-6: the probe for 2001:db8::10, byte for byte on a dirty buffer, and valid by our own rules', () => {
  const out = new Uint8Array(new ArrayBuffer(90)).fill(0xa5);
  const target = new Uint8Array(16);
  target.set([0x20, 0x01, 0x0d, 0xb8]);
  target[15] = 0x10;
  expect(emitNeighborProbe(out, 4, Uint8Array.of(2, 0, 0, 0, 0, 1), target)).toBe(78);
  const header = `3333ff000010${'020000000001'}86dd6000000000183aff`;
  const addresses = `${'00'.repeat(16)}ff0200000000000000000001ff000010`;
  const hex = toHex(out.subarray(4, 82));
  expect(hex).toMatch(new RegExp(`^${header}${addresses}8700....00000000${toHex(target)}$`));
  expect(toHex(out.subarray(82))).toBe('a5'.repeat(8));
  expect(ndpOffset(out.slice(4, 82), 78)).toBe(14);
});
