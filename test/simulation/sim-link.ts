// The network card of a simulated box: frames that wait, frames that leave, and for how long the loop means to sleep.
import type { Link } from '#ports.ts';

const slots = 16;
const slotBytes = 256;

export class SimLink implements Link {
  readonly slots = slots;
  readonly slotBytes = slotBytes;
  readonly out = new Uint8Array(slots * slotBytes);
  readonly wireLength = 60;
  readonly seconds = 0;
  readonly microseconds = 0;
  frame: Uint8Array = new Uint8Array(0);
  /** What the kernel keeps until the loop looks. */
  readonly #waiting: Uint8Array[] = [];
  readonly #send: (frame: Uint8Array) => void;
  /** What the last turn ended with; null: it goes on at once. */
  sleepMs: number | null = null;

  constructor(send: (frame: Uint8Array) => void) {
    this.#send = send;
  }

  arrive(frame: Uint8Array): void {
    this.#waiting.push(frame);
  }

  next(): number {
    const frame = this.#waiting.shift();
    if (!frame) return 0;
    this.frame = frame;
    return frame.length;
  }

  flush(count: number, lengths: Uint16Array): number {
    for (let slot = 0; slot < count; slot++) {
      this.#send(this.out.slice(slot * slotBytes, slot * slotBytes + (lengths[slot] ?? 0)));
    }
    return count;
  }

  wait(timeoutMs: number): number {
    this.sleepMs = timeoutMs;
    return 0;
  }

  stats() {
    return { received: 0, dropped: 0, interfaceDropped: 0 };
  }

  close(): void {
    this.#waiting.length = 0;
  }
}
