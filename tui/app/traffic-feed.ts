// Asks for new frames while the screen that shows them is seen. A view costs the capture nothing: it reads a ring.
import type { ControlClient } from '#control/client.ts';
import type { TrafficAnswer } from '#control/traffic-protocol.ts';

export interface TrafficFeedOptions {
  readonly client: ControlClient;
  readonly isWanted: () => boolean;
  /** Nothing moves on the screen but the number of frames that arrived. */
  readonly isFrozen: () => boolean;
  /** Where to go on; null: with the newest frames. */
  readonly next: () => string | null;
  readonly onAnswer: (answer: TrafficAnswer) => void;
}

/** Four times a second is as fast as anybody reads. */
const paceMs = 250;
const frozenPaceMs = 1000;
/** What the screen begins with. */
const firstFrames = 1000;
/**
 * Everything of 1,200 questions a second and their answers. A frame costs the daemon's main thread 10 µs: more of them, which
 * nobody could read as they pass, would take from the work that is worth more.
 */
const mostFrames = 600;

export class TrafficFeed {
  readonly #options: TrafficFeedOptions;
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(options: TrafficFeedOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#options.isWanted()) {
        await this.#ask();
        await Bun.sleep(this.#options.isFrozen() ? frozenPaceMs : paceMs);
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Whether frames are wanted may have changed. */
  look(): void {
    if (this.#options.isWanted() || this.#isClosed) this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.look();
  }

  async #ask(): Promise<void> {
    const { client, next, onAnswer, isWanted } = this.#options;
    const after = next();
    const answer = await client.traffic({ after, limit: after === null ? firstFrames : mostFrames, newest: true });
    // What went wrong is told by the stream of changes, which ends for the same reason.
    if (answer.ok && !this.#isClosed && isWanted()) onAnswer(answer.value);
  }
}
