// Random and mutated NDP frames against an oracle that is written differently from the responder.
import { expect, test } from 'bun:test';
import { type NeighborResponder, respondNeighbor } from '#core/respond-neighbor.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply, verdictNames } from '#table/verdict.ts';
import { toHex } from '#wire/bytes.ts';
import { fromHex, ownMac, tagged } from '../../support/frames.ts';
import { fuzzPlan } from '../../support/fuzz-plan.ts';
import {
  advertisementFrame,
  allNodes,
  allNodesMac,
  client6,
  dadFrame,
  golden6,
  neighborFrame,
  nonce,
  otherVip6,
  vip6,
} from '../../support/neighbor-frames.ts';
import { seeded } from '../../support/seeded.ts';

const { frames, seed } = fuzzPlan(400_000, 20_261_124);
const now = 0x7fff_fff0;
const standby = '20010db8000000000000000000000014';
const candidate = '20010db8000000000000000000000015';
const active = new Set([vip6, otherVip6]);
const own = toHex(ownMac);

/** RFC 1071 §1 over hexadecimal text. */
function sumOf(hex: string): number {
  let sum = 0;
  for (let at = 0; at < hex.length; at += 4) sum += Number.parseInt(hex.slice(at, at + 4).padEnd(4, '0'), 16);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return sum;
}

/** Type and body of each option, or null when they do not fill the rest exactly. */
function optionsOf(hex: string): [string, string][] | null {
  const found: [string, string][] = [];
  for (let rest = hex; rest !== ''; ) {
    const length = Number.parseInt(rest.slice(2, 4) || '0', 16) * 16;
    if (length === 0 || length > rest.length) return null;
    found.push([rest.slice(0, 2), rest.slice(4, length)]);
    rest = rest.slice(length);
  }
  return found;
}

/** The 86-byte advertisement that this frame deserves, as hex, or null. */
function deserved(frame: Uint8Array, length: number): string | null {
  const hex = toHex(frame.subarray(0, length));
  const header =
    /^(?<to>.{12})(?<from>.{12})(?:8100.000)?86dd6.{7}(?<size>.{4})3aff(?<source>.{32})(?<destination>.{32})/;
  const match = header.exec(hex);
  if (!match?.groups) return null;
  const { to = '', from = '', size = '', source = '', destination = '' } = match.groups;
  const message = hex.slice(match[0].length, match[0].length + Number.parseInt(size, 16) * 2);
  if (message.length !== Number.parseInt(size, 16) * 2 || message.length < 48 || !message.startsWith('8700'))
    return null;
  if (sumOf(`${source}${destination}0000${size}0000003a${message}`) !== 0xffff) return null;
  const target = message.slice(16, 48);
  const options = optionsOf(message.slice(48));
  const sourceOption = options?.find(([type]) => type === '01')?.[1];
  const probe = /^0+$/.test(source);
  if (options === null || target.startsWith('ff') || source.startsWith('ff')) return null;
  if (probe && (sourceOption !== undefined || !destination.startsWith('ff0200000000000000000001ff'))) return null;
  const group = (mac: string) => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  const mac = sourceOption?.length === 12 ? sourceOption : from;
  if (group(from) || /^0+$/.test(from) || from === own || mac === own) return null;
  if (!group(to) && to !== own) return null;
  if (!active.has(target)) return null;
  const back = group(mac) || /^0+$/.test(mac) ? from : mac;
  const [ethernet, ip, flags] = probe ? [allNodesMac, allNodes, '20000000'] : [back, source, '60000000'];
  const body = `${flags}${target}0201${own}`;
  const sum = sumOf(`${target}${ip}000000200000003a88000000${body}`);
  const checksum = (0xffff - sum).toString(16).padStart(4, '0');
  return `${ethernet}${own}86dd6000000000203aff${target}${ip}8800${checksum}${body}`;
}

