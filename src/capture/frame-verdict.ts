// What the responder makes of a captured frame: the daemon's own code on a copy of its table.
import { respond } from '#core/respond.ts';
import { type NeighborResponder, respondNeighbor } from '#core/respond-neighbor.ts';
import { parseAddress, parseMac } from '#model/address.ts';
import type { FrameStamp, TrafficFrame } from '#model/traffic-frame.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { createTrafficRing, TrafficReader, TrafficWriter } from '#table/traffic-ring.ts';
import { type Verdict, verdictNames } from '#table/verdict.ts';
import { describeArp, parseArp } from '#wire/arp.ts';
import { carriesIpv6, headerLength } from '#wire/ethernet.ts';
import { describeNdp, parseNdp } from '#wire/ndp-text.ts';
import { trafficFrame } from './traffic-frames.ts';
import { TrafficLog } from './traffic-log.ts';

/** Rows of one interface of the daemon. BOUNDED: more are not commented on. */
const mostRows = 65_536;
const farMs = 1_000_000_000;

export class FrameVerdict {
  readonly #writer: TableWriter;
  readonly #self: NeighborResponder;
  readonly #out = new Uint8Array(new ArrayBuffer(256));
  readonly #log: TrafficLog;
  readonly #ring: TrafficReader;
  #ips = new Set<string>();

  /** `mac`: of the interface. */
  constructor(mac: string) {
    const buffer = createTable(mostRows);
    const ring = createTrafficRing();
    this.#log = new TrafficLog(new TrafficWriter(ring), () => 0, 0);
    this.#ring = new TrafficReader(ring);
    this.#writer = new TableWriter(buffer);
    this.#writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: farMs });
    this.#self = { mac: parseMac(mac) ?? new Uint8Array(6), table: new TableReader(buffer), nowMs: 0, speaks: true };
  }

  /** What the daemon answers for on this interface now. */
  update(ips: readonly string[]): void {
    const wanted = new Set(ips);
    const change = (texts: Iterable<string>, act: (address: NonNullable<ReturnType<typeof parseAddress>>) => void) => {
      for (const text of texts) {
        const address = parseAddress(text);
        if (address) act(address);
      }
    };
    change(
      [...this.#ips].filter((ip) => !wanted.has(ip)),
      (address) => this.#writer.remove(address),
    );
    change(
      ips.filter((ip) => !this.#ips.has(ip)),
      (address) => this.#writer.put({ address, group: 0, generation: 1 }),
    );
    this.#ips = wanted;
  }

  /** A comment for people: what it is, and what is made of it. */
  of(frame: Uint8Array, direction: 'in' | 'out'): string {
    const text = carriesIpv6(frame) ? ndpText(frame) : arpText(frame);
    return direction === 'out' ? text : `${verdictNames[this.#verdict(frame)]}: ${text}`;
  }

  /** The frame as `lanlord traffic` shows it. Of one that was sent nobody knows here what for. */
  item(frame: Uint8Array, direction: 'in' | 'out', stamp: FrameStamp, name: string): TrafficFrame | null {
    if (frame.length < headerLength) return null;
    this.#log.heard({ frame, ...stamp }, frame.length, this.#verdict(frame));
    this.#log.publish();
    const sequence = this.#ring.last();
    const words = this.#ring.read(sequence);
    const item = words && trafficFrame(words, sequence, name);
    return item && direction === 'out' ? { ...item, direction, verdict: 'ours', reason: 'sent' } : item;
  }

  #verdict(frame: Uint8Array): Verdict {
    return carriesIpv6(frame)
      ? respondNeighbor(frame, frame.length, this.#self, this.#out, 0)
      : respond(frame, frame.length, this.#self, this.#out, 0);
  }
}

function arpText(frame: Uint8Array): string {
  const arp = parseArp(frame, frame.length);
  return typeof arp === 'string' ? arp : describeArp(arp);
}

function ndpText(frame: Uint8Array): string {
  const ndp = parseNdp(frame, frame.length);
  return typeof ndp === 'string' ? ndp : describeNdp(ndp);
}
