// The other boxes of the LANs, as rounds deal with them: what they hold goes in, what this box holds goes out.
import { Lasting } from '#core/lasting.ts';
import { observe } from '#core/observe.ts';
import { electionLinks, ownExclusions, peerFacts } from '#core/peer-facts.ts';
import { lastingMs, peerProblems } from '#core/peer-problems.ts';
import { formatAddress } from '#model/address.ts';
import { hasGroups } from '#model/node-config.ts';
import type { Peer, PeerFacts } from '#model/peers.ts';
import type { RunningProblem } from '#model/problem.ts';
import type { Exclusion, PeerRecords } from '#model/records.ts';
import type { Desired, Observed, Snapshot } from '#model/snapshot.ts';
import type { Peers } from '#ports/election.ts';
import type { Clock, LinkObserver } from '#ports.ts';
import type { ActiveConfig } from './configuration.ts';
import type { Facts } from './round-facts.ts';
import type { DaemonState } from './store.ts';

export interface LanBoxesParts {
  readonly peers: Peers;
  readonly clock: Clock;
  readonly links: LinkObserver;
  readonly evaluate: (observed: Observed) => Desired;
  /** Name from the command line; null: the one of NodeConfig. */
  readonly nodeName: string | null;
}

interface Told {
  readonly facts: PeerFacts;
  readonly generation: number;
}

const noMemory = { allocations: [], goodPools: new Map(), goodPolicies: new Map() };

export class LanBoxes {
  readonly #parts: LanBoxesParts;
  readonly #lasting = new Lasting(lastingMs);
  /** Null: this box is alone by decree. */
  #told: Told | null = null;
  /** The last exclusions, the same list as long as nothing changed. */
  #exclusions: readonly Exclusion[] = [];

  constructor(parts: LanBoxesParts) {
    this.#parts = parts;
  }

  /** Before the first round: hears who is there and what they hold. At once on a box that is alone by decree. */
  async join({ config, inputs, generation }: ActiveConfig): Promise<void> {
    if (!hasGroups(config)) return;
    const { peers, links, nodeName, evaluate } = this.#parts;
    const interfaces = links.interfaces();
    const world = { config, nodeName, interfaces, leadership: { kind: 'none' as const }, memory: noMemory };
    const none = { deliveredAddresses: new Set<string>(), adoptStatus: false, nowMs: 0, quarantine: [] };
    // Which interfaces policies select does not depend on services.
    const observed = observe({ ...world, ...none, inputs: { ...inputs, services: [], endpointSlices: [] } });
    const desired = evaluate(observed);
    const snapshot: Snapshot = { revision: 0, observed: { ...observed, inputs }, desired };
    const facts = peerFacts(snapshot, { generation, state: 'ready', exclusions: [] });
    await peers.join({ ...facts, links: electionLinks(interfaces, desired, { kind: 'none' }) });
  }

  /** What they hold; the same lists as long as nothing changed. */
  held(): Pick<PeerRecords, 'records' | 'exclusions'> {
    return this.#parts.peers.records();
  }

  /** For one evaluation. `answered`: keys `ip%interface` of what this box answers for. */
  records(answered: Iterable<string>): PeerRecords {
    const { records, exclusions } = this.held();
    return { records, exclusions, answered: new Set(Iterator.from(answered).map((key) => key.split('%', 1)[0] ?? '')) };
  }

  /** Tells the others. Null: there are none. */
  tell(
    snapshot: Snapshot | null,
    { active, quarantine }: Pick<Facts, 'active' | 'quarantine'>,
    { configValid, generation: applied }: Pick<DaemonState, 'configValid' | 'generation'>,
  ): void {
    if (snapshot === null) {
      if (this.#told) this.#parts.peers.apply(null);
      this.#told = null;
      return;
    }
    const exclusions = ownExclusions(snapshot.observed, quarantine);
    if (textOf(exclusions) !== textOf(this.#exclusions)) this.#exclusions = exclusions;
    const { generation } = active;
    // Before the first one was applied nothing can be stale.
    const isStale = !configValid && applied > 0;
    const state = snapshot.observed.drained ? 'draining' : isStale ? 'stale-config' : 'ready';
    const facts = peerFacts(snapshot, { generation, state, exclusions: this.#exclusions });
    this.#told = { facts, generation };
    this.#parts.peers.apply(facts);
  }

  peers(): readonly Peer[] {
    return this.#told ? this.#parts.peers.peers() : [];
  }

  /** MACs of the other boxes: what they claim is a matter of the election. */
  macs(): ReadonlySet<string> {
    const peers = this.peers();
    // Those of shared LANs first: a long list may be cut.
    const shared = peers.flatMap(({ links }) => links.map(({ mac }) => mac));
    return new Set([...shared, ...peers.flatMap(({ macs }) => macs)]);
  }

  /** What is wrong between the boxes for long enough. */
  problems(): readonly RunningProblem[] {
    if (!this.#told) return [];
    const { facts, generation } = this.#told;
    const { peers, clock } = this.#parts;
    const situation = { self: facts.node, generation, configHash: facts.configHash };
    const found = peerProblems({ ...situation, peers: peers.peers(), findings: peers.findings() });
    return this.#lasting.filter(found, ({ code, object }) => `${code} ${object}`, clock.monotonicMs());
  }

  /** Whether time alone may make a problem. */
  isPending(): boolean {
    return this.#lasting.isPending(this.#parts.clock.monotonicMs());
  }
}

function textOf(exclusions: readonly Exclusion[]): string {
  return exclusions
    .map((one) => `${formatAddress(one.address)} ${one.kind} ${one.interface} ${one.mac} ${one.sinceMs}`)
    .join();
}
