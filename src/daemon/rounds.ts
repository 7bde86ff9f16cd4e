// One round: observe, evaluate, make the world match, write down what changed.

import { observe } from '#core/observe.ts';
import { formatAddress } from '#model/address.ts';
import type { JournalEntry } from '#model/journal.ts';
import { hasGroups } from '#model/node-config.ts';
import type { Interface } from '#model/resources.ts';
import type { Desired, Memory, Observed, Snapshot } from '#model/snapshot.ts';
import type { Traffic } from '#model/traffic.ts';
import type { AnnouncementSink, Clock, Delivery, LinkObserver, StateStore } from '#ports.ts';
import { AnsweredRows } from './answered-rows.ts';
import type { Chronicle } from './chronicle.ts';
import { Claims } from './claims.ts';
import type { ActiveConfig } from './configuration.ts';
import { DeliveryWatch } from './delivery-watch.ts';
import { EntryTally } from './entry-tally.ts';
import type { Failovers } from './failovers.ts';
import type { LanBoxes } from './lan-boxes.ts';
import { LeadingRows } from './leading-rows.ts';
import { RoundElection } from './round-election.ts';
import { type Facts, sameFacts } from './round-facts.ts';
import { type RoundHookParts, RoundHooks } from './round-hooks.ts';
import type { DaemonStore } from './store.ts';
import { compareAllocations, selectedInterfaces, tallyAllocations, tallyLinks } from './transitions.ts';

export interface RoundParts extends RoundHookParts {
  /** Left out: nothing is elected, whatever the configuration says. */
  readonly lanElection?: RoundElection;
  readonly links: LinkObserver;
  readonly sink: AnnouncementSink;
  readonly state: StateStore;
  /** Null on a box that only answers. */
  readonly delivery: Delivery | null;
  readonly clock: Clock;
  readonly evaluate: (observed: Observed) => Desired;
  /** Collects garbage at once. */
  readonly sweep?: () => void;
  /** Called after every round. Not evaluated: nothing had changed. */
  readonly onRound?: (evaluated: boolean) => void;
  /** Name from the command line; null: the one of NodeConfig. */
  readonly nodeName: string | null;
  /** 0…1. Left out: Math.random. */
  readonly random?: () => number;
  /** Other boxes of ours. Left out: none. */
  readonly lan?: LanBoxes;
  /** Whether this box is to lead nothing. Left out: it may. */
  readonly drained?: () => boolean;
  /** Tells the stories of elections. */
  readonly failovers?: Failovers;
  /** What becomes of traffic to these addresses (canonical text), null when nobody can tell. Left out: nobody asks. */
  readonly traffic?: (addresses: readonly string[]) => Traffic | null;
}

/**
 * The kernel answers ARP for an address of lo on every interface that hears the question, selected by a policy or not,
 * and nobody knows which of them share a LAN: all of them have to be silent. Ports leave ARP to their bridge or bond.
 */
const mayAnswer = ({ loopback, arp, mac, master }: Interface) => !loopback && arp && mac !== '' && master === null;
const named = ({ name }: Interface) => name;

/** From here on the garbage of one step is felt: tens of megabytes. */
const manyServices = 10_000;

const noMemory: Memory = { allocations: [], goodPools: new Map(), goodPolicies: new Map() };

export class Rounds {
  readonly #parts: RoundParts;
  readonly #store: DaemonStore;
  readonly #chronicle: Chronicle;
  #memory: Memory;
  readonly claims: Claims;
  readonly election: RoundElection;
  readonly #hooks: RoundHooks;
  readonly #rows = new AnsweredRows();
  readonly #leading: LeadingRows;
  /** The facts of the last round, and how many rounds in a row had them. */
  #facts: Facts | null = null;
  #repeated = 0;
  #deliveryFaults: readonly string[] = [];
  readonly #delivered: DeliveryWatch;

