// What boxes that share a LAN tell each other about addresses: who holds which, and which nobody is to be given.
import type { IpAddress } from './address.ts';

/** An allocation as another box tells it. */
export interface PeerRecord {
  /** `namespace/name`. */
  readonly service: string;
  readonly address: IpAddress;
  /** When it was given; wall clock of the box that gave it, milliseconds since 1970. */
  readonly sinceMs: number;
  /** Name of the box that gave it. */
  readonly node: string;
  readonly pool: string;
  readonly origin: 'auto' | 'requested' | 'shared' | 'restored';
  /** What decides about sharing, in short (`shareMark`); empty: it shares with nobody. */
  readonly mark: string;
  /** Name of the box that holds it and tells. */
  readonly by: string;
}

/** An address that nobody is to be given: a box has it itself, or found that another host has. */
export interface Exclusion {
  readonly address: IpAddress;
  readonly kind: 'own' | 'conflict';
  /** Where it was seen, on the box that tells. */
  readonly interface: string;
  /** Of the other host; empty for `own`. */
  readonly mac: string;
  /** Wall clock of the box that tells, milliseconds since 1970; 0 for `own`. */
  readonly sinceMs: number;
}

export interface PeerExclusion extends Exclusion {
  /** The box that tells. */
  readonly by: string;
}

/** The sets of all boxes that are heard, put together. Parts that did not change are the same objects. */
export interface PeerRecords {
  /** Each service and address once, the earliest of all (`mergeRecords`), in no order. */
  readonly records: readonly PeerRecord[];
  readonly exclusions: readonly PeerExclusion[];
  /** Canonical addresses that this box answered for when these were put together. */
  readonly answered: ReadonlySet<string>;
}
