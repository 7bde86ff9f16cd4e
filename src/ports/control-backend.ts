// What the control sockets may ask of the daemon, and what the daemon asks of whoever decides about leadership.
import type { IpAddress } from '#model/address.ts';
import type { WireAnswer } from '#model/claims.ts';
import type { ActionOutcome, Caller, Cause, ControlAction, LeadershipAction } from '#model/control-action.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { ReloadOutcome } from '#model/reload-outcome.ts';
import type { TrafficPage, TrafficQuery } from '#model/traffic-frame.ts';
import type { DaemonView } from '../ports.ts';

/** Hears of what a view would show otherwise than before. */
export interface ViewListener {
  /** Something changed; not for counters. */
  changed(): void;
  /** Entries were added to the journal, oldest first. */
  recorded(entries: readonly JournalEntry[]): void;
}

/** What the control server may ask of the daemon. */
export interface ControlBackend {
  view(): DaemonView;
  /** Gives the function that ends it. */
  watch(listener: ViewListener): () => void;
  journal(limit: number): readonly JournalEntry[];
  reload(cause: Cause): Promise<ReloadOutcome>;
  act(action: ControlAction, by: Caller | null): Promise<ActionOutcome>;
  /** Asks the wire, for a second; null: it cannot be asked now. */
  ask?(address: IpAddress): Promise<readonly WireAnswer[] | null>;
  /** What was lately heard and sent; read from the workers' memory at each call. */
  traffic?(query: TrafficQuery): TrafficPage;
}

/** Planned moves of leadership, in whatever election mode. */
export interface LeadershipMoves {
  /** Resolves when it is decided; who is told to answer follows with the next round. */
  move(action: LeadershipAction): Promise<ActionOutcome>;
}
