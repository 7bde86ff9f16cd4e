import { beforeEach, describe, expect, test } from 'bun:test';
import { type Responder, respond } from '#core/respond.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply, Verdict, verdictNames } from '#table/verdict.ts';
import { toHex } from '#wire/bytes.ts';
import {
  arpFrame,
  client,
  clientMac,
  fromHex,
  golden,
  otherVip,
  ownMac,
  padded,
  strangerMac,
  tagged,
  vip,
} from '../../support/frames.ts';

const now = 5000;
const standbyVip = 0xc0000214;
const foreign = 0xc00002fe;
const silence = 'a5'.repeat(60);

let writer: TableWriter;
let self: Responder;

function ipv4(value: number) {
  return { family: 'IPv4', value: BigInt(value) } as const;
}

beforeEach(() => {
  const buffer = createTable(16);
  writer = new TableWriter(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: now + 1000 });
  writer.setGroup(7, { mode: 'vrrp', active: false, deadlineMs: now + 1000 });
  writer.put({ address: ipv4(vip), group: 0, generation: 1 });
  writer.put({ address: ipv4(otherVip), group: 0, generation: 1 });
  writer.put({ address: ipv4(standbyVip), group: 7, generation: 1 });
  self = { mac: ownMac, table: new TableReader(buffer), nowMs: now };
});

/** Gives the frame to the responder; expects an untouched buffer unless the verdict carries a reply. */
function hear(frame: Uint8Array, length = frame.length): { verdict: string | undefined; sent: string | null } {
  const out = new Uint8Array(new ArrayBuffer(60)).fill(0xa5);
  const verdict = respond(frame, length, self, out, 0);
  if (!carriesReply(verdict)) expect(toHex(out)).toBe(silence);
  return { verdict: verdictNames[verdict], sent: carriesReply(verdict) ? toHex(out) : null };
}

function silent(verdict: keyof typeof Verdict) {
  return { verdict, sent: null };
}

describe('answers', () => {
  test('R-1, ARP-3: a broadcast who-has for an active VIP, with the golden bytes', () => {
    expect(hear(fromHex(golden.whoHas))).toEqual({ verdict: 'replied', sent: padded(golden.reply) });
  });
  test('R-2, ARP-5: a unicast who-has to our own MAC', () => {
    expect(hear(arpFrame({ to: ownMac })).sent).toBe(padded(golden.reply));
    expect(hear(arpFrame({ to: ownMac, targetMac: ownMac })).sent).toBe(padded(golden.reply));
  });
  test('R-6, B7: a probe, to the prober and with target address 0.0.0.0', () => {
    const reply = padded('0200000000aa02000000000108060001080006040002020000000001c000020a0200000000aa00000000');
    expect(hear(arpFrame({ sender: 0 }))).toEqual({ verdict: 'probe_answered', sent: reply });
    expect(writer.counters()).toMatchObject({ probe_answered: 1, replied: 0, claims_our_vip: 0 });
  });
  test('R-10, ETH-2: padding of any length and content, none of which is echoed', () => {
    for (const trailer of [1, 18, 22, 86]) {
      const frame = fromHex(golden.whoHas + 'ee'.repeat(trailer));
      expect(hear(frame)).toEqual({ verdict: 'replied', sent: padded(golden.reply) });
    }
  });
  test('R-11, ETH-4: a sender MAC that differs from the Ethernet source: to that source, naming that MAC, counted', () => {
    const reply = padded('0200000000aa02000000000108060001080006040002020000000001c000020a0200000000bbc00002c8');
    expect(hear(arpFrame({ from: clientMac, senderMac: strangerMac }))).toEqual({ verdict: 'replied', sent: reply });
    expect(writer.counters()).toMatchObject({ replied: 1, spoof_suspect: 1, claims_our_vip: 0 });
  });
  test('R-12, ETH-3: a priority tag (VLAN 0) counts as untagged, and the reply has no tag', () => {
    for (const control of [0, 0xe000]) {
      expect(hear(tagged(fromHex(golden.whoHas), 0x8100, control)).sent).toBe(padded(golden.reply));
    }
  });
  test('ARP-2 and RFC 826: a request from a claimed VIP for another VIP is evidence of a conflict, and answered', () => {
    const reply = padded('0200000000bb02000000000108060001080006040002020000000001c000020b0200000000bbc000020a');
    const frame = arpFrame({ from: strangerMac, sender: vip, target: otherVip });
    expect(hear(frame)).toEqual({ verdict: 'claimant_answered', sent: reply });
  });
  test('are written at the offset and nowhere else', () => {
    const out = new Uint8Array(new ArrayBuffer(192)).fill(0xa5);
    expect(respond(fromHex(golden.whoHas), 42, self, out, 64)).toBe(Verdict.replied);
    expect(toHex(out)).toBe('a5'.repeat(64) + padded(golden.reply) + 'a5'.repeat(68));
  });
  test('are counted per VIP', () => {
    for (let i = 0; i < 3; i++) hear(fromHex(golden.whoHas));
    hear(arpFrame({ sender: 0 }));
    expect(writer.answers(ipv4(vip))).toBe(4);
    expect(writer.answers(ipv4(otherVip))).toBe(0);
  });
});

