import { beforeEach, describe, expect, test } from 'bun:test';
import { type NeighborResponder, respondNeighbor } from '#core/respond-neighbor.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply, type Verdict, verdictNames } from '#table/verdict.ts';
import { toHex } from '#wire/bytes.ts';
import { parseNdp } from '#wire/ndp-text.ts';
import { arpFrame, fromHex, ownMac, tagged } from '../../support/frames.ts';
import {
  advertisementFrame,
  allNodes,
  allNodesMac,
  client6,
  dadFrame,
  golden6,
  linkLocal,
  neighborFrame,
  otherVip6,
  unspecified,
  vip6,
} from '../../support/neighbor-frames.ts';

const now = 5000;
const standbyVip = '20010db8000000000000000000000014';
const candidate = '20010db8000000000000000000000015';
const foreign = '20010db80000000000000000000000fe';
const own = '020000000001';
const stranger = '0200000000bb';
const silence = 'a5'.repeat(86);

let writer: TableWriter;
let self: NeighborResponder;

function ipv6(hex: string) {
  return { family: 'IPv6', value: BigInt(`0x${hex}`) } as const;
}

beforeEach(() => {
  const buffer = createTable(16);
  writer = new TableWriter(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: now + 1000 });
  writer.setGroup(7, { mode: 'vrrp', active: false, deadlineMs: now + 1000 });
  writer.put({ address: ipv6(vip6), group: 0, generation: 1 });
  writer.put({ address: ipv6(otherVip6), group: 0, generation: 1 });
  writer.put({ address: ipv6(standbyVip), group: 7, generation: 1 });
  writer.put({ address: ipv6(candidate), group: 0, generation: 1, phase: 'claiming' });
  const claims = new ClaimRecorder(buffer);
  self = { mac: ownMac, table: new TableReader(buffer), nowMs: now, speaks: true, claims };
});

/** Gives the frame to the responder; expects an untouched buffer unless the verdict carries a reply. */
function hear(frame: Uint8Array, length = frame.length): { verdict: string | undefined; sent: string | null } {
  const out = new Uint8Array(new ArrayBuffer(86)).fill(0xa5);
  const verdict = respondNeighbor(frame, length, self, out, 0);
  if (!carriesReply(verdict)) expect(toHex(out)).toBe(silence);
  return { verdict: verdictNames[verdict], sent: carriesReply(verdict) ? toHex(out) : null };
}

function silent(verdict: keyof typeof Verdict) {
  return { verdict, sent: null };
}

function counted(name: keyof typeof Verdict): number {
  return writer.counters()[name] ?? 0;
}

describe('answers', () => {
  test('N-1, ND-2: a multicast solicitation with a source option, with the golden bytes', () => {
    expect(hear(fromHex(golden6.solicitation))).toEqual({ verdict: 'replied', sent: golden6.solicited });
  });
  test('N-2: a unicast solicitation to our MAC (neighbor unreachability detection)', () => {
    expect(hear(neighborFrame({ to: own, destination: vip6 })).sent).toBe(golden6.solicited);
    expect(hear(neighborFrame({ to: own, destination: vip6, options: '' })).sent).toBe(golden6.solicited);
  });
  test('N-3, ND-3: a probe, to all nodes, counted as one', () => {
    expect(hear(dadFrame())).toEqual({ verdict: 'probe_answered', sent: golden6.toProber });
    expect(hear(dadFrame({ options: '' }))).toEqual({ verdict: 'probe_answered', sent: golden6.toProber });
    expect(writer.counters()).toMatchObject({ probe_answered: 2, replied: 0, claims_our_vip: 0 });
  });
  test('N-5: one without a source option, to the Ethernet source', () => {
    expect(hear(neighborFrame({ options: '' }))).toEqual({ verdict: 'replied', sent: golden6.solicited });
  });
  test('one from a link-local address', () => {
    const source = 'fe80000000000000000000fffe0000aa';
    const { sent } = hear(neighborFrame({ source }));
    expect(parseNdp(fromHex(sent ?? ''), 86)).toMatchObject({ destination: 'fe80::ff:fe00:aa', solicited: true });
  });
  test('a priority tag counts as none; padding is not echoed', () => {
    expect(hear(tagged(neighborFrame(), 0x8100, 0)).sent).toBe(golden6.solicited);
    expect(hear(fromHex(`${golden6.solicitation}${'ee'.repeat(18)}`)).sent).toBe(golden6.solicited);
  });
  test('an option that differs from the Ethernet source: to the option, counted', () => {
    const { sent } = hear(neighborFrame({ options: `0101${stranger}` }));
    expect(sent?.slice(0, 12)).toBe(stranger);
    expect(writer.counters()).toMatchObject({ replied: 1, spoof_suspect: 1 });
  });
  test('the answer is counted for its row', () => {
    hear(neighborFrame());
    hear(dadFrame());
    const rows = [...writer.rows()].map(({ address, answers }) => [address.value.toString(16), answers]);
    expect(rows).toContainEqual([vip6, 2]);
    expect(rows).toContainEqual([otherVip6, 0]);
  });
});

