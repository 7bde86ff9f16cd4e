// Claims of other hosts as the responder writes them down, and as the main thread reads them.
import { beforeEach, describe, expect, test } from 'bun:test';
import { type Responder, respond } from '#core/respond.ts';
import { formatAddress } from '#model/address.ts';
import { ClaimKind, ClaimRecorder } from '#table/claim-recorder.ts';
import { ClaimView } from '#table/claim-view.ts';
import { writeFriends } from '#table/friends.ts';
import { createTable, type Phase } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { verdictNames } from '#table/verdict.ts';
import { arpFrame, client, clientMac, fromHex, golden, ownMac, strangerMac, vip } from '../../support/frames.ts';

let buffer: SharedArrayBuffer;
let writer: TableWriter;
let view: ClaimView;
let claims: ClaimRecorder;
let self: Responder;
const address = { family: 'IPv4', value: BigInt(vip) } as const;

function put(phase: Phase, generation = 1): void {
  writer.put({ address, group: 0, generation, phase });
}

function hear(frame: Uint8Array): string | undefined {
  return verdictNames[respond(frame, frame.length, self, new Uint8Array(64), 0)];
}

/** Rows with news since the last call. */
function news(): number {
  let count = 0;
  while (claims.takeNews() >= 0) count++;
  return count;
}

beforeEach(() => {
  buffer = createTable(128);
  writer = new TableWriter(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: 1_000_000 });
  view = new ClaimView(buffer, writer);
  claims = new ClaimRecorder(buffer);
  self = { mac: ownMac, table: new TableReader(buffer), nowMs: 5000, claims };
});

const announcement = (mac = strangerMac) => arpFrame({ from: mac, sender: vip, target: vip });
const reply = (mac = strangerMac) => arpFrame({ from: mac, operation: 2, sender: vip, target: client });
const probe = (mac = strangerMac) => arpFrame({ from: mac, sender: 0, target: vip });
const otherRequest = () => arpFrame({ from: strangerMac, sender: vip, target: 0xc00002fe });

describe('ACD-3: while an address is claimed', () => {
  beforeEach(() => put('claiming'));
  test('it is not answered', () => {
    expect(hear(arpFrame())).toBe('standby');
    expect(hear(arpFrame({ to: ownMac }))).toBe('standby');
  });
  test('D-2: every packet with it as sender is a conflict: reply, announcement, request', () => {
    for (const frame of [reply(), announcement(), otherRequest()]) expect(hear(frame)).toBe('claims_candidate');
    expect(view.records()).toMatchObject([{ mac: '02:00:00:00:00:bb', count: 3, firstMs: 5000 }]);
    expect(news()).toBe(3);
  });
  test('D-2: also when the Ethernet source is another one: any doubt is enough', () => {
    expect(hear(arpFrame({ from: clientMac, senderMac: strangerMac, sender: vip }))).toBe('claims_candidate');
    expect(view.records()).toHaveLength(1);
  });
  test('D-3: a probe of somebody else is a conflict', () => {
    expect(hear(probe())).toBe('claims_candidate');
    expect(view.records()).toMatchObject([{ mac: '02:00:00:00:00:bb', kinds: 1 << ClaimKind.probe }]);
  });
  test('D-4: an ordinary request for it is none', () => {
    hear(arpFrame());
    expect(view.records()).toEqual([]);
    expect(news()).toBe(0);
  });
  test('D-5: our own probe that comes back is none', () => {
    expect(hear(fromHex(golden.probe))).toBe('own_frame');
    expect(hear(probe(ownMac))).toBe('own_frame');
    expect(view.records()).toEqual([]);
  });
  test('what it came to is read back for the same generation only', () => {
    const row = -3 - self.table.findIPv4(vip, self.nowMs);
    expect(view.outcome(address, 1)).toBeNull();
    claims.conclude(row, 1, 'conflict');
    expect(view.outcome(address, 1)).toBe('conflict');
    put('claiming', 2);
    expect(view.outcome(address, 2)).toBeNull();
    claims.conclude(row, 2, 'clear');
    expect([view.outcome(address, 2), view.outcome(address, 1)]).toEqual(['clear', null]);
  });
  test('generations of any size are told apart', () => {
    put('claiming', 0x3fff_ffff);
    claims.conclude(-3 - self.table.findIPv4(vip, self.nowMs), 0x3fff_ffff, 'clear');
    expect(view.outcome(address, 0x3fff_ffff)).toBe('clear');
    expect(view.outcome(address, 0x3fff_fffe)).toBeNull();
  });
});