  constructor(parts: RoundParts, store: DaemonStore, chronicle: Chronicle) {
    this.#parts = parts;
    this.#store = store;
    this.#chronicle = chronicle;
    this.#memory = parts.state.loadMemory() ?? noMemory;
    const { random = Math.random, lan } = parts;
    const peers = () => lan?.macs() ?? new Set<string>();
    this.#delivered = new DeliveryWatch(parts, store);
    this.#leading = new LeadingRows(parts.failovers);
    this.election = parts.lanElection ?? new RoundElection({});
    this.#hooks = new RoundHooks(parts);
    this.claims = new Claims({ ...parts, random, peers }, this.#memory);
  }

  /** What delivery could not do in the last round. */
  deliveryFaults(): readonly string[] {
    return this.#deliveryFaults;
  }

  /**
   * Evaluates and applies. Nothing has changed when `evaluate` throws (a bug): the last good state goes on.
   * @throws what `evaluate` throws
   */
  run(active: ActiveConfig): Snapshot {
    const { clock, links, delivery } = this.#parts;
    const interfaces = links.interfaces();
    const deliveredAddresses = delivery?.delivered() ?? new Set<string>();
    const leadership = this.election.leadership(active.config);
    const previous = this.#store.get().snapshot;
    const drained = this.#parts.drained?.() ?? false;
    const key = JSON.stringify([interfaces, [...deliveredAddresses], drained]);
    const seen = this.claims.look(active.config.conflict, interfaces, previous);
    const lan = hasGroups(active.config) ? this.#parts.lan : undefined;
    const { records, exclusions } = lan?.held() ?? {};
    const facts: Facts = { key, active, leadership, quarantine: this.claims.quarantine(), records, exclusions };
    const same = this.#facts !== null && sameFacts(facts, this.#facts);
    // Evaluation is a function of its facts and of what it remembers: the second round with the same facts is the last
    // that could differ. Appliers get their set again anyway.
    if (previous && same && this.#repeated > 0) {
      this.#apply(previous);
      this.#note(previous, previous, this.#memory.allocations, seen);
      this.#parts.onRound?.(false);
      return previous;
    }
    const nowMs = clock.wallMs();
    const adoptStatus = previous === null;
    const { inputs, config } = active;
    const { nodeName } = this.#parts;
    const world = { inputs, config, nodeName, interfaces, deliveredAddresses, leadership, drained, nowMs, adoptStatus };
    const peers = lan?.records(this.#store.get().leading.keys());
    const observed = observe({ ...world, memory: this.#memory, quarantine: facts.quarantine, peers });
    const desired = this.#parts.evaluate(observed);
    // Each step leaves garbage, and none waits for a collection: without these three a reload of 50,000 services peaks
    // a third higher. They cost the main thread some 100 ms each; capture goes on meanwhile.
    const isLarge = previous?.observed.inputs !== inputs && inputs.services.length >= manyServices;
    this.#sweep(isLarge);
    this.#repeated = same ? this.#repeated + 1 : 0;
    this.#facts = facts;
    const remembered = this.#memory.allocations;
    this.#memory = desired.memory;
    this.claims.retain(desired, previous?.desired ?? null);
    const snapshot: Snapshot = { revision: (previous?.revision ?? 0) + 1, observed, desired };
    this.#apply(snapshot);
    this.#sweep(isLarge);
    this.#note(previous, snapshot, remembered, seen);
    this.#sweep(isLarge);
    this.#parts.onRound?.(true);
    return snapshot;
  }

  #sweep(isLarge: boolean): void {
    if (isLarge) this.#parts.sweep?.();
  }

  #apply(snapshot: Snapshot): void {
    const { observed, desired } = snapshot;
    const { sink, state, delivery } = this.#parts;
    // Before anything is announced: an address that the wire has seen must not be forgotten by a crash.
    state.saveMemory(this.claims.memory(this.#memory));
    const { interfaces, config } = observed;
    // First accept, then attract: a client must not meet a closed door.
    if (delivery) this.#deliveryFaults = this.#deliver(delivery, snapshot);
    const isSolo = !hasGroups(config);
    this.election.apply(snapshot);
    // What is led here is the worker's to know: it has the rows of all that this node is a candidate for.
    sink.apply(
      isSolo ? desired.announcements : desired.candidacies,
      interfaces,
      config,
      selectedInterfaces(desired),
      this.claims.orders(),
    );
    if (this.#facts) this.#parts.lan?.tell(isSolo ? null : snapshot, this.#facts, this.#store.get());
    this.#delivered.look(snapshot);
  }

  #deliver(delivery: Delivery, { observed, desired }: Snapshot): readonly string[] {
    const wanted = observed.config.delivery === 'local' ? desired.candidacies : [];
    const addresses = [...new Set(wanted.map((candidacy) => formatAddress(candidacy.address)))];
    return delivery.apply(addresses, wanted.length > 0 ? observed.interfaces.filter(mayAnswer).map(named) : []);
  }

  #note(
    previous: Snapshot | null,
    snapshot: Snapshot,
    remembered: Memory['allocations'],
    seen: readonly JournalEntry[],
  ): void {
    const nowMs = this.#parts.clock.wallMs();
    const { announcements, memory } = snapshot.desired;
    // What is still probed for is not answered yet.
    const answered = this.#rows.of(announcements, this.#parts.sink.claims());
    const tally = new EntryTally();
    for (const entry of seen) tally.add(entry.kind, () => entry);
    if (previous) tallyLinks(previous, snapshot, nowMs, tally);
    tallyAllocations(compareAllocations(remembered, memory.allocations), nowMs, tally);
    const leading = this.#leading.follow(answered, nowMs, tally);
    this.#parts.failovers?.attach(snapshot.observed.node.name, (told) => this.#chronicle.record(told));
    this.#hooks.call(snapshot.observed.node.name, snapshot.observed.config.hooks, this.#leading.changes, seen);
    this.#store.set({ snapshot, leading, node: snapshot.observed.node.name });
    const entries = tally.list();
    if (snapshot !== previous || entries.length > 0) this.#chronicle.record(entries);
  }

  /** This box stops: its hook hears of every address that it leaves. */
  farewell(timeoutMs: number): Promise<void> {
    return this.#hooks.farewell(this.#store.get().node, this.#leading.rows, timeoutMs);
  }
}
