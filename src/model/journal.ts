// One entry of the journal: a transition, once, with what it was about.
import type { Severity } from './problem.ts';

export interface JournalEntry {
  /** Wall clock, milliseconds since 1970. */
  readonly timeMs: number;
  /** What happened: `leader.acquired`, `config.refused`, … */
  readonly kind: string;
  readonly severity: Severity;
  readonly object: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}