describe('silence', () => {
  test('not our address, standby, and an address that is being claimed (ND-6)', () => {
    expect(hear(neighborFrame({ target: foreign }))).toEqual(silent('not_ours'));
    expect(hear(neighborFrame({ target: standbyVip }))).toEqual(silent('standby'));
    expect(hear(neighborFrame({ target: candidate }))).toEqual(silent('standby'));
  });
  test('a passed deadline and a removed row', () => {
    self.nowMs = now + 1000;
    expect(hear(neighborFrame())).toEqual(silent('standby'));
    self.nowMs = now;
    writer.remove(ipv6(vip6));
    expect(hear(neighborFrame())).toEqual(silent('not_ours'));
  });
  test('an interface without any IPv6 address', () => {
    self.speaks = false;
    expect(hear(neighborFrame())).toEqual(silent('no_source'));
    expect(hear(dadFrame())).toEqual(silent('no_source'));
    expect(hear(neighborFrame({ target: foreign }))).toEqual(silent('not_ours'));
  });
  test('another station, our own MAC, a source that is no station', () => {
    expect(hear(neighborFrame({ to: stranger }))).toEqual(silent('not_for_us'));
    expect(hear(neighborFrame({ from: own }))).toEqual(silent('own_frame'));
    expect(hear(neighborFrame({ options: `0101${own}` }))).toEqual(silent('own_frame'));
    expect(hear(neighborFrame({ from: '333300000001' }))).toEqual(silent('multicast_source'));
    expect(hear(neighborFrame({ from: '000000000000' }))).toEqual(silent('multicast_source'));
  });
  test('N-4: what RFC 4861 §7.1.1 refuses, what is cut, tagged or something else, each counted as that', () => {
    expect(hear(neighborFrame({ hopLimit: 254 }))).toEqual(silent('ndp_invalid'));
    expect(hear(neighborFrame({ wrong: 1 }))).toEqual(silent('ndp_invalid'));
    expect(hear(neighborFrame({ code: 1 }))).toEqual(silent('ndp_invalid'));
    expect(hear(neighborFrame({ options: '0100000000000000' }))).toEqual(silent('ndp_invalid'));
    expect(hear(neighborFrame({ target: allNodes }))).toEqual(silent('ndp_invalid'));
    expect(hear(neighborFrame(), 85)).toEqual(silent('malformed'));
    expect(hear(tagged(neighborFrame(), 0x8100, 10))).toEqual(silent('vlan_tagged'));
    expect(hear(neighborFrame({ type: 128 }))).toEqual(silent('not_ndp'));
    expect(hear(arpFrame())).toEqual(silent('not_ndp'));
    expect(counted('ndp_invalid')).toBe(5);
  });
  test('an IPv4-mapped target is not the IPv4 VIP', () => {
    writer.put({ address: { family: 'IPv4', value: 0xc000020an }, group: 0, generation: 1 });
    expect(hear(neighborFrame({ target: '00000000000000000000ffffc000020a' }))).toEqual(silent('not_ours'));
  });
});