test(`${frames} mutated frames: an answer exactly where one is deserved, of exactly those bytes (seed ${seed})`, () => {
  const buffer = createTable(8);
  const writer = new TableWriter(buffer);
  const put = (hex: string, group: number, phase: 'live' | 'claiming' = 'live') =>
    writer.put({ address: { family: 'IPv6', value: BigInt(`0x${hex}`) }, group, generation: 1, phase });
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: now + 1000 });
  for (const hex of active) put(hex, 0);
  put(standby, 1);
  put(candidate, 0, 'claiming');
  const table = new TableReader(buffer);
  const self: NeighborResponder = { mac: ownMac, table, nowMs: now, speaks: true };

  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const addresses = [
    vip6,
    otherVip6,
    standby,
    candidate,
    client6,
    allNodes,
    '0'.repeat(32),
    'ff0200000000000000000001ff000010',
  ];
  const macs = ['3333ff000010', own, '0200000000bb', 'ffffffffffff', '0'.repeat(12)];
  const optionSets = ['', nonce, '01010200000000aa', `${nonce}01010200000000bb`, '0101333300000001', `0101${own}`];
  /** Whole frames with right checksums from likely parts: mutation alone would hardly ever keep the sum right. */
  const made = () => {
    const parts = { target: pick(addresses), source: pick(addresses), destination: pick(addresses), to: pick(macs) };
    const options = pick(optionSets);
    const rare = below(6) === 0 ? { hopLimit: pick([0, 64, 254]), code: below(2) } : {};
    const kind = below(4);
    if (kind === 0) return dadFrame({ target: parts.target, to: parts.to, ...rare });
    if (kind === 1) return advertisementFrame({ ...parts, from: pick(['0200000000aa', own]), ...rare });
    return neighborFrame({
      ...parts,
      options,
      from: pick(['0200000000aa', '0200000000aa', own, '0'.repeat(12)]),
      ...rare,
    });
  };
  const pool = [...Object.values(golden6).map(fromHex), ...Array.from({ length: 20_000 }, made)];
  const frame = new Uint8Array(new ArrayBuffer(128));
  const out = new Uint8Array(new ArrayBuffer(86));
  const seen = new Map<number, number>();
  let answers = 0;

  for (let i = 0; i < frames; i++) {
    const chosen = pick(pool);
    const from = below(8) === 0 ? tagged(chosen, below(8) === 0 ? 0x88a8 : 0x8100, below(4) === 0 ? 10 : 0) : chosen;
    frame.fill(0xee);
    frame.set(from);
    for (let changes = below(3); changes > 0; changes--) frame[below(from.length)] = below(256);
    const length = below(8) === 0 ? below(129) : from.length + below(129 - from.length);

    out.fill(0xa5);
    const verdict = respondNeighbor(frame, length, self, out, 0);
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    const sent = carriesReply(verdict) ? toHex(out) : null;
    const wanted = deserved(frame, length);
    if (sent !== wanted) {
      expect({ i, frame: toHex(frame), length, verdict: verdictNames[verdict], sent }).toEqual({
        sent: wanted,
      } as never);
    }
    if (sent === null && out[0] !== 0xa5) throw new Error(`frame ${i} wrote without an answer`);
    if (sent !== null) answers++;
  }

  // Every verdict that an NDP frame can have was reached, or the run proved little.
  const others = new Set(['spoof_suspect', 'arp_reply', 'not_arp', 'no_source']);
  const missed = verdictNames.filter((name, verdict) => !others.has(name) && (seen.get(verdict) ?? 0) === 0);
  expect(missed).toEqual([]);
  expect(answers).toBeGreaterThan(frames / 100);
  const counters = writer.counters();
  for (const [verdict, count] of seen) expect(counters[verdictNames[verdict] ?? '']).toBe(count);
  expect([...writer.rows()].reduce((sum, row) => sum + row.answers, 0)).toBe(answers);
}, 60_000);
