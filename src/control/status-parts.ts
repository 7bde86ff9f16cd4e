// Parts of what a status says.

/**
 * What the configuration files hold beside what runs. `same`: that. `changed`: written since they were loaded, and taken by
 * `lanlord reload` alone, because `reload.watch` is off. `refused`: not usable, the last good ones run. Left out by older
 * daemons.
 */
export type DiskState = 'same' | 'changed' | 'refused';

/** Other boxes that were heard since the start, and those of them that are heard now. */
export interface PeerCounts {
  readonly known: number;
  readonly heard: number;
  readonly names: readonly string[];
  /** Those that are not heard any more, with `lost` or `stopped`. Left out by older daemons. */
  readonly absent?: readonly { readonly node: string; readonly state: string }[];
}
