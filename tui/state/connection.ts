// How the interface stands with the daemon.

/** Why there is no connection, told apart because what to do differs. */
export type LossCause = 'absent' | 'refused' | 'denied' | 'timeout' | 'version' | 'ended' | 'other';

export interface Loss {
  readonly cause: LossCause;
  /** A sentence, without a full stop. */
  readonly message: string;
  /** The end of the daemon's log, where it is known. */
  readonly log: readonly string[];
}

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | {
      readonly state: 'lost';
      readonly loss: Loss;
      /** When it was lost, or first tried, milliseconds since 1970. */
      readonly sinceMs: number;
      /** When the daemon was heard last; null: never. */
      readonly heardMs: number | null;
      readonly retryAtMs: number;
    };
