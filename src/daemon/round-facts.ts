// What a round depends on: the same facts as before, and nothing has to be evaluated.
import type { Quarantined } from '#model/claims.ts';
import type { PeerRecords } from '#model/records.ts';
import type { Leadership } from '#model/snapshot.ts';
import type { ActiveConfig } from './configuration.ts';

/** What evaluation depends on, beside what it remembers. */
export interface Facts {
  readonly key: string;
  readonly active: ActiveConfig;
  readonly leadership: Leadership;
  readonly quarantine: readonly Quarantined[];
  /** What other boxes hold; undefined: there are none by decree. */
  readonly records: PeerRecords['records'] | undefined;
  readonly exclusions: PeerRecords['exclusions'] | undefined;
}

const factNames = ['key', 'active', 'leadership', 'quarantine', 'records', 'exclusions'] as const;

export function sameFacts(a: Facts, b: Facts): boolean {
  return factNames.every((name) => a[name] === b[name]);
}
