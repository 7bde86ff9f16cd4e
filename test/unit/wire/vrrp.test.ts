import { describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { toHex } from '#wire/bytes.ts';
import { emptyVrrpFrame, longestIntervalMs, readVrrp, vrrpVerdictNames } from '#wire/vrrp.ts';
import { emitVrrp, listsExactly, longestList, type VrrpAdvertiser } from '#wire/vrrp-emit.ts';
import { describeVrrp, parseVrrp, type Vrrp } from '#wire/vrrp-text.ts';
import { arpFrame, fromHex, ownMac, tagged } from '../../support/frames.ts';
import { linkLocal, neighborFrame } from '../../support/neighbor-frames.ts';
import { complement, goldenVrrp, type VrrpParts, vrrpFrame } from '../../support/vrrp-frames.ts';

const anchor4 = fromHex('c0000008');
const anchor6 = fromHex('fe8000000000000002005efffe000233');

function advertiser(parts: Partial<VrrpAdvertiser> = {}): VrrpAdvertiser {
  const shared = { mac: ownMac, virtualRouterId: 51, intervalMs: 100, checksum: 'pseudo', peer: null } as const;
  return { ...shared, source: fromHex('c0000201'), addresses: [anchor4], ...parts };
}

const advertiser6 = (parts: Partial<VrrpAdvertiser> = {}) =>
  advertiser({ source: fromHex(linkLocal), addresses: [anchor6], ...parts });

/** What is emitted onto dirty bytes, as hex; what lies before and behind it is untouched. */
function emitted(from: VrrpAdvertiser, priority = 254): string {
  const out = new Uint8Array(new ArrayBuffer(260)).fill(0xa5);
  const length = emitVrrp(out, 10, from, priority);
  expect(toHex(out.subarray(0, 10))).toBe('a5'.repeat(10));
  expect(toHex(out.subarray(10 + length))).toBe('a5'.repeat(250 - length));
  return toHex(out.subarray(10, 10 + length));
}

function parsed(frame: Uint8Array): Vrrp {
  const vrrp = parseVrrp(frame, frame.length);
  if (typeof vrrp === 'string') throw new Error(`dropped: ${vrrp}`);
  return vrrp;
}

describe('emitted frames are the golden bytes (V-1, V-2, V-4, V-13)', () => {
  test('IPv4 with the pseudo-header: to 224.0.0.18, TTL 255, padded to 60 bytes with zeros', () => {
    expect(emitted(advertiser())).toBe(goldenVrrp.pseudo);
  });
  test('IPv4 with the checksum of RFC 9568', () => {
    expect(emitted(advertiser({ checksum: 'rfc9568' }))).toBe(goldenVrrp.rfc9568);
  });
  test('IPv6: to ff02::12, hop limit 255, one form of checksum whatever is set', () => {
    expect(emitted(advertiser6())).toBe(goldenVrrp.ipv6);
    expect(emitted(advertiser6({ checksum: 'rfc9568' }))).toBe(goldenVrrp.ipv6);
  });
  test('to a unicast peer', () => {
    const peer = { mac: fromHex('020000000002'), address: fromHex('c0000202') };
    const frame = emitted(advertiser({ peer }));
    expect(frame.slice(0, 12)).toBe('020000000002');
    expect(frame.slice(60, 68)).toBe('c0000202');
    const peer6 = { mac: fromHex('020000000002'), address: fromHex('fe800000000000000000000000000002') };
    const frame6 = emitted(advertiser6({ peer: peer6 }));
    expect(frame6.slice(0, 12)).toBe('020000000002');
    expect(frame6.slice(76, 108)).toBe('fe800000000000000000000000000002');
  });
  test('every length of list: padded to 60 bytes or as long as it is, and read as it was written', () => {
    for (let count = 1; count <= longestList; count++) {
      const list = Array.from({ length: count }, (_, i) => fromHex(`c00000${(8 + i).toString(16).padStart(2, '0')}`));
      const frame = fromHex(emitted(advertiser({ addresses: list })));
      expect(frame.length).toBe(Math.max(60, 42 + 4 * count));
      expect(parsed(frame).addresses).toEqual(Array.from({ length: count }, (_, i) => `192.0.0.${8 + i}`));
    }
  });
  test('whatever is advertised is read as it was said', () => {
    fc.assert(
      fc.property(
        fc.record({
          family: fc.constantFrom<4 | 6>(4, 6),
          checksum: fc.constantFrom<'pseudo' | 'rfc9568'>('pseudo', 'rfc9568'),
          virtualRouterId: fc.integer({ min: 1, max: 255 }),
          priority: fc.integer({ min: 0, max: 255 }),
          centiseconds: fc.integer({ min: 1, max: 4095 }),
          bytes: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        }),
        ({ family, checksum, virtualRouterId, priority, centiseconds, bytes }) => {
          // Neither a group nor nobody.
          const source = Uint8Array.of(10, ...bytes.subarray(1, family === 4 ? 4 : 16));
          const addresses = [bytes.slice(0, source.length)];
          const from = advertiser({ source, addresses, checksum, virtualRouterId, intervalMs: centiseconds * 10 });
          const out = new Uint8Array(128).fill(0xa5);
          const read = emptyVrrpFrame();
          expect(readVrrp(out, emitVrrp(out, 0, from, priority), [], read)).toBe(0);
          expect(read).toMatchObject({ family, virtualRouterId, priority, intervalMs: centiseconds * 10, count: 1 });
          // A sum that both forms share is called the first of them.
          if (family === 4 && read.checksum !== checksum) expect(pseudoSum(source)).toBe(0xffff);
          expect(toHex(out.subarray(read.senderAt, read.senderAt + source.length))).toBe(toHex(source));
          expect(listsExactly(out, read, addresses)).toBe(true);
        },
      ),
      { numRuns: 2000, seed: 9568 },
    );
  });
  test('an interval outside of 12 bits of centiseconds becomes the nearest one', () => {
    expect(parsed(fromHex(emitted(advertiser({ intervalMs: 1 })))).intervalMs).toBe(10);
    expect(parsed(fromHex(emitted(advertiser({ intervalMs: 1e9 })))).intervalMs).toBe(longestIntervalMs);
  });
  test('priority 0 is a goodbye', () => {
    const frame = fromHex(emitted(advertiser(), 0));
    expect(describeVrrp(parsed(frame))).toBe('VRRP router 51 by 192.0.2.1: lets go');
  });
});

/** The sum of the pseudo-header alone, with a payload of 12 bytes. */
function pseudoSum(source: Uint8Array): number {
  return 0xffff - complement(`${toHex(source)}e00000120070000c`);
}

test('tshark reads our advertisements without a complaint, and its checksum agrees', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanlord-vrrp-'));
  try {
    const dump = Object.values(goldenVrrp).map((hex) => `000000 ${(hex.match(/../g) ?? []).join(' ')}`);
    writeFileSync(join(folder, 'a.txt'), `${dump.join('\n')}\n`);
    const fields = ['vrrp.checksum.status', 'vrrp.virt_rtr_id', 'vrrp.prio', '_ws.expert.message'];
    for (const [preference, statuses] of [
      // 1 is good, 0 is bad: of the two forms for IPv4 each setting accepts one.
      ['FALSE', ['1', '0', '1']],
      ['TRUE', ['0', '1', '1']],
    ] as const) {
      const options = ['-o', `vrrp.v3_checksum_as_in_v2:${preference}`, ...fields.flatMap((field) => ['-e', field])];
      const script = `text2pcap -q a.txt a.pcap && tshark -r a.pcap -T fields ${options.join(' ')}`;
      const run = Bun.spawnSync(['sh', '-c', script], { cwd: folder, stderr: 'pipe' });
      if (!run.success && /not found/.test(run.stderr.toString())) {
        console.log('not checked: tshark or text2pcap is missing');
        return;
      }
      const rows = run.stdout.toString().trimEnd().split('\n');
      expect(rows.map((row) => row.split('\t').slice(0, 3))).toEqual(statuses.map((status) => [status, '51', '254']));
      for (const [i, row] of rows.entries()) if (statuses[i] === '1') expect(row.split('\t')[3] ?? '').toBe('');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

describe('readVrrp() accepts', () => {
  const accepted: [string, VrrpParts, Partial<Vrrp>][] = [
    ['either checksum (V-4)', { checksum: 'rfc9568' }, { checksum: 'rfc9568' }],
    ['the pseudo-header', {}, { checksum: 'pseudo', sender: '192.0.2.2', addresses: ['192.0.0.8'] }],
    ['reserved bits, which it ignores (V-2)', { interval: 0xf00a }, { intervalMs: 100 }],
    ['the longest interval', { interval: 0xfff }, { intervalMs: longestIntervalMs }],
    ['priority 0 and 255 (V-5)', { priority: 0 }, { priority: 0 }],
    ['an owner', { priority: 255 }, { priority: 255 }],
    ['IP options', { options: '94040000' }, { sender: '192.0.2.2' }],
    [
      'a longer list (V-12: a mismatch is no reason to drop)',
      { list: 'c0000008c0000009' },
      { addresses: ['192.0.0.8', '192.0.0.9'] },
    ],
    ['a trailer behind the list', { trailer: 'ab'.repeat(28) }, { addresses: ['192.0.0.8'] }],
    ['an odd trailer', { trailer: 'abcdef' }, { addresses: ['192.0.0.8'] }],
    ['IPv6', { family: 6 }, { sender: 'fe80::2', addresses: ['fe80::200:5eff:fe00:233'] }],
  ];
  for (const [name, parts, wanted] of accepted) {
    test(name, () => {
      const frame = vrrpFrame(parts);
      expect(parsed(frame)).toMatchObject(wanted);
      // Padding is never looked at.
      const padded = new Uint8Array(frame.length + 20).fill(0xee);
      padded.set(frame);
      expect(parsed(padded)).toMatchObject(wanted);
      expect(parsed(tagged(frame, 0x8100, 0xe000))).toMatchObject(wanted);
    });
  }
  test('frames of unicast peers, to whomever they are sent, when peers are configured', () => {
    const peers = [fromHex('c0000202'), fromHex('fe800000000000000000000000000002')];
    for (const parts of [{}, { destination: 'c0000201' }, { family: 6 }] as const) {
      const frame = vrrpFrame(parts);
      expect(typeof parseVrrp(frame, frame.length, peers)).toBe('object');
    }
  });
});

describe('readVrrp() drops, and says why', () => {
  const dropped: [string, string, VrrpParts][] = [
    ['TTL 254 (V-1)', 'ttl', { ttl: 254 }],
    ['hop limit 254 (V-1)', 'ttl', { ttl: 254, family: 6 }],
    ['version 2 (V-2)', 'version', { version: 2 }],
    ['version 4', 'version', { version: 4, family: 6 }],
    ['type 2 (V-3)', 'type', { type: 2 }],
    ['an empty list (V-3)', 'count_zero', { list: '' }],
    ['an empty list with bytes behind it', 'count_zero', { count: 0 }],
    ['interval 0 (V-3)', 'interval_zero', { interval: 0 }],
    ['interval 0 under reserved bits', 'interval_zero', { interval: 0xf000 }],
    ['a list that goes on behind the packet (V-3)', 'list_truncated', { count: 2 }],
    ['the same of IPv6', 'list_truncated', { count: 2, family: 6 }],
    ['virtual router 0', 'virtual_router_id', { virtualRouterId: 0 }],
    ['a wrong checksum (V-4)', 'checksum', { wrong: 1 }],
    ['a wrong checksum of IPv6', 'checksum', { wrong: 1, family: 6 }],
    ['IPv6 without a pseudo-header', 'checksum', { checksum: 'rfc9568', family: 6 }],
    ['a wrong IPv4 header checksum', 'ip_header', { wrongHeader: 1 }],
    ['a fragment', 'fragment', { fragment: 0x2000 }],
    ['a later fragment', 'fragment', { fragment: 1 }],
    ['another group', 'destination', { destination: 'e0000013' }],
    ['unicast, without peers', 'destination', { destination: 'c0000201' }],
    ['another IPv6 group', 'destination', { destination: 'ff020000000000000000000000000013', family: 6 }],
    ['the group of another scope', 'destination', { destination: 'ff050000000000000000000000000012', family: 6 }],
    ['from a group', 'source', { source: 'e0000001' }],
    ['from nobody', 'source', { source: '00000000' }],
    ['from an IPv6 group', 'source', { source: 'ff020000000000000000000000000001', family: 6 }],
    ['from ::', 'source', { source: '00000000000000000000000000000000', family: 6 }],
    ['another protocol', 'not_vrrp', { protocol: 17 }],
    ['another next header', 'not_vrrp', { protocol: 58, family: 6 }],
    ['a length beyond the frame', 'truncated', { length: 33 }],
    ['a length beyond the frame of IPv6', 'truncated', { length: 25, family: 6 }],
    ['a packet that ends within the message', 'truncated', { length: 27 }],
    ['a packet that ends within its header', 'ip_header', { length: 19 }],
  ];
  for (const [name, verdict, parts] of dropped) {
    test(name, () => {
      const frame = vrrpFrame(parts);
      expect(parseVrrp(frame, frame.length)).toBe(verdict);
    });
  }
  test('strangers, when peers are configured', () => {
    const peers = [fromHex('c0000203'), fromHex('fe800000000000000000000000000003')];
    for (const parts of [{}, { family: 6 }] as const) {
      const frame = vrrpFrame(parts);
      expect(parseVrrp(frame, frame.length, peers)).toBe('not_peer');
    }
  });
  test('frames of a VLAN, ARP and NDP', () => {
    const frame = vrrpFrame();
    expect(parseVrrp(tagged(frame, 0x8100, 7), frame.length + 4)).toBe('vlan_tagged');
    expect(parseVrrp(arpFrame(), 42)).toBe('not_vrrp');
    expect(parseVrrp(neighborFrame(), 86)).toBe('not_vrrp');
  });
  test('every frame that is cut short, at every length, whatever length the caller claims', () => {
    for (const family of [4, 6] as const) {
      const frame = vrrpFrame({ family });
      for (let length = 0; length < frame.length; length++) {
        expect(parseVrrp(frame, length)).toBe('truncated');
        expect(parseVrrp(frame.slice(0, length), 200)).toBe('truncated');
      }
    }
  });
  test('every verdict but the first is reached here', () => {
    const reached = new Set(['vlan_tagged', 'not_peer', ...dropped.map(([, verdict]) => verdict)]);
    expect(vrrpVerdictNames.filter((name) => !reached.has(name))).toEqual(['accepted']);
  });
});

test('listsExactly() wants the same addresses, in any order', () => {
  const two = fromHex('c0000009');
  const read = emptyVrrpFrame();
  const frame = vrrpFrame({ list: 'c0000009c0000008' });
  expect(readVrrp(frame, frame.length, [], read)).toBe(0);
  expect(listsExactly(frame, read, [anchor4, two])).toBe(true);
  for (const list of [[anchor4], [two], [anchor4, fromHex('c000000a')], [anchor4, two, two], [anchor6, anchor6], []]) {
    expect(listsExactly(frame, read, list)).toBe(false);
  }
});
