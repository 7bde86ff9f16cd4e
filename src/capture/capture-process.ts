// One interface's capture: starts its worker, restarts it with backoff, stops it.

import type { ElectionNews } from '#ports/election.ts';
import type { CaptureState, CaptureTarget, Clock, Doorbells, Log } from '#ports.ts';
import { createGauges, readAdvertisements, readGauge, requestStop } from './gauges.ts';
import type { WorkerNews, WorkerOrder } from './worker-messages.ts';

/** What the supervisor needs of a thread; `new Worker(...)` is one. */
export interface CaptureThread {
  postMessage(order: WorkerOrder): void;
  onmessage: ((event: { data: WorkerNews }) => void) | null;
  onerror: ((event: { message?: string }) => void) | null;
}

export interface CaptureParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly doorbells: Doorbells;
  readonly spawn: () => CaptureThread;
  readonly onChange: () => void;
  /** Something about the groups of this interface changed. */
  readonly onElection?: (name: string, news: ElectionNews) => void;
}

/** First and longest pause before a dead worker is tried again; link events cut it short. */
const backoffMs = { first: 100, longest: 5000 };

export class CaptureProcess {
  readonly #parts: CaptureParts;
  readonly #announce: SharedArrayBuffer;
  readonly #gauges = createGauges();
  /** Where frames are written down. */
  readonly ring: SharedArrayBuffer;
  readonly target: CaptureTarget;
  #wakeFd = -1;
  #thread: CaptureThread | null = null;
  #capture: CaptureState['capture'] = 'down';
  #detail = 'interface is down';
  #backoffMs = backoffMs.first;
  #cancelRetry: (() => void) | null = null;
  #closing: (() => void) | null = null;
  #waiters: (() => void)[] = [];
  #known = false;

  /**
   * `announce`: settings as shared text, which may change. `ring`: the ring that frames are written down in, this process's
   * alone until it is closed.
   */
  constructor(target: CaptureTarget, announce: SharedArrayBuffer, parts: CaptureParts, ring: SharedArrayBuffer) {
    this.target = target;
    this.#announce = announce;
    this.#parts = parts;
    this.ring = ring;
    this.start();
  }

  /** Starts the worker unless it runs; the way back after `interface is down`. */
  start(): void {
    if (this.#thread || this.#closing) return;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    try {
      this.#wakeFd = this.#parts.doorbells.open();
    } catch (error) {
      // No descriptors left: what other interfaces do must not end with this one.
      this.#failed('gone', error instanceof Error ? error.message : String(error));
      return;
    }
    const thread = this.#parts.spawn();
    this.#thread = thread;
    thread.onmessage = (event) => this.#hear(event.data);
    thread.onerror = (event) => this.#ended('gone', `capture worker failed: ${event.message ?? 'unknown error'}`);
    thread.postMessage({
      interface: this.target.interface,
      mac: this.target.mac,
      table: this.target.table,
      gauges: this.#gauges,
      traffic: this.ring,
      wakeFd: this.#wakeFd,
      announce: this.#announce,
      index: this.target.index,
      election: this.target.election,
    });
  }

  wake(): void {
    if (this.#wakeFd >= 0) this.#parts.doorbells.ring(this.#wakeFd);
  }

  state(): CaptureState {
    return {
      interface: this.target.interface,
      capture: this.#capture,
      detail: this.#detail,
      kernelDrops: readGauge(this.#gauges, 'kernelDrops'),
      sendErrors: readGauge(this.#gauges, 'sendErrors'),
      announced: readGauge(this.#gauges, 'announced'),
      advertisements: readAdvertisements(this.#gauges),
    };
  }

  /** Resolves when the first attempt to open has ended, well or badly. */
  settled(): Promise<void> {
    if (this.#known) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Resolves when the worker has closed its link. Its table may go to another worker. */
  close(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    // Nobody has to wait for what will not be opened any more.
    this.#settle();
    if (!this.#thread) return Promise.resolve();
    this.#leadsNothing();
    requestStop(this.#gauges);
    return new Promise((resolve) => {
      this.#closing = resolve;
      this.wake();
    });
  }

  #hear(news: WorkerNews): void {
    const name = this.target.interface;
    switch (news.kind) {
      case 'open':
        this.#backoffMs = backoffMs.first;
        this.#become('open', '');
        for (const fault of news.faults) this.#warn(`Advertisements of others may not be heard on "${name}": ${fault}`);
        return;
      case 'election':
        // Words of a worker that is on its way out are about a table that is no longer in force.
        if (!this.#closing) this.#parts.onElection?.(name, news.news);
        return;
      case 'failed':
        this.#ended(news.capture, news.detail);
        return;
      case 'lost':
        this.#ended('gone', news.detail);
        return;
      case 'stopped':
        this.#ended('gone', 'stopped');
    }
  }

  #ended(capture: CaptureState['capture'], detail: string): void {
    if (!this.#thread) return;
    this.#thread = null;
    this.#parts.doorbells.close(this.#wakeFd);
    this.#wakeFd = -1;
    if (this.#closing) {
      this.#closing();
      return;
    }
    this.#leadsNothing();
    this.#failed(capture, detail);
  }

  /** Nobody leads, or hears who does, where nobody listens. */
  #leadsNothing(): void {
    this.#parts.onElection?.(this.target.interface, { kind: 'groups', groups: [] });
  }

  /** Tells, and tries again later. */
  #failed(capture: CaptureState['capture'], detail: string): void {
    this.#become(capture, detail);
    this.#cancelRetry = this.#parts.clock.setTimeout(() => this.start(), this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, backoffMs.longest);
  }

  #warn(text: string): void {
    this.#parts.log.write('warn', text, { interface: this.target.interface });
  }

  #settle(): void {
    this.#known = true;
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #become(capture: CaptureState['capture'], detail: string): void {
    const changed = capture !== this.#capture || detail !== this.#detail;
    this.#capture = capture;
    this.#detail = detail;
    this.#settle();
    if (!changed) return;
    const name = this.target.interface;
    if (capture === 'open') this.#parts.log.write('info', `capture open on ${name}`, { interface: name });
    else this.#parts.log.write('warn', `Cannot capture on "${name}": ${detail}`, { interface: name, capture });
    this.#parts.onChange();
  }
}