describe('is silent about', () => {
  test('R-3, ARP-5, ETH-4: frames to a foreign unicast MAC or to a group other than broadcast', () => {
    expect(hear(arpFrame({ to: strangerMac }))).toEqual(silent('not_for_us'));
    expect(hear(arpFrame({ to: Uint8Array.of(1, 0, 0x5e, 0, 0, 1) }))).toEqual(silent('not_for_us'));
    expect(hear(arpFrame({ to: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xfe) }))).toEqual(silent('not_for_us'));
  });
  test('R-4, ARP-4: ARP replies', () => {
    expect(hear(arpFrame({ operation: 2 }))).toEqual(silent('arp_reply'));
    expect(hear(arpFrame({ operation: 2, to: ownMac, targetMac: ownMac }))).toEqual(silent('arp_reply'));
  });
  test('R-5, ARP-4: addresses that are not in the table', () => {
    expect(hear(arpFrame({ target: foreign }))).toEqual(silent('not_ours'));
    expect(hear(arpFrame({ target: 0 }))).toEqual(silent('not_ours'));
    expect(hear(arpFrame({ target: 0xffffffff }))).toEqual(silent('not_ours'));
  });
  test('VIPs whose group is not active, or whose deadline has passed', () => {
    expect(hear(arpFrame({ target: standbyVip }))).toEqual(silent('standby'));
    expect(hear(arpFrame({ sender: 0, target: standbyVip }))).toEqual(silent('standby'));
    self.nowMs = now + 1000;
    expect(hear(fromHex(golden.whoHas))).toEqual(silent('standby'));
  });
  test('R-13: a VIP that was removed', () => {
    writer.remove(ipv4(vip));
    expect(hear(fromHex(golden.whoHas))).toEqual(silent('not_ours'));
  });
  test('R-8, ARP-1: what is no Ethernet and IPv4 ARP request or reply', () => {
    for (const [at, value] of [
      [15, 6],
      [17, 1],
      [18, 8],
      [19, 16],
      [21, 0],
      [21, 3],
      [21, 25],
      [20, 0xff],
    ] as const) {
      const frame = arpFrame();
      frame[at] = value;
      expect(hear(frame)).toEqual(silent('malformed'));
    }
  });
  test('R-9: every truncation of every golden frame', () => {
    for (const hex of Object.values(golden)) {
      for (let length = 0; length < 42; length++) expect(hear(fromHex(hex), length)).toEqual(silent('malformed'));
    }
  });
  test('R-11: Ethernet sources that are a group or zero', () => {
    for (const from of ['ffffffffffff', '01005e000001', '333300000001', '030000000001', '000000000000']) {
      expect(hear(arpFrame({ from: fromHex(from) }))).toEqual(silent('multicast_source'));
    }
  });
  test('R-12, ETH-3: VLANs', () => {
    for (const control of [1, 10, 4095, 0xe001]) {
      expect(hear(tagged(fromHex(golden.whoHas), 0x8100, control))).toEqual(silent('vlan_tagged'));
    }
    expect(hear(tagged(fromHex(golden.whoHas), 0x88a8, 0))).toEqual(silent('vlan_tagged'));
  });
  test('other protocols', () => {
    const frame = arpFrame();
    frame[12] = 0x86;
    frame[13] = 0xdd;
    expect(hear(frame)).toEqual(silent('not_arp'));
  });
});

