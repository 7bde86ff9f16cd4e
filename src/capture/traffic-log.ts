// Writes down the frames of one interface, heard and sent, for `lanlord traffic`. Nothing here allocates.
import type { Link } from '#ports.ts';
import { Field, latencyUnitUs, Purpose, packAbout, Shape } from '#table/traffic-record.ts';
import type { TrafficWriter } from '#table/traffic-ring.ts';
import { Verdict } from '#table/verdict.ts';
import { ArpField, Operation } from '#wire/arp.ts';
import { readI32, readU16 } from '#wire/bytes.ts';
import { EtherType, etherTypeAt, headerLength, sourceAt } from '#wire/ethernet.ts';
import { Ipv6Field } from '#wire/ipv6.ts';
import { isAdvertisement, linkLayerAt, NdpField, NdpFlag } from '#wire/ndp.ts';

/** Length of the tag of a frame that carries only a priority. */
const tagLength = 4;
const mostExtra = 0xffff;
const secondUs = 1_000_000;

/** Verdicts about frames that could not be read, by number. */
const unreadable = new Uint8Array(new ArrayBuffer(256));
for (const verdict of [Verdict.not_arp, Verdict.malformed, Verdict.vlan_tagged, Verdict.not_ndp, Verdict.ndp_invalid]) {
  unreadable[verdict] = 1;
}

export class TrafficLog {
  readonly #ring: TrafficWriter;
  readonly #words: Int32Array;
  readonly #realtimeUs: () => number;
  /** Where the record of the frame lies that the answer in a slot is for. */
  readonly #asked: Int32Array;
  #newest = 0;

  /** `realtimeUs`: the clock that frames are stamped with, microseconds since 1970. `slots`: answers in a batch. */
  constructor(ring: TrafficWriter, realtimeUs: () => number, slots: number) {
    this.#ring = ring;
    this.#words = ring.words;
    this.#realtimeUs = realtimeUs;
    this.#asked = new Int32Array(new ArrayBuffer(slots * 4));
  }

  /** The frame that `link` gave last, `length` bytes of it, and what was made of it. */
  heard(link: Link, length: number, verdict: Verdict): void {
    const { frame } = link;
    const at = this.#ring.next();
    this.#newest = at;
    const words = this.#words;
    words[at + Field.seconds] = link.seconds;
    let shape: Shape = Shape.none;
    if (unreadable[verdict] === 1) this.#raw(at, frame, length);
    else shape = this.#packet(at, frame, 0);
    words[at + Field.about] = packAbout(link.microseconds, verdict, false, shape);
    this.#ethernet(at, frame, 0);
    words[at + Field.macLow] = (words[at + Field.macLow] as number) | Math.min(link.wireLength, mostExtra);
  }

  /** The frame that was heard last is answered by the one in this slot. */
  answered(slot: number): void {
    this.#asked[slot] = this.#newest;
  }

  /** The first `count` slots have left. When the link refused some of a batch, the others of it are told. */
  sent(link: Link, count: number, lengths: Uint16Array, purpose: Purpose): void {
    if (count === 0) return;
    const { out, slotBytes } = link;
    const words = this.#words;
    const nowUs = this.#realtimeUs();
    const seconds = Math.floor(nowUs / secondUs);
    const microseconds = Math.floor(nowUs - seconds * secondUs);
    for (let slot = 0; slot < count; slot++) {
      const offset = slot * slotBytes;
      const at = this.#ring.next();
      words[at + Field.seconds] = seconds;
      const shape = this.#packet(at, out, offset);
      words[at + Field.about] = packAbout(microseconds, purpose, true, shape);
      this.#ethernet(at, out, offset);
      const extra = purpose === Purpose.answer ? this.#latency(slot, seconds, microseconds) : (lengths[slot] as number);
      words[at + Field.macLow] = (words[at + Field.macLow] as number) | extra;
    }
  }

  /** Shows readers what was written since the last time. */
  publish(): void {
    this.#ring.publish();
  }

  /** From the kernel's stamp to the end of the call that sent the answer; 0 when the clock was set back meanwhile. */
  #latency(slot: number, seconds: number, microseconds: number): number {
    const words = this.#words;
    const at = this.#asked[slot] as number;
    const us = (seconds - (words[at + Field.seconds] as number)) * secondUs;
    const units = (us + microseconds - ((words[at + Field.about] as number) & 0xf_ffff)) / latencyUnitUs;
    return Math.max(0, Math.min(mostExtra, units)) | 0;
  }

  #ethernet(at: number, frame: Uint8Array, offset: number): void {
    const words = this.#words;
    words[at + Field.ethernet] = readI32(frame, offset);
    words[at + Field.ethernet + 1] = readI32(frame, offset + 4);
    words[at + Field.ethernet + 2] = readI32(frame, offset + 8);
  }

  /** What is known of a frame that could not be read: its type, and a tag. */
  #raw(at: number, frame: Uint8Array, length: number): void {
    const words = this.#words;
    const known = length >= headerLength + tagLength + 2;
    words[at + Field.sender] = known ? readI32(frame, etherTypeAt) : readU16(frame, etherTypeAt) << 16;
    words[at + Field.sender + 1] = known ? readI32(frame, etherTypeAt + 4) : 0;
    words[at + Field.macLow] = 0;
  }

  /** A packet that was found to be sound, in a frame that begins at `offset`. */
  #packet(at: number, frame: Uint8Array, offset: number): Shape {
    const isTagged = frame[offset + etherTypeAt] === EtherType.vlan >>> 8;
    const packetAt = offset + headerLength + (isTagged ? tagLength : 0);
    return readU16(frame, packetAt - 2) === EtherType.ipv6
      ? this.#neighbor(at, frame, offset, packetAt)
      : this.#arp(at, frame, packetAt);
  }

  #arp(at: number, frame: Uint8Array, packetAt: number): Shape {
    const words = this.#words;
    words[at + Field.sender] = readI32(frame, packetAt + ArpField.senderAddress);
    words[at + Field.target] = readI32(frame, packetAt + ArpField.targetAddress);
    this.#mac(at, frame, packetAt + ArpField.senderMac);
    return readU16(frame, packetAt + ArpField.operation) === Operation.request ? Shape.arpRequest : Shape.arpReply;
  }

  #neighbor(at: number, frame: Uint8Array, offset: number, packetAt: number): Shape {
    const words = this.#words;
    const source = packetAt + Ipv6Field.source;
    const target = packetAt + NdpField.target;
    for (let i = 0; i < 4; i++) {
      words[at + Field.sender + i] = readI32(frame, source + i * 4);
      words[at + Field.target + i] = readI32(frame, target + i * 4);
    }
    const option = linkLayerAt(frame, packetAt);
    this.#mac(at, frame, option < 0 ? offset + sourceAt : option);
    if (!isAdvertisement(frame, packetAt)) return Shape.solicitation;
    const isSolicited = (readI32(frame, packetAt + NdpField.flags) & NdpFlag.solicited) !== 0;
    return isSolicited ? Shape.solicited : Shape.unsolicited;
  }

  #mac(at: number, frame: Uint8Array, macAt: number): void {
    this.#words[at + Field.macHigh] = readI32(frame, macAt);
    this.#words[at + Field.macLow] = readU16(frame, macAt + 4) << 16;
  }
}
