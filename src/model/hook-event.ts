// What a hook is told.

/** `conflict`: another host claims the address; `conflict-ended`: it does not any more. */
export type HookTransition = 'leader' | 'standby' | 'conflict' | 'conflict-ended';

export interface HookEvent {
  readonly event: HookTransition;
  readonly ip: string;
  readonly interface: string;
  /** `namespace/name`. */
  readonly services: readonly string[];
  /** Virtual router id; 0: nothing is elected. */
  readonly virtualRouterId: number;
  /** 0…255; 255 where nothing is elected. */
  readonly priority: number;
  readonly node: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Short word: why. */
  readonly cause: string;
  /** The other side: who led before, who leads now, or who claims; null: nobody known. */
  readonly other: string | null;
}
