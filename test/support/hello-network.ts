// A LAN of hello sockets in memory: what one sends the others receive, unless the test loses it.
import type { HelloSocketPort, HelloSocketTarget, OpenHelloSocket } from '#election/hello-links.ts';

interface Station {
  readonly address: string;
  readonly inbox: { readonly bytes: Uint8Array; readonly source: string }[];
}

export class HelloNetwork {
  readonly #stations = new Set<Station>();
  readonly #silent = new Set<string>();
  /** Datagrams sent so far. */
  sent = 0;
  /** Whether a datagram is lost: its number, who sends it, who would hear it. */
  loses: (n: number, from: string, to: string) => boolean = () => false;
  /** Whether the system of this box does not even let it out. */
  refuses: (from: string) => boolean = () => false;
  /** Every datagram, as it was sent. */
  onSend: (bytes: Uint8Array, from: string) => void = () => {};

  /** For a box with these addresses. */
  opener(addresses: { readonly IPv4: string; readonly IPv6: string }): OpenHelloSocket {
    return (target: HelloSocketTarget) => ({ ok: true, value: this.#socket(addresses[target.family]) });
  }

  /** Nothing that these say leaves from now on: they died without a word. */
  silence(addresses: readonly string[]): void {
    for (const address of addresses) this.#silent.add(address);
  }

  speak(addresses: readonly string[]): void {
    for (const address of addresses) this.#silent.delete(address);
  }

  /** As if a datagram came from there. */
  inject(bytes: Uint8Array, source: string, to: string): void {
    for (const station of this.#stations) if (station.address === to) station.inbox.push({ bytes, source });
  }

  #socket(address: string): HelloSocketPort {
    const station: Station = { address, inbox: [] };
    this.#stations.add(station);
    const isOfFamily = (other: Station) => other.address.includes(':') === address.includes(':');
    return {
      receive: () => station.inbox.shift() ?? null,
      send: (bytes, to) => {
        if (this.refuses(address)) return false;
        if (this.#silent.has(address)) return true;
        this.sent++;
        this.onSend(bytes.slice(), address);
        for (const other of this.#stations) {
          if (other === station || !isOfFamily(other) || (to !== null && other.address !== to)) continue;
          if (!this.loses(this.sent, address, other.address))
            other.inbox.push({ bytes: bytes.slice(), source: address });
        }
        return true;
      },
      close: () => void this.#stations.delete(station),
    };
  }
}
