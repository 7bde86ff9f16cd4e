// Somebody else on the LAN: sends raw frames from a namespace and hears every ARP frame that arrives there.
import { openLink, type PcapLink } from '#native/link.ts';
import { type ArpText, arpBytes, readArp } from './arp-text.ts';
import { inside } from './native-namespace.ts';
import { receivedMs } from './received-ms.ts';

export interface Heard extends ArpText {
  /** When the kernel received the frame, milliseconds since 1970: this process may read it late. */
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

export interface AskerPlace {
  readonly namespace: string;
  readonly interface: string;
  readonly mac: string;
}

/** Whole frames, and room for the answers to some thousand questions. */
const everything = { slotBytes: 2048, snapLength: 2048, bufferBytes: 16 * 1024 * 1024 } as const;
/** How long a reply may take on a busy machine, how long silence must last to count as silence, and when to ask again. */
export const patienceMs = 15_000;
export const silenceMs = 1000;
export const againMs = 250;

/** Asks until there is an answer or the time is over, once at least. @returns how often */
export async function askUntil(ask: () => void, isAnswered: () => Promise<boolean>, milliseconds: number) {
  const end = performance.now() + milliseconds;
  for (let asked = 1; ; asked++) {
    ask();
    if ((await isAnswered()) || performance.now() >= end) return asked;
  }
}

/** On a busy machine several questions may have been asked before the first answer came: each of them has its own. */
export function oncePerQuestion(macs: readonly string[], asked: number): string[] {
  const seen = new Map<string, number>();
  return macs.filter((mac) => {
    const times = (seen.get(mac) ?? 0) + 1;
    seen.set(mac, times);
    return times === 1 || times > asked;
  });
}

export class Asker {
  readonly mac: string;
  readonly ip: string;
  readonly #link: PcapLink;
  /** Heard since the last `clear`. BOUNDED: by the test that listens. */
  readonly heard: Heard[] = [];

  constructor(place: AskerPlace, ip: string) {
    this.mac = place.mac;
    this.ip = ip;
    // Also what is for others: a test must see a frame that went to the wrong host.
    const opened = inside(place.namespace, () =>
      openLink({ ...everything, interface: place.interface, filter: 'arp', promiscuous: true }),
    );
    if (!opened.ok) throw new Error(`Cannot listen on "${place.interface}": ${opened.error.message}`);
    this.#link = opened.value;
  }

  /** Puts frames on the wire as they are. */
  send(...frames: readonly Uint8Array[]): void {
    const link = this.#link;
    for (let first = 0; first < frames.length; first += link.slots) {
      const batch = frames.slice(first, first + link.slots);
      for (const [slot, frame] of batch.entries()) link.out.set(frame, slot * link.slotBytes);
      const sent = link.flush(
        batch.length,
        Uint16Array.from(batch, ({ length }) => length),
      );
      if (sent !== batch.length) throw new Error(`Sent ${sent} of ${batch.length} frames: ${link.lastError?.message}`);
    }
  }

  /** A request of this host. */
  request(target: string, parts: Partial<ArpText> = {}): Uint8Array {
    return arpBytes({ from: this.mac, sender: this.ip, target, ...parts });
  }

  clear(): void {
    this.#drain();
    this.heard.length = 0;
  }

  /** Everything heard since `clear`, after listening on for this long. */
  async listen(milliseconds: number): Promise<readonly Heard[]> {
    await this.until(() => false, milliseconds);
    return this.heard;
  }

  /** Listens until `seen` holds; false when it did not within the time. */
  async until(seen: (heard: readonly Heard[]) => boolean, milliseconds = patienceMs): Promise<boolean> {
    const end = performance.now() + milliseconds;
    for (;;) {
      this.#drain();
      if (seen(this.heard)) return true;
      if (performance.now() >= end) return false;
      await Bun.sleep(2);
    }
  }

  /** Replies heard since `clear` that speak for this address. */
  replies(address: string): Heard[] {
    return this.heard.filter(({ operation, sender, to }) => operation === 2 && sender === address && to === this.mac);
  }

  /**
   * Sends the frames and returns the replies for `address`. `answered`: an address that is certainly answered and asked
   * for last: with its reply everything before has been dealt with, so silence is known and not guessed.
   */
  async replyTo(address: string, frames: readonly Uint8Array[], answered?: string): Promise<Heard[]> {
    this.clear();
    this.send(...frames);
    if (answered !== undefined) {
      this.send(this.request(answered));
      const proven = await this.until(() => this.replies(answered).length > 0);
      if (!proven) throw new Error(`${answered} was to prove that the box listens, and was not answered`);
    } else {
      await this.until(() => this.replies(address).length > 0, silenceMs);
    }
    // A second answerer, or a second answer, would follow at once.
    await this.listen(50);
    return this.replies(address);
  }

  /** MACs that answer for an address, each once per reply; asks again until somebody does or the time is over. */
  async whoHas(address: string, milliseconds = patienceMs): Promise<string[]> {
    this.clear();
    const ask = () => this.send(this.request(address));
    const isAnswered = () => this.until(() => this.replies(address).length > 0, milliseconds > 0 ? againMs : silenceMs);
    const asked = await askUntil(ask, isAnswered, milliseconds);
    // A second answerer, or a second answer, would follow at once.
    await this.listen(50);
    return oncePerQuestion(
      this.replies(address).map(({ senderMac }) => senderMac),
      asked,
    );
  }

  /** One question, one short wait: who answers now. */
  async answersNow(address: string): Promise<string[]> {
    return await this.whoHas(address, 0);
  }

  /** Which of these addresses are answered, and by which MACs: all asked in one go, one second for the answers. */
  async answered(addresses: readonly string[]): Promise<Record<string, string[]>> {
    this.clear();
    this.send(...addresses.map((address) => this.request(address)));
    const missing = new Set(addresses);
    const areAnswered = (heard: readonly Heard[]) => {
      for (const { operation, sender, to } of heard) if (operation === 2 && to === this.mac) missing.delete(sender);
      return missing.size === 0;
    };
    // A second answerer follows at once.
    if (await this.until(areAnswered, silenceMs)) await this.listen(150);
    const found: Record<string, string[]> = {};
    for (const address of addresses) {
      const macs = this.replies(address).map(({ senderMac }) => senderMac);
      if (macs.length > 0) found[address] = macs;
    }
    return found;
  }

  close(): void {
    this.#link.close();
  }

  #drain(): void {
    const link = this.#link;
    for (let length = link.next(); length > 0; length = link.next()) {
      const bytes = link.frame.slice(0, length);
      const arp = readArp(bytes);
      if (arp) this.heard.push({ ...arp, atMs: receivedMs(link), bytes });
    }
  }
}
