// Says hello to the other boxes of ours, hears theirs, and holds what they hold. It decides no leadership.
import { ownRecords } from '#core/own-records.ts';
import { type HeardAt, type PeerEntry, PeerTable } from '#core/peer-table.ts';
import { PeerUnion } from '#core/peer-union.ts';
import { recordSet } from '#core/record-set.ts';
import type { Handover, HandoverAsk, Peer, PeerFacts, PeerFindings } from '#model/peers.ts';
import type { Handovers, Peers } from '#ports/election.ts';
import type { Clock, Log } from '#ports.ts';
import { type Datagram, DatagramType, parseDatagram, roomFor } from '#wire/datagram.ts';
import { parseHello } from '#wire/hello.ts';
import { parseSections, parseWant } from '#wire/record-sections.ts';
import { HandoverBoard } from './handover-board.ts';
import { HelloLinks, type OpenHelloSocket } from './hello-links.ts';
import { HelloSpeaker } from './hello-speaker.ts';
import { heardOf, holdingsOf, seenText, tellingText } from './hello-tellings.ts';
import { RecordCourier } from './record-courier.ts';

export interface HelloParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly open: OpenHelloSocket;
  /** A whole number from 0 to 2^32 − 1; two of them name this start. Left out: those of the system. */
  readonly random?: () => number;
  /** Other boxes came, went, said something else, or hold something else. */
  readonly onChange: () => void;
}

/**
 * How often sockets are looked at: planned moves wait for that; a look costs a system call per socket. And how often is
 * looked for what comes with time alone: a box that is silent, a socket that could not be opened.
 */
const [lookMs, busyLookMs, sweepMs] = [50, 10, 250];
/**
 * At a start: how long somebody is waited for, how long more than one, how long for a proof of whoever is heard (a box that
 * is there answers at its next look), and how long for what they hold.
 */
const [listenMs, settleMs, proofMs, fetchMs] = [400, 200, 1000, 5000];
/** BOUNDED: addresses without the right signature, per hello. */
const mostStrangers = 256;