describe('claims of our VIPs', () => {
  test('R-4, ACD-6: a reply from a stranger is evidence', () => {
    expect(hear(fromHex(golden.foreignClaim))).toEqual(silent('claims_our_vip'));
  });
  test('B7: an announcement of a stranger is evidence and is not answered', () => {
    expect(hear(arpFrame({ from: strangerMac, sender: vip, target: vip }))).toEqual(silent('claims_our_vip'));
  });
  test('ARP-2: a request for a foreign address from a stranger with our VIP is evidence', () => {
    expect(hear(arpFrame({ from: strangerMac, sender: vip, target: foreign }))).toEqual(silent('claims_our_vip'));
    expect(hear(arpFrame({ from: strangerMac, sender: vip, target: standbyVip }))).toEqual(silent('claims_our_vip'));
  });
  test('ETH-4: a differing Ethernet source alone is no evidence; with a claim it is', () => {
    expect(hear(arpFrame({ operation: 2, senderMac: strangerMac }))).toEqual(silent('arp_reply'));
    expect(hear(arpFrame({ operation: 2, senderMac: strangerMac, sender: vip }))).toEqual(silent('claims_our_vip'));
    expect(writer.counters()).toMatchObject({ spoof_suspect: 2 });
  });
  test('are none while another node leads', () => {
    expect(hear(arpFrame({ from: strangerMac, sender: standbyVip, target: standbyVip }))).toEqual(silent('standby'));
    expect(hear(arpFrame({ operation: 2, from: strangerMac, sender: standbyVip }))).toEqual(silent('arp_reply'));
  });
  test('a probe claims nothing, even if 0.0.0.0 were in the table', () => {
    writer.put({ address: ipv4(0), group: 0, generation: 1 });
    expect(hear(arpFrame({ sender: 0, target: foreign }))).toEqual(silent('not_ours'));
  });
});

describe('our own MAC', () => {
  test('R-7, ETH-5: our announcement that came back is not answered, and worth an alarm', () => {
    expect(hear(fromHex(golden.announceRequest))).toEqual(silent('own_frame_claims_vip'));
    expect(hear(fromHex(golden.announceReply))).toEqual(silent('own_frame_claims_vip'));
  });
  test('ETH-5: as Ethernet source or as ARP sender: dropped', () => {
    expect(hear(arpFrame({ from: ownMac }))).toEqual(silent('own_frame'));
    expect(hear(arpFrame({ from: ownMac, senderMac: strangerMac }))).toEqual(silent('own_frame'));
    expect(hear(arpFrame({ from: strangerMac, senderMac: ownMac }))).toEqual(silent('own_frame'));
    expect(hear(fromHex(golden.probe))).toEqual(silent('own_frame'));
  });
  test('ETH-6: is the one that is given, so a changed MAC is used at once', () => {
    self.mac = Uint8Array.of(2, 0, 0, 0, 0, 0x77);
    expect(hear(fromHex(golden.whoHas)).sent).toBe(padded(golden.reply).replaceAll('020000000001', '020000000077'));
    expect(hear(arpFrame({ to: ownMac }))).toEqual(silent('not_for_us'));
  });
});

test('ARP-6: frames leave nothing behind but counters', () => {
  const rows = [...writer.rows()];
  const epoch = self.table.epoch();
  for (let i = 0; i < 1000; i++) hear(arpFrame({ sender: client + i, target: foreign }));
  expect([...writer.rows()]).toEqual(rows);
  expect(self.table.epoch()).toBe(epoch);
  expect(writer.counters()).toMatchObject({ not_ours: 1000 });
});
