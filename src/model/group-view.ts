// What is known at run time about the groups of this box: who leads each one.
import type { RouterDifference } from './router-difference.ts';

/** `refused`: another installation uses its id. `leaving`: given up, answered until another one is heard. */
export type GroupPhase = 'initialize' | 'backup' | 'active' | 'leaving' | 'refused';

/** One group on one interface, as this box sees it. */
export interface GroupView {
  readonly interface: string;
  /** `groupIndex`. */
  readonly group: number;
  readonly phase: GroupPhase;
  /** Who leads, as far as known: this box, or whose advertisements are heard. Null: nobody is. */
  readonly leader: {
    /** Name of the node; null: no hello tells it. */
    readonly name: string | null;
    /** Primary address that its advertisements come from. */
    readonly address: string | null;
  } | null;
  /** Changes of leadership that this box has seen; not comparable between boxes. */
  readonly term: number;
  /** Since when that one leads; wall clock, milliseconds since 1970. */
  readonly sinceMs: number;
  /** Priority that this box has in the group, 0…255. */
  readonly priority: number;
  /** What other routers do differently in it. Left out: nothing. */
  readonly differences?: readonly RouterDifference[];
}
