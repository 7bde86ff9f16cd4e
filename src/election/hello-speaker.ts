// What this box says: when the next hello is due, what is in it, and how every datagram is signed and numbered.
import type { PeerEntry, PeerTable } from '#core/peer-table.ts';
import { type IpAddress, parseAddress } from '#model/address.ts';
import { buildInfo } from '#model/build-info.ts';
import type { PeerFacts } from '#model/peers.ts';
import type { Clock, Log } from '#ports.ts';
import { type Datagram, DatagramType, emitDatagram, roomFor, type Sender } from '#wire/datagram.ts';
import { emitHello, type Hello } from '#wire/hello.ts';
import type { HandoverBoard } from './handover-board.ts';
import { type HelloKey, keyStamp, loadHelloKey } from './hello-key.ts';
import type { HelloLinks, OpenLink } from './hello-links.ts';
import type { RecordCourier } from './record-courier.ts';

export interface SpeakerParts {
  readonly links: HelloLinks;
  readonly table: PeerTable;
  readonly board: HandoverBoard;
  readonly courier: RecordCourier;
  readonly log: Log;
  readonly instance: string;
  readonly clock: Pick<Clock, 'wallMs'>;
}

interface LoadedHelloKey {
  readonly path: string;
  /** Of the file when it was read. */
  readonly stamp: string;
  readonly key: HelloKey | null;
  readonly fault: string;
}

/** Hellos after a change: one may be lost. */
const [urgentHellos, urgentMs] = [3, 100];

export class HelloSpeaker {
  readonly #parts: SpeakerParts;
  #sender: Sender;
  #counter = 0;
  #key: LoadedHelloKey = { path: '', stamp: '', key: null, fault: '' };
  /** Links that the last hello did not leave on, for people. BOUNDED: links. */
  #unsent: readonly string[] = [];
  #urgent = 0;
  #nextMs = 0;

  constructor(parts: SpeakerParts, incarnation: number) {
    this.#parts = parts;
    this.#sender = { node: '', instance: parts.instance, incarnation };
  }

  get sender(): Sender {
    return this.#sender;
  }

  /** Why nothing is said, or not everywhere. */
  faults(): readonly string[] {
    return [...(this.#key.fault === '' ? [] : [this.#key.fault]), ...this.#unsent];
  }

  settle({ node, settings }: PeerFacts): void {
    this.#sender = { ...this.#sender, node };
    this.#takeKey(settings.hello.keyFile);
  }

  /** Also one that was replaced in its file: keys are changed now and then, and no box has to start anew for it. */
  #takeKey(path: string): void {
    const before = this.#key;
    const stamp = keyStamp(path);
    const isSame = before.path === path;
    if (isSame && before.fault === '' && before.stamp === stamp) return;
    const loaded = loadHelloKey(path);
    if ('key' in loaded) {
      this.#key = { path, stamp, key: loaded.key, fault: '' };
    } else if (isSame && before.key) {
      this.#parts.log.write('error', `${loaded.fault} (the key that was read before stays in use)`);
      this.#key = { ...before, stamp };
    } else {
      if (before.fault !== loaded.fault) this.#parts.log.write('error', loaded.fault);
      this.#key = { path, stamp, key: null, fault: loaded.fault };
    }
  }

  /** With a key only what is signed counts; without one only what is not: else one box would hear the other in vain. */
  isSigned({ signed, signature }: Datagram): boolean {
    const { key, fault } = this.#key;
    if (fault !== '') return false;
    if (!key || !signed || !signature) return key === null && signature === null;
    return key.verifies(signed, signature);
  }

  /** A box whose clock went back is taken for its own past: it has to count on from what others have heard. */
  countOn(heard: Hello['heard']): void {
    for (const [node, instance, incarnation] of heard) {
      if (node !== this.#sender.node || instance !== '' || incarnation < this.#sender.incarnation) continue;
      // Beyond it no number is exact, and no box would believe in one.
      if (incarnation >= Number.MAX_SAFE_INTEGER) continue;
      this.#sender = { ...this.#sender, incarnation: incarnation + 1 };
      this.hurry();
    }
  }

  /** The next hello is due now, and some more soon. */
  hurry(): void {
    this.#urgent = urgentHellos;
    this.#nextMs = 0;
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs;
  }

  say(facts: PeerFacts, state: Hello['state'], nowMs: number): void {
    const { links, board } = this.#parts;
    const { intervalMs } = facts.settings.hello;
    const unsent: string[] = [];
    for (const link of this.#key.fault === '' ? links.all() : []) {
      if (!this.#sayOn(link, facts, state, nowMs)) unsent.push(unsentText(link));
    }
    for (const text of unsent) if (!this.#unsent.includes(text)) this.#parts.log.write('warn', text);
    this.#unsent = unsent;
    this.#urgent = Math.max(0, this.#urgent - 1);
    const isUrgent = this.#urgent > 0 || state === 'joining' || board.isBusy(nowMs);
    this.#nextMs = nowMs + (isUrgent ? Math.min(urgentMs, intervalMs) : intervalMs);
  }

  /** To one box, on a link where it is heard. */
  sendTo(to: PeerEntry, type: 'want' | 'sections', body: Uint8Array): void {
    for (const { interface: name, source } of to.links.values()) {
      const link = this.#parts.links.to(name, source);
      if (link?.socket.send(this.#datagram(DatagramType[type], body), source)) return;
    }
  }

  /** False: what was for all did not leave. A single peer may be away, which is told by its silence. */
  #sayOn({ facts: here, socket, family }: OpenLink, facts: PeerFacts, state: Hello['state'], nowMs: number): boolean {
    const { table, board, courier, links } = this.#parts;
    const { link, led, eligible } = here;
    const { vrrp, hello } = facts.settings;
    const { digest, exclusions } = courier.set;
    const told: Hello = {
      version: buildInfo.version,
      state,
      generation: facts.generation,
      configHash: facts.configHash,
      labels: facts.labels,
      vips: facts.vips,
      intervalMs: hello.intervalMs,
      wallMs: this.#parts.clock.wallMs(),
      via: link.name,
      mac: link.mac,
      addresses: link.addresses.map(({ address }) => address),
      led,
      eligible,
      macs: facts.macs,
      digest,
      records: facts.allocations.length,
      exclusions,
      heard: table.heardOn(link.name, nowMs),
      ...board.said(link.name, nowMs),
    };
    const body = emitHello(told, roomFor(this.#sender));
    if (vrrp.peers.length === 0) return socket.send(this.#datagram(DatagramType.hello, body), null);
    for (const { text, address } of peersOf(vrrp.peers, family)) {
      const isHere = links.towards(address)?.socket === socket;
      if (isHere) socket.send(this.#datagram(DatagramType.hello, body), text);
    }
    return true;
  }

  #datagram(type: Parameters<typeof emitDatagram>[1]['type'], body: Uint8Array): Uint8Array<ArrayBuffer> {
    const { key } = this.#key;
    return emitDatagram(this.#sender, { type, counter: ++this.#counter }, body, key && ((bytes) => key.sign(bytes)));
  }
}

function unsentText({ facts, family }: OpenLink): string {
  return `Cannot say hello on "${facts.link.name}" (${family}): the system does not send it (firewall, route)`;
}

function peersOf(
  texts: readonly string[],
  family: string,
): readonly { readonly text: string; readonly address: IpAddress }[] {
  return texts.flatMap((text) => {
    const address = parseAddress(text);
    return address?.family === family ? [{ text, address }] : [];
  });
}
