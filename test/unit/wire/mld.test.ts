// MLD reports byte for byte, and which frames are queries.
import { describe, expect, test } from 'bun:test';
import { emitGroupReport, GroupRecord, longestReport, mostRecords, parseGroupQuery } from '#wire/mld.ts';
import { fromHex } from '../../support/frames.ts';
import { seeded } from '../../support/seeded.ts';

const mac = fromHex('020000000001');
const linkLocal = 'fe80000000000000000000fffe000001';
const reporter = { mac, source: fromHex(linkLocal) };
const allRouters = 'ff020000000000000000000000000016';
const group = (suffix: string) => `ff0200000000000000000001ff${suffix}`;

function report(type: GroupRecord, suffixes: readonly number[]): Uint8Array {
  const out = new Uint8Array(new ArrayBuffer(longestReport)).fill(0xa5);
  const length = emitGroupReport(out, reporter, type, suffixes);
  expect([...out.subarray(length)].every((byte) => byte === 0xa5)).toBe(true);
  return out.slice(0, length);
}

/** The Internet checksum by the book, on big numbers (RFC 1071 §1). */
function checksum(hex: string): string {
  let sum = 0n;
  for (let at = 0; at < hex.length; at += 4) sum += BigInt(`0x${hex.slice(at, at + 4)}`);
  while (sum >> 16n) sum = (sum & 0xffffn) + (sum >> 16n);
  return (Number(~sum & 0xffffn) & 0xffff).toString(16).padStart(4, '0');
}

interface QueryParts {
  readonly source?: string;
  readonly destination?: string;
  readonly options?: string;
  readonly hopLimit?: string;
  readonly type?: string;
  readonly body?: string;
  readonly sum?: string;
}

/** A general query of version 2 with a maximum response code of 10,000, with parts replaced. */
function query(parts: QueryParts = {}): Uint8Array {
  const { source = linkLocal, destination = 'ff020000000000000000000000000001', hopLimit = '01' } = parts;
  const { options = '3a00050200000100', type = '82', body = `27100000${'0'.repeat(32)}027d0000` } = parts;
  const length = body.length / 2 + 4;
  const pseudo = `${source}${destination}${length.toString(16).padStart(8, '0')}0000003a`;
  const sum = parts.sum ?? checksum(`${pseudo}${type}000000${body}`);
  const payload = (length + options.length / 2).toString(16).padStart(4, '0');
  return fromHex(
    `3333000000010200000000ff86dd60000000${payload}00${hopLimit}${source}${destination}${options}${type}00${sum}${body}`,
  );
}

const parsed = (parts?: QueryParts) => {
  const frame = query(parts);
  return parseGroupQuery(frame, frame.length);
};

describe('emitGroupReport()', () => {
  test('writes a report of one group, with router alert, hop limit 1 and a right checksum', () => {
    const message = `00000001040000 00${group('000010')}`.replace(' ', '');
    const pseudo = `${linkLocal}${allRouters}0000001c0000003a`;
    const sum = checksum(`${pseudo}8f000000${message}`);
    expect(report(GroupRecord.toExclude, [0x10]).toHex()).toBe(
      `333300000016020000000001` +
        `86dd60000000002400 01${linkLocal}${allRouters}3a00050200000100 8f00${sum}${message}`.replaceAll(' ', ''),
    );
  });

  test('holds up to 72 groups in a frame of 1,500 bytes', () => {
    const frame = report(
      GroupRecord.isExclude,
      Array.from({ length: mostRecords }, (_, i) => 0xff_ffff - i),
    );
    expect(frame.length).toBeLessThanOrEqual(1514);
    expect(frame.toHex()).toContain(`02000000${group('ffffff')}02000000${group('fffffe')}`);
  });
});

describe('parseGroupQuery()', () => {
  test('knows general queries, queries of one solicited-node group, and both versions', () => {
    expect(parsed()).toEqual({ suffix: null, maxDelayMs: 10_000 });
    const one = { body: `03e80000${group('0a0b0c')}00000000`, destination: group('0a0b0c') };
    expect(parsed(one)).toEqual({ suffix: 0x0a0b0c, maxDelayMs: 1000 });
    expect(parsed({ body: `27100000${'0'.repeat(32)}` })).toEqual({ suffix: null, maxDelayMs: 10_000 });
    expect(parsed({ options: '3a00010005020000' })).toEqual({ suffix: null, maxDelayMs: 10_000 });
  });

  test('reads long response codes as floating point, in version 2 alone', () => {
    // RFC 3810 §5.1.3: exponent 1, mantissa 0x234.
    expect(parsed({ body: `92340000${'0'.repeat(32)}00000000` })?.maxDelayMs).toBe(0x1234 << 4);
    expect(parsed({ body: `92340000${'0'.repeat(32)}` })?.maxDelayMs).toBe(0x9234);
  });

  test('refuses what RFC 3810 §6.2 refuses, broken checksums and other groups', () => {
    expect(parsed({ hopLimit: '02' })).toBeNull();
    expect(parsed({ source: '20010db8000000000000000000000001' })).toBeNull();
    expect(parsed({ options: '3a00010401000000' })).toBeNull();
    expect(parsed({ type: '83' })).toBeNull();
    expect(parsed({ sum: '1234' })).toBeNull();
    expect(parsed({ body: `03e80000${allRouters}00000000` })).toBeNull();
  });

  test('never throws: every truncation, and a thousand frames with a changed byte', () => {
    const frame = query();
    for (let length = 0; length < frame.length; length++) {
      expect(parseGroupQuery(frame.slice(0, length), length)).toBeNull();
    }
    const random = seeded(7);
    for (let i = 0; i < 1000; i++) {
      const bytes = frame.slice();
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      expect(() => parseGroupQuery(bytes, bytes.length)).not.toThrow();
    }
  });
});
