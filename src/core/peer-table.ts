// The other boxes: who they are, on which LANs they are heard, and until when they count as there.
import type { Peer, PeerLink } from '#model/peers.ts';
import type { Datagram, Sender } from '#wire/datagram.ts';
import type { Hello } from '#wire/hello.ts';
import { ClockOffset } from './clock-offset.ts';
import { nextChoice, type PeerChoice } from './peer-choice.ts';
import { PeerCopy } from './peer-copy.ts';
import { ReplayWindow } from './replay-window.ts';
import { compareText } from './sorted.ts';

/** Where something was heard. */
export interface HeardAt {
  readonly interface: string;
  readonly source: string;
}

export interface PeerEntry extends Sender {
  incarnation: number;
  readonly window: ReplayWindow;
  readonly copy: PeerCopy;
  /** Of its wall clock; noted by whoever knows the time here. */
  readonly clock: ClockOffset;
  /** By interface of this box. BOUNDED: those. */
  readonly links: Map<string, HeardLink>;
  /** By interface of this box; outlives a start of that one. BOUNDED: those. */
  readonly choices: Map<string, PeerChoice>;
  hello: Hello;
  heardMs: number;
  hasLeft: boolean;
  /**
   * It has named our start in a signed hello, or signs nothing. Until then it may be somebody who plays what was recorded before we
   * started: it is answered, so that it may prove itself, and believed nothing.
   */
  isProven: boolean;
}

interface HeardLink extends HeardAt {
  readonly hello: Hello;
  readonly heardMs: number;
}

/** Two boxes of one name: where the other one was heard. */
export interface NameDouble extends HeardAt {
  readonly node: string;
  readonly instance: string;
  readonly incarnation: number;
  readonly atMs: number;
}

/** So many intervals without a hello: the box is gone. */
const missedHellos = 3;
/** What a box may say of its interval, and what its hellos may be late by, milliseconds. */
const [leastIntervalMs, mostIntervalMs, lateMs] = [50, 60_000, 250];
/** BOUNDED: boxes that are listed, the longest lost leave first; and names that were heard twice. */
const mostPeers = 64;
const doubleMs = 10_000;
/** A hello that lacks room names so many at least; see wire/hello.ts. */
const namedInTurn = 8;

export class PeerTable {
  readonly #instance: string;
  /** By name: of two boxes of one name the one with the greater incarnation counts. */
  readonly #entries = new Map<string, PeerEntry>();
  readonly #doubles = new Map<string, NameDouble>();
  #turns = 0;

  /** `instance`: of this box. */
  constructor(instance: string) {
    this.#instance = instance;
  }

