// What every command gets from the command line; the commands themselves are loaded only when they are called.
import type { RunOptions } from './run-options.ts';

export type OutputFormat = 'table' | 'wide' | 'json' | 'jsonl' | 'yaml';

/** How to reach the daemon. */
export interface Connection {
  readonly socket: string;
  readonly timeoutMs: number;
}

export interface StatusOptions extends Connection {
  readonly output: OutputFormat;
  readonly brief: boolean;
  readonly watch: boolean;
}

export interface ListOptions extends Connection {
  readonly output: OutputFormat;
  /** Only this one; null: all. */
  readonly name: string | null;
  /** Only what is at most this old, milliseconds; null: all that is kept. */
  readonly sinceMs: number | null;
  /** An expression of the filter grammar; empty: everything. */
  readonly filter: string;
  /** Goes on with what changes. */
  readonly watch: boolean;
  /** Reads the items from here instead of the daemon; `-` is stdin. */
  readonly inputFile: string | null;
}

export interface GetOptions extends ListOptions {
  readonly kind: string;
}

export interface TrafficOptions extends Connection {
  /** In the grammar of filters; empty: everything. */
  readonly filter: string;
  readonly watch: boolean;
  /** How many of the newest frames to begin with; null: as many as is usual, of a file all. */
  readonly limit: number | null;
  /** Reads the frames from here instead of the daemon; `-` is stdin. */
  readonly inputFile: string | null;
  readonly output: OutputFormat;
}

export interface ExplainOptions extends Connection {
  readonly object: string;
  readonly output: 'table' | 'json';
}

export interface WhoHasOptions extends Connection {
  readonly address: string;
  readonly probe: boolean;
  readonly output: OutputFormat;
}

export interface ClientsOptions extends Connection {
  readonly address: string;
  /** Only those that hold another MAC than the leader's. */
  readonly stale: boolean;
  readonly output: OutputFormat;
}

export interface CaptureOptions extends Connection {
  /** Path, or `-` for standard output. */
  readonly write: string;
  /** In the grammar of filters, or as in pcap-filter(7) with `vip:ADDRESS` and `mac:MAC`; empty: everything the product looks at. */
  readonly filter: string;
  /** Null: until a signal. */
  readonly durationMs: number | null;
}

export interface CheckOptions {
  readonly paths: readonly string[];
  readonly output: 'table' | 'json';
}

export interface PlanOptions extends Connection {
  /** Empty: the paths that the daemon runs with. */
  readonly paths: readonly string[];
  readonly output: 'table' | 'json';
}

export interface ReloadOptions extends Connection {
  readonly output: 'table' | 'json';
}

export interface ActOptions extends Connection {
  readonly output: 'table' | 'json';
  /** `node/NAME` or NAME; null: this one. */
  readonly node: string | null;
}

export interface MoveOptions extends Connection {
  readonly output: 'table' | 'json';
  readonly address: string;
  /** Null: whoever is next. */
  readonly to: string | null;
}

export interface SchemaOptions {
  /** A kind, or a field of it; null: everything. */
  readonly path: string | null;
  readonly output: 'table' | 'json';
}

export interface ConfigShowOptions extends Connection {
  readonly output: OutputFormat;
}

export interface DoctorOptions extends Connection {
  readonly output: 'table' | 'json';
}

export interface UiOptions extends Connection {
  /** `--rw`: the menu of actions. */
  readonly writable: boolean;
  /** Only ASCII, whatever the locale says. */
  readonly ascii: boolean;
  /** Null: as the environment says. */
  readonly theme: string | null;
}

/** The commands; each answers with the exit code. A command that is not given does not exist in this build. */
export interface Actions {
  readonly run?: (options: RunOptions) => Promise<number>;
  readonly demo?: () => Promise<number>;
  readonly ui?: (options: UiOptions) => Promise<number>;
  readonly status: (options: StatusOptions) => Promise<number>;
  readonly get: (options: GetOptions) => Promise<number>;
  readonly events: (options: ListOptions) => Promise<number>;
  readonly history: (options: ListOptions) => Promise<number>;
  readonly traffic: (options: TrafficOptions) => Promise<number>;
  readonly explain: (options: ExplainOptions) => Promise<number>;
  readonly whoHas: (options: WhoHasOptions) => Promise<number>;
  readonly clients: (options: ClientsOptions) => Promise<number>;
  readonly check: (options: CheckOptions) => Promise<number>;
  readonly plan: (options: PlanOptions) => Promise<number>;
  readonly reload: (options: ReloadOptions) => Promise<number>;
  readonly schema: (options: SchemaOptions) => Promise<number>;
  readonly configShow: (options: ConfigShowOptions) => Promise<number>;
  readonly configHistory: (options: ListOptions) => Promise<number>;
  readonly announce: (options: MoveOptions) => Promise<number>;
  readonly failover: (options: MoveOptions) => Promise<number>;
  readonly drain: (options: ActOptions) => Promise<number>;
  readonly undrain: (options: ActOptions) => Promise<number>;
  readonly capture?: (options: CaptureOptions) => Promise<number>;
  readonly doctor: (options: DoctorOptions) => Promise<number>;
  readonly version: (output: 'table' | 'json') => Promise<number>;
}
