// The daemon's one state value: read by every view, replaced as a whole, and subscribed to.
import type { DatedProblem } from '#core/problems.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { ConfigProblem } from '#model/problem.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Undelivered } from '#model/traffic.ts';
import type { ViewListener } from '#ports/control-backend.ts';
import type { ActiveConfig } from './configuration.ts';

export interface Leading {
  /** Wall clock, milliseconds since 1970. */
  readonly sinceMs: number;
  /** Counts how often this node became leader of this row since it started; from 1. */
  readonly term: number;
}

export interface DaemonState {
  readonly node: string;
  /** 0 before a configuration was applied. */
  readonly generation: number;
  readonly loadedMs: number;
  readonly configValid: boolean;
  readonly configProblems: readonly ConfigProblem[];
  /** The configuration that runs, whatever is on disk; null before one was applied. */
  readonly active: ActiveConfig | null;
  /** Files were written since they were loaded, and are not taken without being asked for: `reload.watch`. */
  readonly isDiskNewer: boolean;
  readonly snapshot: Snapshot | null;
  readonly problems: readonly DatedProblem[];
  /** Announced addresses whose traffic ends here; the same array as long as nothing changed. */
  readonly undelivered: readonly Undelivered[];
  /** Key `ip%interface`. BOUNDED: rows of the plan. */
  readonly leading: ReadonlyMap<string, Leading>;
}

export class DaemonStore {
  #state: DaemonState;
  /** BOUNDED: by those who attend, one for the control sockets. */
  readonly #listeners = new Set<ViewListener>();

  constructor(node: string) {
    this.#state = {
      node,
      generation: 0,
      loadedMs: 0,
      configValid: false,
      configProblems: [],
      active: null,
      isDiskNewer: false,
      snapshot: null,
      problems: [],
      undelivered: [],
      leading: new Map(),
    };
  }

  get(): DaemonState {
    return this.#state;
  }

  /** Replaces the given fields and tells every subscriber. */
  set(change: Partial<DaemonState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener.changed();
  }

  /** Tells every subscriber what was written to the journal. */
  recorded(entries: readonly JournalEntry[]): void {
    for (const listener of this.#listeners) listener.recorded(entries);
  }

  /** Calls back after every change; gives the function that ends it. */
  subscribe(listener: ViewListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
