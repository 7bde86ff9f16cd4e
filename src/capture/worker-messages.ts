// What supervisor and capture worker tell each other: a start order, then only news from the worker.
import type { ElectionNews } from '#ports/election.ts';
import type { CaptureState } from '#ports.ts';

export interface WorkerOrder {
  readonly interface: string;
  /** Colon text of the interface's MAC. */
  readonly mac: string;
  readonly table: SharedArrayBuffer;
  readonly gauges: SharedArrayBuffer;
  /** The ring that frames are written down in. */
  readonly traffic: SharedArrayBuffer;
  /** eventfd that wakes the worker. */
  readonly wakeFd: number;
  /** `announce` of NodeConfig as shared text: it may change while the worker runs. */
  readonly announce: SharedArrayBuffer;
  /** Index of the interface, to join groups on it. */
  readonly index: number;
  /** `ElectionSettings` as shared text; null: no leader is elected on the interface. */
  readonly election: SharedArrayBuffer | null;
}

export type WorkerNews =
  /** `faults`: what is missing all the same, for people. */
  | { readonly kind: 'open'; readonly faults: readonly string[] }
  | { readonly kind: 'election'; readonly news: ElectionNews }
  /** The link could not be opened; the worker ends. */
  | { readonly kind: 'failed'; readonly capture: Exclude<CaptureState['capture'], 'open'>; readonly detail: string }
  /** The link died under the worker; the worker ends. */
  | { readonly kind: 'lost'; readonly detail: string }
  /** The worker was asked to stop and has closed its link. */
  | { readonly kind: 'stopped' };
