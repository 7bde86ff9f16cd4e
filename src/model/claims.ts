// Claims on addresses: what was seen on the wire, and what follows from it.
import type { IpAddress } from './address.ts';

/** An address that is not used, because another host has it. */
export interface Quarantined {
  readonly address: IpAddress;
  /** Where the other host was heard. */
  readonly interface: string;
  /** Its MAC, colon text. */
  readonly mac: string;
  /** Wall clock, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Another host that claims an address. Times: monotonic milliseconds. */
export interface Claimant {
  readonly address: IpAddress;
  readonly mac: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Claims that came within DEFEND_INTERVAL after another one (RFC 5227 §2.4). */
  readonly repeats: number;
  /** Nothing but frames of our own came back: a loop, a bond, or somebody who forges them. */
  readonly isEcho: boolean;
}

/** What one interface has to say about claims. */
export interface ClaimSight {
  readonly interface: string;
  /** Addresses that are answered, as canonical text. */
  readonly live: readonly string[];
  /** What probing came to. `question`: it was only asked about, not to be used. */
  readonly concluded: readonly {
    readonly address: IpAddress;
    readonly isQuestion: boolean;
    readonly outcome: 'clear' | 'conflict';
  }[];
  readonly claimants: readonly Claimant[];
}

/** What the announcing side has to know about claims before it uses an address. */
export interface ClaimOrders {
  /** `ip%interface` of what was claimed before: answered at once, without probing. */
  readonly claimed: ReadonlySet<string>;
  /** Addresses to listen for (`watch`), or to ask about (`question`), and never to answer. */
  readonly watched: readonly {
    readonly address: IpAddress;
    readonly interface: string;
    readonly mode: 'watch' | 'question';
  }[];
}

/** Who answered a question on the wire. */
export interface WireAnswer {
  readonly interface: string;
  readonly mac: string;
  /** From the question to its first answer, seconds. */
  readonly rttSeconds: number;
  readonly count: number;
}

/** What people see of claims. */
export interface ClaimsView {
  /** Other hosts that claim addresses of ours. */
  readonly duplicates: readonly Duplicate[];
  /** Addresses that other hosts have, and that are not used. */
  readonly quarantine: readonly Quarantined[];
}

/** Another host that claims an address of ours, as long as it is heard. Times: wall clock. */
export interface Duplicate {
  readonly address: IpAddress;
  readonly interface: string;
  readonly mac: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}
