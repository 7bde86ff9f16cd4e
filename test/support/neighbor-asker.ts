// Somebody else on the LAN who speaks IPv6: sends raw NDP frames from a namespace and hears every NDP frame there.
import { addressBytes, parseAddress } from '#model/address.ts';
import { openLink, type PcapLink } from '#native/link.ts';
import { toHex } from '#wire/bytes.ts';
import { type Ndp, parseNdp } from '#wire/ndp-text.ts';
import { type AskerPlace, againMs, askUntil, oncePerQuestion, patienceMs, silenceMs } from './asker.ts';
import { inside } from './native-namespace.ts';
import { type NeighborParts, neighborFrame } from './neighbor-frames.ts';
import { receivedMs } from './received-ms.ts';

export interface HeardNeighbor extends Ndp {
  /** When the kernel received the frame, milliseconds since 1970: this process may read it late. */
  readonly atMs: number;
  /** The whole frame, as hex. */
  readonly hex: string;
}

/** 32 hexadecimal digits. */
export function hexOf(address: string): string {
  const parsed = parseAddress(address);
  if (parsed?.family !== 'IPv6') throw new Error(`"${address}" is no IPv6 address`);
  return toHex(addressBytes(parsed));
}

export class NeighborAsker {
  readonly mac: string;
  readonly #ip: string;
  readonly #link: PcapLink;
  /** Heard since the last `clear`. BOUNDED: by the test that listens. */
  readonly heard: HeardNeighbor[] = [];

  constructor(place: AskerPlace, ip: string) {
    this.mac = place.mac;
    this.#ip = ip;
    const filter = 'ip6[6] = 58 and (ip6[40] = 135 or ip6[40] = 136)';
    // Also what is for others: a test must see a frame that went to the wrong host.
    const opened = inside(place.namespace, () =>
      openLink({ interface: place.interface, filter, promiscuous: true, snapLength: 2048 }),
    );
    if (!opened.ok) throw new Error(`Cannot listen on "${place.interface}": ${opened.error.message}`);
    this.#link = opened.value;
  }

  /** Puts frames on the wire as they are. */
  send(...frames: readonly Uint8Array[]): void {
    const link = this.#link;
    for (const frame of frames) {
      link.out.set(frame);
      if (link.flush(1, Uint16Array.of(frame.length)) !== 1) throw new Error(`Not sent: ${link.lastError?.message}`);
    }
  }

  /** A multicast solicitation of this host, with parts replaced. */
  solicitation(target: string, parts: NeighborParts = {}): Uint8Array {
    const hex = hexOf(target);
    const low = hex.slice(-6);
    return neighborFrame({
      from: this.mac.replaceAll(':', ''),
      to: `3333ff${low}`,
      source: hexOf(this.#ip),
      destination: `ff0200000000000000000001ff${low}`,
      target: hex,
      ...parts,
    });
  }

  clear(): void {
    this.#drain();
    this.heard.length = 0;
  }

  /** Everything heard since `clear`, after listening on for this long. */
  async listen(milliseconds: number): Promise<readonly HeardNeighbor[]> {
    await this.until(() => false, milliseconds);
    return this.heard;
  }

  /** Listens until `seen` holds; false when it did not within the time. */
  async until(seen: (heard: readonly HeardNeighbor[]) => boolean, milliseconds = patienceMs): Promise<boolean> {
    const end = performance.now() + milliseconds;
    for (;;) {
      this.#drain();
      if (seen(this.heard)) return true;
      if (performance.now() >= end) return false;
      await Bun.sleep(2);
    }
  }

  /** Advertisements of this address heard since `clear`. */
  advertised(address: string): HeardNeighbor[] {
    return this.heard.filter(({ type, target }) => type === 'advertisement' && target === address);
  }

  /** Sends the frames and returns the advertisements of `address`. `answered`: as for `Asker.replyTo`. */
  async replyTo(address: string, frames: readonly Uint8Array[], answered?: string): Promise<HeardNeighbor[]> {
    this.clear();
    this.send(...frames);
    const last = answered ?? address;
    if (answered !== undefined) this.send(this.solicitation(answered));
    const proven = await this.until(
      () => this.advertised(last).length > 0,
      answered === undefined ? silenceMs : patienceMs,
    );
    if (answered !== undefined && !proven) throw new Error(`${answered} was to prove that the box listens`);
    // A second answerer, or a second answer, would follow at once.
    await this.listen(50);
    return this.advertised(address);
  }

  /** MACs that answer for an address; asks again until somebody does or the time is over. */
  async whoHas(address: string, milliseconds = patienceMs): Promise<string[]> {
    this.clear();
    // Announcements may come at any time.
    const macs = () =>
      this.advertised(address).flatMap(({ solicited, linkLayer }) => (solicited ? [linkLayer ?? ''] : []));
    const ask = () => this.send(this.solicitation(address));
    const isAnswered = () => this.until(() => macs().length > 0, milliseconds > 0 ? againMs : silenceMs);
    const asked = await askUntil(ask, isAnswered, milliseconds);
    // A second answerer, or a second answer, would follow at once.
    await this.listen(50);
    return oncePerQuestion(macs(), asked);
  }

  close(): void {
    this.#link.close();
  }

  #drain(): void {
    const link = this.#link;
    for (let length = link.next(); length > 0; length = link.next()) {
      const ndp = parseNdp(link.frame, length);
      if (typeof ndp === 'string') continue;
      this.heard.push({ ...ndp, atMs: receivedMs(link), hex: toHex(link.frame.subarray(0, length)) });
    }
  }
}
