// Keeps one capture worker per wanted interface running, whatever happens to the interface.

import type { NodeConfig } from '#model/node-config.ts';
import type { TrafficPage, TrafficQuery } from '#model/traffic-frame.ts';
import type { CaptureState, CaptureTarget, CaptureWorkers } from '#ports.ts';
import { createSharedText, writeSharedText } from '#table/shared-text.ts';
import { type CaptureParts, CaptureProcess } from './capture-process.ts';
import { TrafficRings } from './traffic-rings.ts';

/** BOUNDED: 16 offsets of a burst and two more numbers, each of 25 digits at most. */
const announceBytes = 1024;

export class CaptureSupervisor implements CaptureWorkers {
  readonly #parts: CaptureParts;
  /** BOUNDED: wanted interfaces. */
  readonly #running = new Map<string, CaptureProcess>();
  /** Workers on their way out, still holding a link. BOUNDED: they end within one wake-up. */
  readonly #leaving = new Set<Promise<void>>();
  /** What was heard and sent, also on interfaces that are gone for now. */
  readonly #traffic: TrafficRings;
  /** How every worker announces: all read the same text. */
  readonly #announce = createSharedText(announceBytes);

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.#traffic = new TrafficRings(parts.clock.wallMs());
  }

  apply(wanted: readonly CaptureTarget[], announce: NodeConfig['announce']): void {
    // Taken over while they run: a worker that is replaced says good-bye for all that it leads.
    if (!writeSharedText(this.#announce, JSON.stringify(announce))) throw new RangeError('Settings are too long');
    const names = new Set(wanted.map((target) => target.interface));
    for (const name of [...this.#running.keys()]) if (!names.has(name)) this.#retire(name);
    for (const target of wanted) {
      const present = this.#running.get(target.interface);
      if (present && sameLink(present.target, target)) {
        // A link event arrived: no reason to sit out a backoff.
        present.start();
        continue;
      }
      if (present) this.#retire(target.interface);
      const ring = this.#traffic.lend(target.interface);
      this.#running.set(target.interface, new CaptureProcess(target, this.#announce, this.#parts, ring));
    }
  }

  wake(name: string): void {
    this.#running.get(name)?.wake();
  }

  states(): readonly CaptureState[] {
    return [...this.#running.values()].map((process) => process.state());
  }

  /** What was lately heard and sent. */
  readTraffic(query: TrafficQuery): TrafficPage {
    const kernelDrops = this.states().map(({ interface: name, kernelDrops: frames }) => ({ interface: name, frames }));
    return { ...this.#traffic.read(query), kernelDrops };
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.settled()));
  }

  async close(): Promise<void> {
    for (const name of [...this.#running.keys()]) this.#retire(name);
    await Promise.all(this.#leaving);
  }

  #retire(name: string): void {
    const process = this.#running.get(name);
    if (!process) return;
    this.#running.delete(name);
    const left = process.close().then(() => this.#traffic.takeBack(process.ring));
    this.#leaving.add(left);
    void left.then(() => this.#leaving.delete(left));
  }
}

/** A new table means that the announcer has withdrawn the old one, with its stop flag set. */
function sameLink(a: CaptureTarget, b: CaptureTarget): boolean {
  return a.index === b.index && a.mac === b.mac && a.table === b.table && a.election === b.election;
}
