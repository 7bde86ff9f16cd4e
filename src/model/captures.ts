// What capture on an interface has come to.

export interface CaptureState {
  readonly interface: string;
  readonly capture: 'open' | 'down' | 'denied' | 'gone';
  /** What the capture library said when it is not open. */
  readonly detail: string;
  readonly kernelDrops: number;
  /** Frames of any kind that the interface refused to send; left out: none. */
  readonly sendErrors?: number;
  /** Announcement frames sent. */
  readonly announced: number;
  /** VRRP advertisements heard, by what became of them; left out: none. */
  readonly advertisements?: Readonly<Record<string, number>>;
}

export interface CaptureReport extends CaptureState {
  readonly mac: string;
  readonly requests: number;
  readonly answers: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly rows: readonly {
    readonly ip: string;
    /** Answers given since this row was made. */
    readonly answers: number;
    /** Wall clock, milliseconds since 1970. */
    readonly sinceMs: number;
    readonly generation: number;
    readonly isClaiming?: boolean;
  }[];
  /** Addresses that should be among the rows and have no room there (`limits.addresses`). */
  readonly unfit?: ReadonlySet<string>;
}
