// What the journal said since the start, as counts: entries leave the journal, counts do not.
import type { JournalEntry } from '#model/journal.ts';
import { generationItems, historyItems } from './view-journal.ts';

export const failoverStages = ['gap', 'detect', 'claim', 'answer'] as const;
export type FailoverStage = (typeof failoverStages)[number];

export interface Duration {
  readonly stage: FailoverStage;
  readonly seconds: number;
}

/** BOUNDED: durations that nobody asked for yet; a failover of 10,000 addresses tells 256 of them. */
const mostDurations = 4096;

export class JournalMetrics {
  /** Of leadership of an address on an interface. */
  readonly changes = { acquired: 0, lost: 0 };
  /** By cause, as elections name them. BOUNDED: `mostCauses`. */
  readonly failovers = new Map<string, number>();
  /** By kind. BOUNDED: kinds that the conflict book tells. */
  readonly conflicts = new Map<string, number>();
  readonly reloads = { applied: 0, refused: 0 };
  #durations: Duration[] = [];

  record(node: string, entries: readonly JournalEntry[]): void {
    for (const entry of entries) this.#count(entry);
    for (const { event } of generationItems(entries)) if (event !== 'started') this.reloads[event]++;
    for (const row of historyItems(node, entries)) {
      const { to, gapSeconds, detectSeconds, claimSeconds, answerSeconds } = row;
      if (to !== node) continue;
      this.#measured('gap', gapSeconds);
      this.#measured('detect', detectSeconds);
      this.#measured('claim', claimSeconds);
      this.#measured('answer', answerSeconds);
    }
  }

  /** Durations since this was asked last. */
  takeDurations(): readonly Duration[] {
    return this.#durations.splice(0);
  }

  #count({ kind, fields }: JournalEntry): void {
    // Many of one kind in one round are one entry.
    const many = typeof fields['count'] === 'number' && !('ip' in fields) ? fields['count'] : 1;
    if (kind.startsWith('conflict.')) add(this.conflicts, kind.slice('conflict.'.length), many);
    if (kind === 'leader.lost') this.changes.lost += many;
    if (kind !== 'leader.acquired') return;
    this.changes.acquired += many;
    // A box that is alone takes over from nobody.
    if (typeof fields['cause'] === 'string') add(this.failovers, fields['cause'], many);
  }

  #measured(stage: FailoverStage, seconds: number | null): void {
    if (seconds !== null && this.#durations.length < mostDurations) this.#durations.push({ stage, seconds });
  }
}

/** Causes and kinds are words of the program; should they ever be more, the rest is one. */
const mostCauses = 64;

function add(counts: Map<string, number>, key: string, by: number): void {
  const known = counts.has(key) || counts.size < mostCauses ? key : 'other';
  counts.set(known, (counts.get(known) ?? 0) + by);
}
