// Writes down the frames of one interface, heard and sent, for `lanlord traffic`. Nothing here allocates.
import type { FrameStamp } from '#model/traffic-frame.ts';
import type { Link } from '#ports.ts';
import { Field, latencyUnitUs, microsecondsOf, Purpose, packAbout, Shape } from '#table/traffic-record.ts';
import type { TrafficWriter } from '#table/traffic-ring.ts';
import { Verdict } from '#table/verdict.ts';
import { ArpField, Operation } from '#wire/arp.ts';
import { EtherType, etherTypeAt, headerLength, sourceAt } from '#wire/ethernet.ts';
import { Ipv6Field } from '#wire/ipv6.ts';
import { isAdvertisement, linkLayerAt, NdpField, NdpFlag } from '#wire/ndp.ts';

/** Length of the tag of a frame that carries only a priority. */
const tagLength = 4;
const mostExtra = 0xffff;
const secondUs = 1_000_000;
/** Seconds; more is told as the longest latency anyway. */
const mostApart = 1000;

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
  // Whole words at any place: two thirds of the time that bytes take.
  #frame: Uint8Array = new Uint8Array();
  #in: DataView = viewOf(this.#frame);
  #slots = this.#frame;
  #out = this.#in;

  /** `realtimeUs`: the clock that frames are stamped with, microseconds since 1970. `slots`: answers in a batch. */
  constructor(ring: TrafficWriter, realtimeUs: () => number, slots: number) {
    this.#ring = ring;
    this.#words = ring.words;
    this.#realtimeUs = realtimeUs;
    this.#asked = new Int32Array(new ArrayBuffer(slots * 4));
  }

  /** The frame that `link` gave last, `length` bytes of it, and what was made of it. */
  heard(link: FrameStamp & Pick<Link, 'frame'>, length: number, verdict: Verdict): void {
    const { frame } = link;
    // libpcap hands out one buffer: the view is made once.
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#in = viewOf(frame);
    }
    const view = this.#in;
    const words = this.#words;
    const at = this.#ring.next();
    this.#newest = at;
    words[at + Field.seconds] = link.seconds;
    const shape = unreadable[verdict] === 1 ? this.#raw(at, view, length) : this.#packet(at, frame, view, 0);
    words[at + Field.about] = packAbout(link.microseconds, verdict, false, shape);
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
    if (out !== this.#slots) {
      this.#slots = out;
      this.#out = viewOf(out);
    }
    const words = this.#words;
    const nowUs = this.#realtimeUs();
    const seconds = Math.floor(nowUs / secondUs);
    const microseconds = Math.floor(nowUs - seconds * secondUs);
    for (let slot = 0; slot < count; slot++) {
      const at = this.#ring.next();
      words[at + Field.seconds] = seconds;
      const shape = this.#packet(at, out, this.#out, slot * slotBytes);
      words[at + Field.about] = packAbout(microseconds, purpose, true, shape);
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
    let us = microseconds - microsecondsOf(words[at + Field.about] as number);
    const apart = seconds - ((words[at + Field.seconds] as number) >>> 0);
    if (apart !== 0) us += Math.max(-mostApart, Math.min(mostApart, apart)) * secondUs;
    return us <= 0 ? 0 : Math.min(mostExtra, (us / latencyUnitUs) | 0);
  }

  #ethernet(at: number, view: DataView, offset: number): void {
    const words = this.#words;
    words[at + Field.ethernet] = view.getInt32(offset);
    words[at + Field.ethernet + 1] = view.getInt32(offset + 4);
    words[at + Field.ethernet + 2] = view.getInt32(offset + 8);
  }

  /** What is known of a frame that could not be read: its type, and a tag. */
  #raw(at: number, view: DataView, length: number): Shape {
    const words = this.#words;
    const known = length >= headerLength + tagLength + 2;
    this.#ethernet(at, view, 0);
    words[at + Field.sender] = known ? view.getInt32(etherTypeAt) : view.getUint16(etherTypeAt) << 16;
    words[at + Field.sender + 1] = known ? view.getInt32(etherTypeAt + 4) : 0;
    words[at + Field.macLow] = 0;
    return Shape.none;
  }

  /** A packet that was found to be sound, in a frame that begins at `offset`. */
  #packet(at: number, frame: Uint8Array, view: DataView, offset: number): Shape {
    this.#ethernet(at, view, offset);
    const type = view.getUint16(offset + etherTypeAt);
    if (type === EtherType.arp) return this.#arp(at, view, offset + headerLength);
    if (type === EtherType.ipv6) return this.#neighbor(at, frame, view, offset, headerLength);
    const tagged = headerLength + tagLength;
    const isArp = view.getUint16(offset + tagged - 2) === EtherType.arp;
    return isArp ? this.#arp(at, view, offset + tagged) : this.#neighbor(at, frame, view, offset, tagged);
  }

  #arp(at: number, view: DataView, packetAt: number): Shape {
    const words = this.#words;
    words[at + Field.sender] = view.getInt32(packetAt + ArpField.senderAddress);
    words[at + Field.target] = view.getInt32(packetAt + ArpField.targetAddress);
    words[at + Field.macHigh] = view.getInt32(packetAt + ArpField.senderMac);
    words[at + Field.macLow] = view.getUint16(packetAt + ArpField.senderMac + 4) << 16;
    return view.getUint16(packetAt + ArpField.operation) === Operation.request ? Shape.arpRequest : Shape.arpReply;
  }

  #neighbor(at: number, frame: Uint8Array, view: DataView, offset: number, header: number): Shape {
    const words = this.#words;
    const packetAt = offset + header;
    const source = packetAt + Ipv6Field.source;
    const target = packetAt + NdpField.target;
    // A loop over four takes longer.
    words[at + Field.sender] = view.getInt32(source);
    words[at + Field.sender + 1] = view.getInt32(source + 4);
    words[at + Field.sender + 2] = view.getInt32(source + 8);
    words[at + Field.sender + 3] = view.getInt32(source + 12);
    words[at + Field.target] = view.getInt32(target);
    words[at + Field.target + 1] = view.getInt32(target + 4);
    words[at + Field.target + 2] = view.getInt32(target + 8);
    words[at + Field.target + 3] = view.getInt32(target + 12);
    const option = linkLayerAt(frame, packetAt);
    const macAt = option < 0 ? offset + sourceAt : option;
    words[at + Field.macHigh] = view.getInt32(macAt);
    words[at + Field.macLow] = view.getUint16(macAt + 4) << 16;
    if (!isAdvertisement(frame, packetAt)) return Shape.solicitation;
    const isSolicited = (view.getInt32(packetAt + NdpField.flags) & NdpFlag.solicited) !== 0;
    return isSolicited ? Shape.solicited : Shape.unsolicited;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
