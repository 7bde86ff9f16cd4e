// Random and mutated frames against an oracle that is written differently from the responder.
import { expect, test } from 'bun:test';
import { respond } from '#core/respond.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply, verdictNames } from '#table/verdict.ts';
import { toHex } from '#wire/bytes.ts';
import { fromHex, golden, otherVip, ownMac, tagged, vip } from '../../support/frames.ts';
import { fuzzPlan } from '../../support/fuzz-plan.ts';
import { seeded } from '../../support/seeded.ts';

const { frames, seed } = fuzzPlan(1_000_000, 20_261_123);
const now = 0x7fff_fff0;
const standby = 0xc0000214;
/** 192.0.2.12, and the target of a mutated golden frame now and then. */
const claiming = 0xc000020c;
const active = new Set([vip, otherVip]);

/** The 60-byte reply that this frame deserves, as hex, or null. */
function deserved(frame: Uint8Array, length: number): string | null {
  const hex = toHex(frame.subarray(0, length));
  const match =
    /^(?<to>.{12})(?<from>.{12})(?:8100.000)?08060001080006040001(?<sha>.{12})(?<spa>.{8}).{12}(?<tpa>.{8})/.exec(hex);
  if (!match?.groups) return null;
  const { to = '', from = '', sha = '', spa = '', tpa = '' } = match.groups;
  const own = toHex(ownMac);
  if (Number.parseInt(from.slice(0, 2), 16) & 1 || /^0+$/.test(from)) return null;
  if (from === own || sha === own || (to !== own && to !== 'ffffffffffff')) return null;
  if (!active.has(Number.parseInt(tpa, 16)) || spa === tpa) return null;
  return `${from}${own}08060001080006040002${own}${tpa}${sha}${spa}`.padEnd(120, '0');
}

test(`${frames} mutated frames: a reply exactly where one is deserved, of exactly those bytes (seed ${seed})`, () => {
  const buffer = createTable(8);
  const writer = new TableWriter(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: now + 1000 });
  for (const value of active)
    writer.put({ address: { family: 'IPv4', value: BigInt(value) }, group: 0, generation: 1 });
  writer.put({ address: { family: 'IPv4', value: BigInt(standby) }, group: 1, generation: 1 });
  writer.put({ address: { family: 'IPv4', value: BigInt(claiming) }, group: 0, generation: 1, phase: 'claiming' });
  const self = { mac: ownMac, table: new TableReader(buffer), nowMs: now, claims: new ClaimRecorder(buffer) };

  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const untagged = Object.values(golden).map(fromHex);
  const seeds = [...untagged, ...untagged.map((frame) => tagged(frame, 0x8100, 0)), new Uint8Array(42)];
  /** Bytes that mean something somewhere. */
  const telling = [0, 1, 2, 4, 6, 8, 0x0a, 0x0b, 0x0c, 0x14, 0x81, 0xaa, 0xbb, 0xc8, 0xff];
  const frame = new Uint8Array(new ArrayBuffer(64));
  const out = new Uint8Array(new ArrayBuffer(60));
  const seen = new Map<number, number>();

  for (let i = 0; i < frames; i++) {
    const from = seeds[below(seeds.length)] ?? frame;
    for (let at = 0; at < 64; at++) frame[at] = from[at] ?? 0xee;
    for (let changes = below(4); changes > 0; changes--) {
      frame[below(64)] = below(2) === 0 ? below(256) : (telling[below(telling.length)] ?? 0);
    }
    // Half of the requests get an Ethernet source and sender that are not ours.
    if (below(2) === 0) frame[11] = 0xaa;
    if (below(2) === 0) frame[27] = 0xaa;
    const length = below(8) === 0 ? below(65) : 64 - below(22);

    out.fill(0xa5);
    const verdict = respond(frame, length, self, out, 0);
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    const sent = carriesReply(verdict) ? toHex(out) : null;
    const wanted = deserved(frame, length);
    if (sent !== wanted) {
      expect({ i, frame: toHex(frame), length, verdict: verdictNames[verdict], sent }).toEqual({
        sent: wanted,
      } as never);
    }
    if (sent === null && out[0] !== 0xa5) throw new Error(`frame ${i} wrote without a reply`);
  }

  // Every verdict was reached, or the run proved little.
  const elsewhere = ['spoof_suspect', 'neighbor_advertisement', 'not_ndp', 'ndp_invalid', 'no_source'];
  const missed = verdictNames.filter((name, verdict) => !elsewhere.includes(name) && (seen.get(verdict) ?? 0) === 0);
  expect(missed).toEqual([]);
  const counters = writer.counters();
  for (const [verdict, count] of seen) expect(counters[verdictNames[verdict] ?? '']).toBe(count);
  const answers = [...writer.rows()].reduce((sum, row) => sum + row.answers, 0);
  expect(answers).toBe((seen.get(0) ?? 0) + (seen.get(1) ?? 0) + (seen.get(2) ?? 0));
}, 60_000);
