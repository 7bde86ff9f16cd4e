// Asks for new frames while the screen that shows them is seen. A view costs the capture nothing: it reads a ring.
import type { ControlClient } from '#control/client.ts';
import type { TrafficAnswer } from '#control/traffic-protocol.ts';
import type { TrafficWish } from '../state/traffic-request.ts';

export interface TrafficFeedOptions {
  readonly client: ControlClient;
  readonly isWanted: () => boolean;
  /** Nothing moves on the screen but the number of frames that arrived. */
  readonly isFrozen: () => boolean;
  readonly wish: () => TrafficWish;
  readonly onAnswer: (answer: TrafficAnswer) => void;
}

/** Four times a second is as fast as anybody reads. */
const paceMs = 250;
const frozenPaceMs = 1000;
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
    const { client, wish, onAnswer, isWanted } = this.#options;
    const answer = await client.traffic({ ...wish(), newest: true });
    // What went wrong is told by the stream of changes, which ends for the same reason.
    if (answer.ok && !this.#isClosed && isWanted()) onAnswer(answer.value);
  }
}
