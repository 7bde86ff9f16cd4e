// Asks for new frames while the screen that shows them is seen. A view costs the capture nothing: it reads a ring.
import type { ControlClient } from '#control/client.ts';
import { mostTraffic, type TrafficAnswer } from '#control/traffic-protocol.ts';

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

export class TrafficFeed {
  readonly #options: TrafficFeedOptions;
  #isClosed = false;

  constructor(options: TrafficFeedOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    while (!this.#isClosed) {
      if (this.#options.isWanted()) await this.#ask();
      await Bun.sleep(this.#options.isFrozen() ? frozenPaceMs : paceMs);
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  async #ask(): Promise<void> {
    const { client, next, onAnswer, isWanted } = this.#options;
    const after = next();
    const answer = await client.traffic({ after, limit: after === null ? firstFrames : mostTraffic });
    // What went wrong is told by the stream of changes, which ends for the same reason.
    if (answer.ok && !this.#isClosed && isWanted()) onAnswer(answer.value);
  }
}