describe('claims of others', () => {
  test('N-6: an advertisement of our VIP from another MAC is evidence of a conflict and not answered', () => {
    expect(hear(advertisementFrame({ from: stranger }))).toEqual(silent('claims_our_vip'));
    expect(hear(advertisementFrame({ from: stranger, options: '' }))).toEqual(silent('claims_our_vip'));
    expect(hear(advertisementFrame({ from: stranger, to: own, destination: linkLocal, flags: '60000000' }))).toEqual(
      silent('claims_our_vip'),
    );
  });
  test('ETH-4: a link-layer option that is not the Ethernet source is no evidence against an address in use, and counted', () => {
    const doubtful = advertisementFrame({ from: stranger, options: '0201020000000077' });
    expect(hear(doubtful)).toEqual(silent('claims_our_vip'));
    expect(hear(neighborFrame({ from: stranger, source: vip6, target: foreign, options: '0101020000000077' }))).toEqual(
      silent('claims_our_vip'),
    );
    expect(self.claims?.takeNews()).toBe(-1);
    expect(counted('spoof_suspect')).toBe(2);
    // The same said by one sender is.
    hear(advertisementFrame({ from: stranger }));
    expect(self.claims?.takeNews()).toBe(0);
  });
  test('ND-6: while an address is being claimed any doubt is enough, also an option that is not the Ethernet source', () => {
    const doubtful = advertisementFrame({ from: stranger, target: candidate, options: '0201020000000077' });
    expect(hear(doubtful)).toEqual(silent('claims_candidate'));
    expect(self.claims?.takeNews()).toBeGreaterThanOrEqual(0);
  });
  test('an advertisement of anything else is nothing', () => {
    expect(hear(advertisementFrame({ target: foreign }))).toEqual(silent('neighbor_advertisement'));
    expect(hear(advertisementFrame({ target: standbyVip }))).toEqual(silent('neighbor_advertisement'));
  });
  test('our own advertisement that comes back', () => {
    expect(hear(fromHex(golden6.unsolicited))).toEqual(silent('own_frame_claims_vip'));
    expect(hear(advertisementFrame({ target: foreign, from: own }))).toEqual(silent('own_frame'));
  });
  test('a solicitation from our VIP is answered and reported', () => {
    const { verdict, sent } = hear(neighborFrame({ source: vip6, target: otherVip6 }));
    expect(verdict).toBe('claimant_answered');
    expect(parseNdp(fromHex(sent ?? ''), 86)).toMatchObject({ destination: '2001:db8::10', target: '2001:db8::11' });
    expect(hear(neighborFrame({ source: vip6, target: foreign }))).toEqual(silent('claims_our_vip'));
  });
  test('ND-6: for an address that is being claimed: any advertisement, or a probe of somebody else', () => {
    expect(hear(advertisementFrame({ target: candidate }))).toEqual(silent('claims_candidate'));
    expect(hear(dadFrame({ target: candidate }))).toEqual(silent('claims_candidate'));
    expect(hear(dadFrame({ target: candidate, from: own }))).toEqual(silent('own_frame'));
    expect(hear(neighborFrame({ source: candidate, target: foreign }))).toEqual(silent('claims_candidate'));
  });
  test('is written down with the row', () => {
    hear(advertisementFrame({ from: stranger }));
    expect(self.claims?.takeNews()).toBe(0);
    expect(self.claims?.takeNews()).toBe(-1);
    hear(dadFrame());
    hear(neighborFrame());
    hear(advertisementFrame({ target: foreign }));
    expect(self.claims?.takeNews()).toBe(-1);
  });
});

test('every frame is counted under exactly its verdict', () => {
  hear(neighborFrame());
  hear(neighborFrame({ target: foreign }));
  hear(neighborFrame({ source: unspecified, options: '', destination: client6 }));
  hear(advertisementFrame({ to: allNodesMac }));
  const counts = Object.entries(writer.counters()).filter(([, count]) => count > 0);
  expect(counts).toEqual([
    ['replied', 1],
    ['claims_our_vip', 1],
    ['not_ours', 1],
    ['ndp_invalid', 1],
  ]);
});
