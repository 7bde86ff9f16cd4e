// The sockets of the hello: one per election interface and family, opened and closed as interfaces come and go.

import { isOnLink } from '#core/on-link.ts';
import type { HeardAt } from '#core/peer-table.ts';
import type { Family, IpAddress } from '#model/address.ts';
import type { PeerLinkFacts } from '#model/peers.ts';
import type { Interface } from '#model/resources.ts';
import type { Log } from '#ports.ts';

/** Not assigned to anybody; chosen after VRRP's protocol number 112. See the decision record about the hello. */
export const helloPort = 7112;

export interface HelloSocketTarget {
  readonly interface: string;
  readonly index: number;
  readonly family: Family;
  readonly port: number;
}

/** A socket that hears only what was sent on its link, with TTL 255. */
export interface HelloSocketPort {
  /** What waits; its bytes are valid until the next call. */
  receive(): { readonly bytes: Uint8Array; readonly source: string } | null;
  /** `to` null: to the group. False: it did not leave. */
  send(bytes: Uint8Array<ArrayBuffer>, to: string | null): boolean;
  close(): void;
}

export type OpenHelloSocket = (
  target: HelloSocketTarget,
) =>
  | { readonly ok: true; readonly value: HelloSocketPort }
  | { readonly ok: false; readonly error: { readonly message: string } };

export interface OpenLink {
  readonly facts: PeerLinkFacts;
  readonly family: Family;
  readonly socket: HelloSocketPort;
}

/** BOUNDED: datagrams taken from one socket per look. */
const mostPerLook = 256;
/** After how long a socket that could not be opened is tried again. */
const retryMs = 5000;

export class HelloLinks {
  readonly #open: OpenHelloSocket;
  readonly #log: Log;
  /** By interface, index and family. BOUNDED: interfaces of the box. */
  readonly #links = new Map<string, OpenLink>();
  /** Why one is not open, and when it was tried. */
  readonly #faults = new Map<string, { readonly text: string; readonly atMs: number }>();

  constructor(open: OpenHelloSocket, log: Log) {
    this.#open = open;
    this.#log = log;
  }

  /** Makes the sockets those of these interfaces. Returns whether one was opened. */
  apply(links: readonly PeerLinkFacts[], nowMs: number): boolean {
    let isNew = false;
    const wanted = new Map(
      links.flatMap((facts) => familiesOf(facts.link).map((family) => [keyOf(facts.link, family), { facts, family }])),
    );
    for (const [key, { socket }] of this.#links) {
      if (wanted.has(key)) continue;
      socket.close();
      this.#links.delete(key);
    }
    for (const key of this.#faults.keys()) if (!wanted.has(key)) this.#faults.delete(key);
    for (const [key, { facts, family }] of wanted) {
      const known = this.#links.get(key);
      if (known) this.#links.set(key, { ...known, facts });
      else isNew = this.#add(key, facts, family, nowMs) || isNew;
    }
    return isNew;
  }

  all(): Iterable<OpenLink> {
    return this.#links.values();
  }

  /** Hands over what waits, valid until the call returns; how many datagrams there were. */
  receive(take: (bytes: Uint8Array, at: HeardAt) => void): number {
    let count = 0;
    for (const { facts, socket } of this.#links.values()) {
      for (let n = 0; n < mostPerLook; n++) {
        const heard = socket.receive();
        if (heard === null) break;
        take(heard.bytes, { interface: facts.link.name, source: heard.source });
        count++;
      }
    }
    return count;
  }

  /** The socket that reaches this address, which was heard on this interface. */
  to(name: string, source: string): OpenLink | undefined {
    const family: Family = source.includes(':') ? 'IPv6' : 'IPv4';
    return [...this.#links.values()].find((link) => link.facts.link.name === name && link.family === family);
  }

  /** The link on which a unicast peer is: the one whose subnet holds its address, else the first of its family. */
  towards(address: IpAddress): OpenLink | undefined {
    const links = [...this.#links.values()].filter(({ family }) => family === address.family);
    return links.find(({ facts }) => isOnLink(facts.link, address)) ?? links[0];
  }

  faults(): readonly string[] {
    return [...this.#faults.values()].map(({ text }) => text);
  }

  close(): void {
    for (const { socket } of this.#links.values()) socket.close();
    this.#links.clear();
  }

  #add(key: string, facts: PeerLinkFacts, family: Family, nowMs: number): boolean {
    const failed = this.#faults.get(key);
    if (failed && nowMs - failed.atMs < retryMs) return false;
    const { name, index } = facts.link;
    const opened = this.#open({ interface: name, index, family, port: helloPort });
    if (opened.ok) {
      this.#links.set(key, { facts, family, socket: opened.value });
      this.#faults.delete(key);
      return true;
    }
    const text = `Cannot say hello on "${name}" (${family}): ${opened.error.message}`;
    if (failed?.text !== text) this.#log.write('warn', text, { interface: name });
    this.#faults.set(key, { text, atMs: nowMs });
    return false;
  }
}

function keyOf({ name, index }: Interface, family: Family): string {
  return `${name} ${index} ${family}`;
}

/** Families that the interface can send: it is up and has an address that is in use. */
function familiesOf({ up, addresses }: Interface): readonly Family[] {
  const has = (family: Family) => addresses.some((one) => one.family === family && one.tentative !== true);
  return up ? (['IPv4', 'IPv6'] as const).filter(has) : [];
}
