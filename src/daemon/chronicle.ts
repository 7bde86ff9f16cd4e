// Writes what happened to the journal and to the log, each transition once.
import type { JournalEntry } from '#model/journal.ts';
import type { Log, LogLevel, StateStore } from '#ports.ts';
import type { DaemonStore } from './store.ts';

const levels: Record<JournalEntry['severity'], LogLevel> = { critical: 'error', warning: 'warn', info: 'info' };

export class Chronicle {
  readonly #state: StateStore;
  readonly #log: Log;
  readonly #store: DaemonStore;
  /** `journal.keep` of the configuration that runs. */
  keep = 10_000;
  #fault: string | null = null;

  constructor(state: StateStore, log: Log, store: DaemonStore) {
    this.#state = state;
    this.#log = log;
    this.#store = store;
  }

  record(entries: readonly JournalEntry[]): void {
    // Also with nothing to add: an append is the retry of what could not be written before.
    this.#state.append(entries, this.keep);
    for (const { kind, severity, object, message, fields } of entries) {
      this.#log.write(levels[severity], message, { kind, object, ...fields });
    }
    if (entries.length > 0) this.#store.recorded(entries);
  }

  /** Notes when the state store begins and ceases to fail. */
  noteFault(timeMs: number): void {
    const fault = this.#state.fault();
    if ((fault === null) === (this.#fault === null)) return;
    this.#fault = fault;
    const entry = fault
      ? { kind: 'state.fault', severity: 'critical' as const, message: `State is kept in memory only: ${fault}` }
      : { kind: 'state.recovered', severity: 'info' as const, message: 'State is written to disk again' };
    this.record([{ ...entry, timeMs, object: 'state', fields: {} }]);
  }
}
