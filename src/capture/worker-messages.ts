// What supervisor and capture worker tell each other: a start order, then only news from the worker.
import type { NodeConfig } from '#model/node-config.ts';
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
  readonly announce: NodeConfig['announce'];
}

export type WorkerNews =
  | { readonly kind: 'open' }
  /** The link could not be opened; the worker ends. */
  | { readonly kind: 'failed'; readonly capture: Exclude<CaptureState['capture'], 'open'>; readonly detail: string }
  /** The link died under the worker; the worker ends. */
  | { readonly kind: 'lost'; readonly detail: string }
  /** The worker was asked to stop and has closed its link. */
  | { readonly kind: 'stopped' };
