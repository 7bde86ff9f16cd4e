// What the main thread and a capture worker tell each other about the virtual routers of one interface.

/**
 * A planned move. `release`: to whoever is next, and no candidate as long as this order stands. `give`: to the box that was
 * told to take it; `take`: from the box that was told to give it; both are carried out once per `serial` (rising).
 */
export interface GroupOrder {
  readonly serial: number;
  readonly act: 'release' | 'give' | 'take';
  /** Address of the box that gives; null: whoever is heard. */
  readonly from: string | null;
  /** Of `take`: how long the first choice may still have the group, milliseconds; 0: not at all. */
  readonly provisionalMs: number;
}

/** A group that this node takes part in on an interface. */
export interface GroupWish {
  readonly group: number;
  /** 1…255 (RFC 9568 §5.2.4). */
  readonly priority: number;
  /** Its id was chosen to pair with a virtual router of another make. */
  readonly isPinned: boolean;
  readonly order: GroupOrder | null;
}

/** Everything that the worker of one interface has to know about elections; replaced as a whole. */
export interface ElectionSettings {
  readonly groups: readonly GroupWish[];
  readonly advertisementIntervalMs: number;
  readonly maxLearnedIntervalMs: number;
  readonly preempt: boolean;
  readonly preemptDelayMs: number;
  readonly checksum: 'auto' | 'pseudo' | 'rfc9568';
  /** Canonical addresses to advertise; empty: the fixed anchor of the group. */
  readonly addresses: readonly string[];
  /** Unicast peers; empty: multicast. */
  readonly peers: readonly string[];
  /** Addresses of the interface to send from; null: none, and no group of the family is taken part in. */
  readonly sourceIPv4: string | null;
  readonly sourceIPv6: string | null;
  /** Addresses of known boxes: whoever else uses an id of ours at the start is a foreign virtual router. */
  readonly boxes: readonly string[];
}

/** State of one group on one interface, as its worker sees it. Times: monotonic milliseconds. */
export interface GroupReport {
  readonly group: number;
  readonly phase: 'initialize' | 'backup' | 'active' | 'leaving';
  /** Counts changes of leadership that this node has seen; not comparable between boxes. */
  readonly term: number;
  readonly sinceMs: number;
  readonly priority: number;
  /** Who is heard leading, another box; null: nobody. */
  readonly leader: { readonly address: string; readonly priority: number } | null;
  /** Taken at the start because nobody led, or from whoever did so: goes to its first choice until then; 0: not so. */
  readonly provisionalUntilMs: number;
  /** Why this group is not taken part in although it is wanted; empty: it is. */
  readonly refused: string;
}

/** Whether a node in this phase answers: one that leaves does, until another box does. */
export function isLeading(phase: GroupReport['phase']): boolean {
  return phase === 'active' || phase === 'leaving';
}

/** Leadership of one group came to this node, or left it. */
export interface GroupMove {
  readonly group: number;
  readonly term: number;
  readonly isHere: boolean;
  /** Short word: what the state machine saw. */
  readonly cause: string;
  /** The other side: who led before, or who leads now; null: nobody known. */
  readonly other: string | null;
  /** Monotonic milliseconds of the decision. */
  readonly atMs: number;
  /** From the last sign of life of the one before to the decision; null: there was none. */
  readonly detectMs: number | null;
}

/** What happened first for an address after its group came here. */
export interface FirstSigns {
  readonly group: number;
  readonly term: number;
  readonly signs: readonly {
    /** 16 bytes in hex, IPv4 mapped. */
    readonly key: string;
    readonly sign: 'announced' | 'answered';
    /** Since the decision, milliseconds. */
    readonly afterMs: number;
  }[];
}

/** Something about a group that is worth telling and decides nothing. */
export interface GroupNote {
  readonly group: number;
  /** Short word: what differs, or what failed. */
  readonly what: string;
  /** The other router; null: none. */
  readonly sender: string | null;
}
