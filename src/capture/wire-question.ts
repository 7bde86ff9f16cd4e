// One question on the wire: who has this address? Asked on handles of its own, beside the workers.
// Read RFC 826 "Packet Reception" and RFC 4861 §7.2.2 before changing this file.
import { isOnLink } from '#core/on-link.ts';
import { addressBytes, formatMac, type IpAddress, parseAddress, parseMac } from '#model/address.ts';
import type { WireAnswer } from '#model/claims.ts';
import type { Interface } from '#model/resources.ts';
import type { Clock, Link } from '#ports.ts';
import { emitProbe, emitQuestion, parseArp } from '#wire/arp.ts';
import { sourceAt } from '#wire/ethernet.ts';
import { isAdvertisement, linkLayerAt, NdpField, ndpOffset } from '#wire/ndp.ts';
import { emitNeighborProbe } from '#wire/ndp-probe.ts';

/** How long answers are listened for. */
const listenMs = 1000;
const lookEveryMs = 4;
/** Questions that wait for their turn; more are refused. BOUNDED: each takes a second. */
const mostWaiting = 3;

export interface QuestionParts {
  /** A handle that hears ARP and NDP. */
  readonly open: (name: string) => { readonly ok: true; readonly value: Link } | { readonly ok: false };
  readonly clock: Clock;
}

interface Ear {
  readonly device: Interface;
  readonly link: Link;
  readonly sentMs: number;
}

/** Asks one question at a time, one per second: no command may make this box shout. */
export class WireQuestion {
  readonly #parts: QuestionParts;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(parts: QuestionParts) {
    this.#parts = parts;
  }

  /** Null: too many ask already, or no interface can be listened on. */
  ask(address: IpAddress, interfaces: readonly Interface[]): Promise<readonly WireAnswer[] | null> {
    if (this.#waiting >= mostWaiting) return Promise.resolve(null);
    this.#waiting++;
    const answer = this.#last.then(() => this.#ask(address, interfaces)).finally(() => this.#waiting--);
    this.#last = answer.catch(() => null);
    return answer;
  }

  async #ask(address: IpAddress, interfaces: readonly Interface[]): Promise<readonly WireAnswer[] | null> {
    const { clock } = this.#parts;
    const near = interfaces.filter((device) => isOnLink(device, address));
    const ears: Ear[] = [];
    for (const device of near.length > 0 ? near : interfaces) {
      const opened = this.#parts.open(device.name);
      if (!opened.ok) continue;
      const link = opened.value;
      if (this.#send(link, device, address)) ears.push({ device, link, sentMs: clock.monotonicMs() });
      else link.close();
    }
    if (ears.length === 0) return null;
    const found = new Map<string, WireAnswer>();
    try {
      const endMs = clock.monotonicMs() + listenMs;
      while (clock.monotonicMs() < endMs) {
        for (const ear of ears) this.#hear(ear, address, found);
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, lookEveryMs));
      }
    } finally {
      for (const { link } of ears) link.close();
    }
    return [...found.values()];
  }

  #send(link: Link, device: Interface, address: IpAddress): boolean {
    const mac = parseMac(device.mac);
    if (!mac) return false;
    const length =
      address.family === 'IPv6'
        ? emitNeighborProbe(link.out, 0, mac, addressBytes(address))
        : emitArp(link.out, mac, device, Number(address.value));
    return link.flush(1, Uint16Array.of(length)) === 1;
  }

  #hear({ device, link, sentMs }: Ear, address: IpAddress, found: Map<string, WireAnswer>): void {
    for (let length = link.next(); length > 0; length = link.next()) {
      const mac = claimantOf(link.frame, length, address);
      if (mac === null) continue;
      const known = found.get(`${mac} ${device.name}`);
      const rttSeconds = known?.rttSeconds ?? (this.#parts.clock.monotonicMs() - sentMs) / 1000;
      found.set(`${mac} ${device.name}`, { interface: device.name, mac, rttSeconds, count: (known?.count ?? 0) + 1 });
    }
  }
}

/** From an address of ours where there is one: then nobody mistakes the question for a rival's probe. */
function emitArp(out: Uint8Array, mac: Uint8Array, device: Interface, target: number): number {
  const own = device.addresses.find(({ family }) => family === 'IPv4');
  const sender = own ? parseAddress(own.address) : null;
  return sender ? emitQuestion(out, 0, mac, Number(sender.value), target) : emitProbe(out, 0, mac, target);
}

/** The MAC that a frame names for the address; null when it says nothing about it. */
function claimantOf(frame: Uint8Array, length: number, address: IpAddress): string | null {
  if (address.family === 'IPv4') {
    const arp = parseArp(frame, length);
    return typeof arp === 'object' && arp.senderAddress === Number(address.value) ? arp.senderMac : null;
  }
  const at = ndpOffset(frame, length);
  if (at < 0 || !isAdvertisement(frame, at)) return null;
  const target = at + NdpField.target;
  if (!addressBytes(address).every((byte, i) => frame[target + i] === byte)) return null;
  const option = linkLayerAt(frame, at);
  const macAt = option < 0 ? sourceAt : option;
  return formatMac(frame.subarray(macAt, macAt + 6));
}
