// The way out to the other boxes of a LAN: who is there, and who leads which group of addresses.
import type { FirstSigns, GroupMove, GroupNote, GroupOrder, GroupReport } from '#model/election.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type {
  Handover,
  HandoverAnswer,
  HandoverAsk,
  HandoverOrder,
  Peer,
  PeerFacts,
  PeerFindings,
} from '#model/peers.ts';
import type { PeerRecords } from '#model/records.ts';
import type { Interface } from '#model/resources.ts';
import type { RouterDifference } from '#model/router-difference.ts';
import type { Candidacy, Leadership } from '#model/snapshot.ts';

/** What a capture worker has to say about the groups of its interface. */
export type ElectionNews =
  /** All groups, after a change. */
  | { readonly kind: 'groups'; readonly groups: readonly GroupReport[] }
  | { readonly kind: 'move'; readonly move: GroupMove }
  | { readonly kind: 'signs'; readonly signs: FirstSigns }
  | { readonly kind: 'note'; readonly note: GroupNote }
  /** What other routers do differently, all of it, after a change. */
  | { readonly kind: 'differences'; readonly differences: readonly RouterDifference[] };

/** What an election needs to know of the world. */
export interface ElectionWorld {
  readonly candidacies: readonly Candidacy[];
  readonly interfaces: readonly Interface[];
  readonly vrrp: NodeConfig['election']['vrrp'];
  /** Groups whose id an annotation chose, to pair with a virtual router of another make. */
  readonly pinned: ReadonlySet<number>;
  /** Addresses of the other boxes that are heard on an interface. */
  readonly boxesOn: (name: string) => readonly string[];
  /** 1…255, from the place of this box for a group on an interface. */
  readonly priorityOf: (name: string, group: number) => number;
}

/** Who leads which group of addresses on which interface. Takes the whole wanted set; idempotent. */
export interface Election {
  /** Null: nothing is elected. */
  apply(world: ElectionWorld | null): void;
  /** The same value as long as nothing changed. */
  leadership(): Leadership;
  /** What an interface's worker takes its settings from; null: nothing is elected there. */
  settings(name: string): SharedArrayBuffer | null;
  /** Groups by interface, as their workers see them. */
  reports(): ReadonlyMap<string, readonly GroupReport[]>;
  /** What other routers do differently, by interface. */
  differences(): ReadonlyMap<string, readonly RouterDifference[]>;
  /** Takes in what a worker says. */
  hear(name: string, news: ElectionNews): void;
  /** A planned move of one group. */
  order(name: string, group: number, act: GroupOrder['act'], more?: Partial<Omit<GroupOrder, 'serial' | 'act'>>): void;
  /** Takes an order back. */
  clear(name: string, group: number): void;
  /** Takes all orders back. */
  clearAll(): void;
  /** Whoever waits (`until`) looks again. */
  nudge(): void;
  /** Gives up all that is led, in order; resolves when others have it, false when the time ended before. */
  releaseAll(timeoutMs: number): Promise<boolean>;
  /** Resolves when the condition holds after news from a worker; false when the time ended before. */
  until(isDone: () => boolean, timeoutMs: number): Promise<boolean>;
}

/** The other boxes of ours on the LANs of this one. */
export interface Peers {
  /** Takes the whole of what is told to them; idempotent. Null: says good-bye, and hears nobody. */
  apply(facts: PeerFacts | null): void;
  /** At a start: resolves once their records are known, or nobody is there, or they take too long; 5 s at most. */
  join(facts: PeerFacts): Promise<void>;
  /** Those that were heard since the start, by name. */
  peers(): readonly Peer[];
  /** What they hold, put together; the same lists as long as nothing changed. */
  records(): Pick<PeerRecords, 'records' | 'exclusions'>;
  findings(): PeerFindings;
}

/** Moves of a group that were asked for. Orders and asks that come in twice are told once. */
export interface Handovers {
  /** As its leader: `to` is to take the group now. `provisionalMs`: see HandoverOrder. */
  order(what: Handover, to: string, provisionalMs: number): void;
  /** Asks the leader; gives the number under which it answers. */
  ask(what: Handover, to: string | null): number;
  answer(ask: HandoverAsk, answer: Pick<HandoverAnswer, 'isDone' | 'text'>): void;
  watch(listener: {
    readonly onOrder: (order: HandoverOrder) => void;
    readonly onAsk: (ask: HandoverAsk) => void;
    readonly onAnswer: (answer: HandoverAnswer) => void;
  }): void;
}