  /** Whether a datagram may be looked at: not our own, not heard before, not of an earlier start of its box. */
  accepts(datagram: Datagram, at: HeardAt, self: string, nowMs: number): boolean {
    const { node, instance, incarnation, counter } = datagram;
    if (instance === this.#instance) return false;
    const known = this.#entries.get(node);
    const isOld = known !== undefined && known.instance !== instance && incarnation <= known.incarnation;
    // A box that has started anew is silent under its former instance; two of one name are both heard.
    if (node === self || isOld) this.#noteDouble({ node, instance, incarnation, ...at, atMs: nowMs });
    if (node === self || isOld) return false;
    return known?.instance !== instance || known.window.accepts(counter);
  }

  /** Takes a hello in that was accepted. */
  hear(datagram: Datagram, hello: Hello, at: HeardAt, nowMs: number): PeerEntry {
    const { node, instance, incarnation, counter } = datagram;
    let entry = this.#entries.get(node);
    if (entry?.instance !== instance) {
      const window = new ReplayWindow();
      window.accepts(counter);
      const choices = entry?.choices ?? new Map<string, PeerChoice>();
      const fresh = {
        node,
        instance,
        incarnation,
        window,
        copy: new PeerCopy(),
        clock: new ClockOffset(),
        links: new Map<string, HeardLink>(),
      };
      entry = { ...fresh, choices, hello, heardMs: nowMs, hasLeft: false, isProven: false };
      this.#entries.set(node, entry);
      this.#bound();
    }
    if (!entry.isProven) this.#prove(entry, datagram, hello);
    entry.incarnation = Math.max(entry.incarnation, incarnation);
    entry.hello = hello;
    entry.heardMs = nowMs;
    entry.hasLeft = hello.state === 'leaving';
    entry.links.set(at.interface, {
      ...at,
      source: sourceOf(entry.links.get(at.interface), at),
      hello,
      heardMs: nowMs,
    });
    const choice = entry.isProven
      ? nextChoice(entry.choices.get(at.interface), hello)
      : entry.choices.get(at.interface);
    if (choice) entry.choices.set(at.interface, choice);
    else entry.choices.delete(at.interface);
    return entry;
  }

  get(node: string): PeerEntry | undefined {
    return this.#entries.get(node);
  }

  isLive(entry: PeerEntry, nowMs: number): boolean {
    return !entry.hasLeft && nowMs - entry.heardMs <= patienceMs(entry.hello);
  }

  /** Boxes that are there, by name. */
  live(nowMs: number): readonly PeerEntry[] {
    return this.#all().filter((entry) => entry.isProven && this.isLive(entry, nowMs));
  }

  /** Whether something is heard that has not proven yet that it comes from a box that is there. */
  isDoubtful(nowMs: number): boolean {
    return this.#all().some((entry) => !entry.isProven && this.isLive(entry, nowMs));
  }

  /**
   * For the hello: whom this box hears there, and the greatest incarnation that it knows of a name that it refused. Where a
   * hello has no room for all, each is named in turn.
   */
  heardOn(name: string, nowMs: number): Hello['heard'] {
    const known = this.#all().filter((entry) => this.isLive(entry, nowMs));
    const heard = turned(
      known.filter((entry) => this.#linkIsLive(entry.links.get(name), nowMs)),
      this.#turns++,
    );
    const rows = heard.map(({ node, instance, incarnation }) => [node, instance, incarnation] as const);
    const refused = this.doubles(nowMs).flatMap(({ node, instance, interface: at }) => {
      const known = this.#entries.get(node);
      const isStale = at === name && known && !(known.isProven && this.isLive(known, nowMs));
      // Also its instance: it believes only whoever has heard this start of it.
      return isStale ? [[node, instance, 0] as const, [node, '', known.incarnation] as const] : [];
    });
    return [...rows, ...refused];
  }

  doubles(nowMs: number): readonly NameDouble[] {
    for (const [key, { atMs }] of this.#doubles) if (nowMs - atMs > doubleMs) this.#doubles.delete(key);
    return [...this.#doubles.values()];
  }

  /** All that were there since the start. `self`: name and instance of this box, to see who hears it. */
  peers(self: Sender, nowMs: number): readonly Peer[] {
    return this.#all().flatMap((entry) => (entry.isProven ? [this.#peer(entry, self, nowMs)] : []));
  }

  /** No hello that was recorded before our start can name it; what was said before the proof may be such a one. */
  #prove(entry: PeerEntry, { counter, signature }: Datagram, { heard }: Hello): void {
    const isNamed = heard.some(([, instance]) => instance === this.#instance);
    entry.isProven = signature === null || isNamed;
    if (signature !== null && isNamed) entry.window.beginAt(counter);
  }

  #all(): readonly PeerEntry[] {
    return [...this.#entries.values()].sort((a, b) => compareText(a.node, b.node));
  }

  #peer(entry: PeerEntry, self: Sender, nowMs: number): Peer {
    const { node, instance, hello, heardMs } = entry;
    const isLive = this.isLive(entry, nowMs);
    const links = [...entry.links.values()].filter((link) => isLive && this.#linkIsLive(link, nowMs));
    return {
      node,
      instance,
      state: hello.state === 'leaving' ? 'stopped' : isLive ? hello.state : 'lost',
      version: hello.version,
      generation: hello.generation,
      configHash: hello.configHash,
      labels: hello.labels,
      vips: isLive ? hello.vips : 0,
      address: [...entry.links.values()][0]?.source ?? null,
      heardMs,
      clockAheadMs: isLive ? entry.clock.aheadMs : null,
      macs: [...new Set([...hello.macs, ...[...entry.links.values()].map((link) => link.hello.mac)])],
      links: links.map((link) => peerLink(link, self)),
      choices: [...entry.choices].map(([name, { eligible }]) => ({ interface: name, eligible })),
    };
  }

  #linkIsLive(link: HeardLink | undefined, nowMs: number): boolean {
    return link !== undefined && nowMs - link.heardMs <= patienceMs(link.hello);
  }

  #noteDouble(double: NameDouble): void {
    const key = `${double.node} ${double.instance}`;
    if (this.#doubles.size < mostPeers || this.#doubles.has(key)) this.#doubles.set(key, double);
  }

  #bound(): void {
    if (this.#entries.size <= mostPeers) return;
    const [longest] = [...this.#entries.values()].sort((a, b) => a.heardMs - b.heardMs);
    if (longest) this.#entries.delete(longest.node);
  }
}

/** Hellos come over both families: the IPv4 address is shown and used as long as it is heard. */
function sourceOf(known: HeardLink | undefined, { source }: HeardAt): string {
  if (!known || known.source.includes(':') || !source.includes(':')) return source;
  return known.hello.addresses.includes(known.source) ? known.source : source;
}

/** Begins at another place every turn; each time around one later, so that whoever sees every second turn sees all. */
function turned<T>(items: readonly T[], turn: number): readonly T[] {
  if (items.length <= namedInTurn) return items;
  const places = namedInTurn * turn;
  const first = (places + Math.floor(places / items.length)) % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

function patienceMs({ intervalMs }: Hello): number {
  return missedHellos * Math.min(Math.max(intervalMs, leastIntervalMs), mostIntervalMs) + lateMs;
}

function peerLink({ interface: name, hello, heardMs }: HeardLink, self: Sender): PeerLink {
  return {
    interface: name,
    remote: hello.via,
    mac: hello.mac,
    addresses: hello.addresses,
    led: hello.led,
    eligible: hello.eligible,
    hearsUs: hello.heard.some(([node, instance]) => node === self.node && instance === self.instance),
    heardMs,
  };
}
