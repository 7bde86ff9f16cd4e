// What another virtual router on a LAN does that keeps it and this box from agreeing who leads.

export const differenceKinds = [
  // Dropped, so that neither hears the other.
  'version',
  'ttl',
  'checksum',
  'not_peer',
  'destination',
  'interval_zero',
  'malformed',
  // Understood, and set up differently.
  'interval',
  'addresses',
  'checksum_form',
  'foreign',
  'other_id',
  'own_address',
  'owner',
  'priority',
  'stranger',
] as const;

export type DifferenceKind = (typeof differenceKinds)[number];

/** One difference of one router, on one interface. */
export interface RouterDifference {
  readonly what: DifferenceKind;
  /** What its advertisements come from; canonical text. */
  readonly sender: string;
  /** Groups (`groupIndex`) whose ids it uses, ascending. BOUNDED: those of the interface. */
  readonly groups: readonly number[];
  /** What it says, as far as that can be told in a word or a list of addresses. */
  readonly heard: string;
  /** What this box says in the same place; empty: nothing. */
  readonly own: string;
}
