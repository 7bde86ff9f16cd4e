// What the responder makes of a captured frame: the daemon's own code on a copy of its table.
import { respond } from '#core/respond.ts';
import { type NeighborResponder, respondNeighbor } from '#core/respond-neighbor.ts';
import { parseAddress, parseMac } from '#model/address.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { verdictNames } from '#table/verdict.ts';
import { describeArp, parseArp } from '#wire/arp.ts';
import { carriesIpv6 } from '#wire/ethernet.ts';
import { describeNdp, parseNdp } from '#wire/ndp-text.ts';

/** Rows of one interface of the daemon. BOUNDED: more are not commented on. */
const mostRows = 65_536;
const farMs = 1_000_000_000;

export class FrameVerdict {
  readonly #writer: TableWriter;
  readonly #self: NeighborResponder;
  readonly #out = new Uint8Array(new ArrayBuffer(256));
  #ips = new Set<string>();

  /** `mac`: of the interface. */
  constructor(mac: string) {
    const buffer = createTable(mostRows);
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
    const isIpv6 = carriesIpv6(frame);
    const text = isIpv6 ? ndpText(frame) : arpText(frame);
    if (direction === 'out') return text;
    const verdict = isIpv6
      ? respondNeighbor(frame, frame.length, this.#self, this.#out, 0)
      : respond(frame, frame.length, this.#self, this.#out, 0);
    return `${verdictNames[verdict]}: ${text}`;
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
