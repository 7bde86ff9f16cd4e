// What a reload came to.
import type { ConfigProblem } from './problem.ts';

export interface ReloadOutcome {
  readonly ok: boolean;
  readonly generation: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly moved: number;
  readonly problems: readonly ConfigProblem[];
  /** One line for people: what was applied, or why nothing was. */
  readonly message: string;
}