export class HelloService implements Peers, Handovers {
  readonly #parts: HelloParts;
  readonly #links: HelloLinks;
  readonly #courier: RecordCourier;
  readonly #board = new HandoverBoard();
  readonly #union = new PeerUnion();
  readonly #table: PeerTable;
  readonly #speaker: HelloSpeaker;
  #facts: PeerFacts | null = null;
  #isJoining = false;
  /** Addresses of whoever is heard without the right signature, since the last hello and before. BOUNDED: per hello. */
  #strangers = new Set<string>();
  #unsigned: readonly string[] = [];
  #told = '';
  #sweepMs = 0;
  #seen = '[]';
  #cancelLook: (() => void) | null = null;
  /** What is read now has come since then. */
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: HelloParts) {
    const { clock, log, open, random = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 } = parts;
    const instance = [random(), random()].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
    this.#parts = parts;
    this.#table = new PeerTable(instance);
    this.#links = new HelloLinks(open, log);
    this.#courier = new RecordCourier({
      send: (to, type, body) => this.#speaker.sendTo(to, type, body),
      room: () => roomFor(this.#speaker.sender),
      salt: () => random() >>> 0,
    });
    const [links, table, board, courier] = [this.#links, this.#table, this.#board, this.#courier];
    this.#speaker = new HelloSpeaker({ links, table, board, courier, log, instance, clock }, clock.wallMs());
  }

  apply(facts: PeerFacts | null): void {
    if (facts === null) {
      this.#stop();
      return;
    }
    const before = this.#facts;
    this.#facts = facts;
    this.#speaker.settle(facts);
    const isOpened = this.#links.apply(facts.links, this.#now());
    const { allocations, exclusions, node } = facts;
    if (before?.allocations !== allocations || before.exclusions !== exclusions || before.node !== node)
      this.#courier.tell(recordSet(ownRecords(allocations, node), exclusions, this.#courier.set));
    const told = tellingText(facts, this.#courier.set.digest);
    if (told !== this.#told || isOpened) this.#speaker.hurry();
    this.#told = told;
    if (!this.#cancelLook) this.#look();
  }

  async join(facts: PeerFacts): Promise<void> {
    this.#isJoining = true;
    this.apply(facts);
    const start = this.#now();
    while (!this.#hasJoined(this.#now() - start)) {
      await new Promise<void>((resolve) => void this.#parts.clock.setTimeout(resolve, busyLookMs));
    }
    this.#isJoining = false;
    this.#speaker.hurry();
  }

  peers(): readonly Peer[] {
    return this.#table.peers(this.#speaker.sender, this.#now());
  }

  records(): Pick<PeerUnion, 'records' | 'exclusions'> {
    return this.#union;
  }

  findings(): PeerFindings {
    return {
      own: this.#courier.set,
      doubles: this.#table.doubles(this.#now()),
      faults: [...this.#links.faults(), ...this.#speaker.faults()],
      unsigned: this.#unsigned,
      ...heardOf(this.#table.live(this.#now()), this.#facts?.settings.vrrp.peers ?? []),
    };
  }

  order(what: Handover, to: string, provisionalMs: number): void {
    this.#board.order(what, to, provisionalMs, this.#now());
    this.#speaker.hurry();
  }

  ask(what: Handover, to: string | null): number {
    const serial = this.#board.ask(what, to, this.#now());
    this.#speaker.hurry();
    return serial;
  }

  answer(ask: HandoverAsk, answer: Parameters<Handovers['answer']>[1]): void {
    this.#board.answer(ask, answer, this.#now());
    this.#speaker.hurry();
  }

  watch(listener: Parameters<Handovers['watch']>[0]): void {
    this.#board.watch(listener);
  }

  #hasJoined(pastMs: number): boolean {
    const [live, isDoubtful] = [this.#table.live(this.#now()), this.#table.isDoubtful(this.#now())];
    if (isDoubtful && pastMs < proofMs) return false;
    if (live.length === 0) return pastMs >= listenMs;
    return pastMs >= fetchMs || (pastMs >= settleMs && live.every(({ copy }) => copy.isCurrent()));
  }

  /** Says good-bye, twice because one may be lost, so that nobody waits for this box to be missed. */
  #stop(): void {
    const facts = this.#facts;
    if (!facts) return;
    this.#cancelLook?.();
    this.#cancelLook = null;
    for (let i = 0; i < 2; i++) this.#speaker.say(facts, 'leaving', this.#now());
    this.#links.close();
    this.#facts = null;
  }

  #look(): void {
    const facts = this.#facts;
    if (!facts) return;
    let isBusy = false;
    try {
      isBusy = this.#lookOnce(facts, this.#now());
    } catch (error) {
      // A bug here must not end what is answered elsewhere.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#parts.log.write('error', `Internal error in the hello: ${text}`);
    }
    const nextMs = isBusy || this.#isJoining ? busyLookMs : lookMs;
    this.#cancelLook = this.#parts.clock.setTimeout(() => this.#look(), nextMs);
  }

  /** Whether records are under way. */
  #lookOnce(facts: PeerFacts, nowMs: number): boolean {
    const isSweep = nowMs >= this.#sweepMs;
    if (isSweep) this.#sweepMs = nowMs + sweepMs;
    if (isSweep) this.#links.apply(facts.links, nowMs);
    const heard = this.#links.receive((bytes, at) => this.#hear(bytes, at, facts));
    this.#lookedMs = nowMs;
    const live = this.#table.live(nowMs);
    // Before anything is asked for: only whoever is named to prove itself is given records.
    if (this.#speaker.isDue(nowMs)) this.#say(facts, nowMs);
    const isBusy = this.#courier.look(live, nowMs);
    // Nothing that was heard, nothing that is new: 20 looks a second would cost a percent of a core.
    if (isSweep || heard > 0) this.#notice(live);
    return isBusy;
  }

  #say(facts: PeerFacts, nowMs: number): void {
    this.#unsigned = [...this.#strangers];
    this.#strangers = new Set();
    this.#speaker.say(facts, this.#isJoining ? 'joining' : facts.state, nowMs);
  }

  /** Tells once when something is otherwise than before. */
  #notice(live: readonly PeerEntry[]): void {
    const isNew = this.#union.update(holdingsOf(live));
    const seen = JSON.stringify(this.peers().map(seenText));
    if (!isNew && seen === this.#seen) return;
    this.#seen = seen;
    this.#parts.onChange();
  }

  #hear(bytes: Uint8Array, at: HeardAt, facts: PeerFacts): void {
    const datagram = parseDatagram(bytes);
    if (!datagram || datagram.instance === this.#speaker.sender.instance) return;
    if (this.#speaker.isSigned(datagram)) this.#take(datagram, at, facts);
    else if (this.#strangers.size < mostStrangers) this.#strangers.add(at.source);
  }

  #take(datagram: Datagram, at: HeardAt, { node }: PeerFacts): void {
    const nowMs = this.#now();
    if (!this.#table.accepts(datagram, at, node, nowMs)) return;
    if (datagram.type === DatagramType.hello) {
      this.#takeHello(datagram, at, node);
      return;
    }
    const known = this.#table.get(datagram.node);
    if (known?.instance !== datagram.instance || !known.isProven) return;
    const want = datagram.type === DatagramType.want ? parseWant(datagram.body) : null;
    if (want) this.#courier.hearWant(known, want);
    if (datagram.type === DatagramType.sections)
      this.#courier.hearSections(known, parseSections(datagram.body) ?? [], nowMs);
  }

  #takeHello(datagram: Datagram, at: HeardAt, self: string): void {
    const [hello, nowMs] = [parseHello(datagram.body), this.#now()];
    if (!hello) return;
    const isKnown = this.#table.get(datagram.node)?.instance === datagram.instance;
    const entry = this.#table.hear(datagram, hello, at, nowMs);
    entry.clock.note(hello.wallMs, this.#parts.clock.wallMs());
    if (entry.isProven) {
      const others = this.#table.live(nowMs).flatMap(({ copy }) => copy.whole() ?? []);
      entry.copy.tell(hello.digest, hello.exclusions, [this.#courier.set, ...others]);
      this.#board.hear(entry, at.interface, self, hello, nowMs - this.#lookedMs);
      this.#speaker.countOn(hello.heard);
    }
    // Whoever has just come waits for us.
    const { instance } = this.#speaker.sender;
    const isWaiting = hello.state === 'joining' && !hello.heard.some(([, heard]) => heard === instance);
    if (!isKnown || isWaiting) this.#speaker.hurry();
  }

  #now(): number {
    return this.#parts.clock.monotonicMs();
  }
}
