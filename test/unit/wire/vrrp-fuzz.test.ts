// Random and mutated advertisements against an oracle that is written differently from the parser.
import { expect, test } from 'bun:test';
import { toHex } from '#wire/bytes.ts';
import { emptyVrrpFrame, readVrrp, vrrpVerdictNames } from '#wire/vrrp.ts';
import { fromHex, tagged } from '../../support/frames.ts';
import { fuzzPlan } from '../../support/fuzz-plan.ts';
import { seeded } from '../../support/seeded.ts';
import { complement, goldenVrrp, vrrpFrame } from '../../support/vrrp-frames.ts';

const { frames, seed } = fuzzPlan(300_000, 20_269_568);
const shape =
  /^.{24}(?:8100.000)?(?:08004(?<words>[5-9a-f])..(?<total>.{4}).{4}[048c]000ff70.{4}(?<from4>.{8})e0000012|86dd6.{7}(?<length>.{4})70ff(?<from6>.{32})ff020000000000000000000000000012)/;

/** What an advertisement says: router, priority, interval, count, checksum, sender; or null when it is to be dropped. */
function wanted(frame: Uint8Array, length: number): string | null {
  const hex = toHex(frame.subarray(0, length));
  const found = shape.exec(hex);
  if (!found?.groups) return null;
  const { words, total = '', from4, length: length6 = '', from6 } = found.groups;
  const header = hex.slice(hex.startsWith('8100', 24) ? 36 : 28);
  const size = words ? Number.parseInt(words, 16) * 4 : 40;
  const payload = words ? Number.parseInt(total, 16) - size : Number.parseInt(length6, 16);
  const message = header.slice(size * 2, (size + payload) * 2);
  if (payload < 8 || message.length !== payload * 2) return null;
  if (words && complement(header.slice(0, size * 2)) !== 0) return null;
  const sender = from4 ?? from6 ?? '';
  if (/^(0+|ff.{30}|[e].{7})$/.test(sender)) return null;
  const said = /^31(?<id>..)(?<priority>..)(?<count>..).(?<interval>...)/.exec(message)?.groups;
  if (!said || said['id'] === '00' || said['interval'] === '000' || said['count'] === '00') return null;
  const count = Number.parseInt(said['count'] ?? '', 16);
  if (payload < 8 + count * (words ? 4 : 16)) return null;
  const destination = words ? 'e0000012' : 'ff020000000000000000000000000012';
  const pseudo = `${sender}${destination}0000${payload.toString(16).padStart(4, '0')}00000070`;
  const kind = complement(pseudo + message) === 0 ? 'pseudo' : complement(message) === 0 && words ? 'rfc9568' : null;
  if (kind === null) return null;
  return [said['id'], said['priority'], said['interval'], count, kind, sender].join(' ');
}

test(`${frames} mutated advertisements: read exactly where they are valid, as what they say (seed ${seed})`, () => {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const plain = [
    ...Object.values(goldenVrrp).map(fromHex),
    vrrpFrame({ options: '94040000', list: 'c0000008c0000009' }),
    vrrpFrame({ trailer: 'ab'.repeat(5), checksum: 'rfc9568' }),
    vrrpFrame({ family: 6, trailer: 'abcdef' }),
  ];
  const seeds = [...plain, ...plain.map((frame) => tagged(frame, 0x8100, 0)), new Uint8Array(90)];
  /** Bytes that mean something somewhere. */
  const telling = [0, 1, 2, 4, 6, 8, 0x12, 0x14, 0x20, 0x31, 0x40, 0x45, 0x46, 0x70, 0x81, 0xfe, 0xff];
  const frame = new Uint8Array(new ArrayBuffer(110));
  const read = emptyVrrpFrame();
  const seen = new Map<number, number>();
  for (let i = 0; i < frames; i++) {
    const from = seeds[below(seeds.length)] ?? frame;
    for (let at = 0; at < frame.length; at++) frame[at] = from[at] ?? 0xee;
    for (let changes = below(4); changes > 0; changes--) {
      frame[below(90)] = below(2) === 0 ? below(256) : (telling[below(telling.length)] ?? 0);
    }
    const length = below(6) === 0 ? below(111) : Math.min(110, from.length + below(20));
    const verdict = readVrrp(frame, length, [], read);
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    const size = read.family === 4 ? 4 : 16;
    const { virtualRouterId, priority, intervalMs, count, checksum, senderAt } = read;
    const sender = toHex(frame.subarray(senderAt, senderAt + size));
    const interval = (intervalMs / 10).toString(16).padStart(3, '0');
    const said = [hex2(virtualRouterId), hex2(priority), interval, count, checksum, sender].join(' ');
    const got = verdict === 0 ? said : null;
    const right = wanted(frame, length);
    if (got !== right) {
      expect({ i, length, frame: toHex(frame), verdict: vrrpVerdictNames[verdict], got }).toEqual({
        got: right,
      } as never);
    }
  }
  // Every verdict was reached, or the run proved little; peers are not part of it.
  expect(vrrpVerdictNames.filter((name, verdict) => name !== 'not_peer' && !seen.has(verdict))).toEqual([]);
}, 60_000);

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}