describe('ACD-6: while an address is answered', () => {
  beforeEach(() => put('live'));
  test('claims are counted per MAC, with first and last time', () => {
    hear(announcement());
    self.nowMs = 7000;
    hear(reply());
    hear(announcement(clientMac));
    const [first, second] = [...view.records()].sort((a, b) => (a.mac < b.mac ? 1 : -1));
    expect(first).toMatchObject({ mac: '02:00:00:00:00:bb', count: 2, firstMs: 5000, lastMs: 7000 });
    expect(second).toMatchObject({ mac: '02:00:00:00:00:aa', count: 1 });
    expect(formatAddress(first?.address ?? address)).toBe('192.0.2.10');
  });
  test('a claim within ten seconds after another one is a repeat, a later one is not', () => {
    hear(announcement());
    self.nowMs += 9999;
    hear(announcement());
    self.nowMs += 10_000;
    hear(announcement());
    expect(view.records()).toMatchObject([{ count: 3, repeats: 1 }]);
  });
  test('a sender MAC that is not the Ethernet source is no evidence', () => {
    expect(hear(arpFrame({ from: clientMac, senderMac: strangerMac, sender: vip, target: vip }))).toBe(
      'claims_our_vip',
    );
    expect(view.records()).toEqual([]);
  });
  test('D-5: our own announcement that comes back is an echo, and no news to defend against', () => {
    expect(hear(fromHex(golden.announceRequest))).toBe('own_frame_claims_vip');
    expect(view.records()).toMatchObject([{ mac: '02:00:00:00:00:01', kinds: 1 << ClaimKind.own }]);
    expect(news()).toBe(0);
  });
  test('probes for it are answered and are no claim', () => {
    expect(hear(probe())).toBe('probe_answered');
    expect(view.records()).toEqual([]);
  });
  test('defences are told apart by row, also when the clock wraps', () => {
    const row = self.table.findIPv4(vip, self.nowMs);
    expect(claims.sinceDefenceMs(row, 5000)).toBe(Number.POSITIVE_INFINITY);
    claims.defended(row, 0xffff_fff0);
    expect(claims.sinceDefenceMs(row, 0x10)).toBe(0x20);
  });
  test('a flood of forged MACs and addresses grows nothing: 64 claimants, the silent ones leave first', () => {
    for (let i = 0; i < 100; i++)
      writer.put({ address: { family: 'IPv4', value: BigInt(vip + 100 + i) }, group: 0, generation: 1 });
    hear(announcement());
    for (let i = 0; i < 1000; i++) {
      self.nowMs++;
      const ip = vip + 100 + (i % 100);
      hear(arpFrame({ from: Uint8Array.of(2, 9, 9, 9, i >> 8, i & 255), sender: ip, target: ip }));
    }
    const records = view.records();
    expect(records).toHaveLength(64);
    expect(Math.min(...records.map(({ lastMs }) => lastMs))).toBe(self.nowMs - 63);
    expect(news()).toBeLessThanOrEqual(64);
  });
});

test('a watched address is neither answered nor claimed, and what others claim is written down', () => {
  put('watched');
  expect(hear(arpFrame())).toBe('standby');
  expect(hear(announcement())).toBe('claims_candidate');
  expect(view.records()).toHaveLength(1);
});

test('D-10: what a friend claims is written down nowhere: our own other interfaces, other boxes of ours', () => {
  put('claiming');
  writeFriends(buffer, [strangerMac]);
  for (const frame of [reply(), announcement(), probe()]) hear(frame);
  expect([view.records(), news()]).toEqual([[], 0]);
  writeFriends(buffer, []);
  hear(probe());
  expect(view.records()).toHaveLength(1);
});

test('G-6: a friend that claims what is answered here is noted by group, one that asks or takes part in a race is not', () => {
  writeFriends(buffer, [strangerMac]);
  put('claiming');
  for (const frame of [reply(), announcement(), probe()]) hear(frame);
  put('live', 2);
  hear(otherRequest());
  expect(claims.takeFriendly()).toEqual([]);
  for (let i = 0; i < 10; i++) hear(announcement());
  expect(claims.takeFriendly()).toEqual([0]);
  expect(claims.takeFriendly()).toEqual([]);
  hear(reply());
  expect(claims.takeFriendly()).toEqual([0]);
  writer.setGroup(511, { mode: 'solo', active: true, deadlineMs: 1_000_000 });
  writer.remove(address);
  writer.put({ address, group: 511, generation: 3 });
  hear(announcement());
  expect([claims.takeFriendly(), view.records()]).toEqual([[511], []]);
});

test('policy and profile cross over, and every change of claims shows in the epoch', () => {
  view.setPolicy('release', 'standard');
  expect([claims.policy(), claims.profile()]).toEqual(['release', 'standard']);
  put('live');
  const before = view.epoch();
  hear(announcement());
  expect(view.epoch()).not.toBe(before);
});

test('D-10: boxes full of containers are friends with all of their MACs', () => {
  const macs = Array.from({ length: 4 * 32 }, (_, i) => Uint8Array.of(2, 0, 0, 1, 0, i));
  put('claiming');
  writeFriends(buffer, [...macs, strangerMac]);
  hear(announcement());
  expect([view.records(), news()]).toEqual([[], 0]);
});
