// One reader of the stream: its queue, and the bytes that it takes when it likes.

export interface ReaderLimits {
  /** Waiting text beyond this is thrown away, and the whole state is told anew: nobody waits for a slow reader. */
  readonly queueChars: number;
  /** A reader that takes nothing for this long while something waits is dropped. */
  readonly stuckMs: number;
}

export interface ReaderParts {
  readonly limits: ReaderLimits;
  /** Monotonic, milliseconds. */
  readonly nowMs: () => number;
  /** The whole state in pieces, up to and with its SYNCED line. `lost`: lines thrown away; null: the first time. */
  readonly state: (lost: number | null) => Promise<Iterator<string>>;
  readonly onEnd: () => void;
}

export class StreamReader {
  readonly #parts: ReaderParts;
  readonly #encoder = new TextEncoder();
  /** BOUNDED: `queueChars`. */
  #queue: string[] = [];
  #queuedChars = 0;
  #queuedLines = 0;
  #lostLines: number | null = null;
  #needsState = true;
  #state: Iterator<string> | null = null;
  #wake: (() => void) | null = null;
  #takenMs: number;
  #isOver = false;
  #isCancelled = false;
  readonly stream: ReadableStream<Uint8Array>;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#takenMs = parts.nowMs();
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => {
          this.#isCancelled = true;
          this.end();
        },
      },
      // Nothing is made before it is asked for.
      { highWaterMark: 0 },
    );
  }

  /** From the moment on at which the state was taken, changes are queued. */
  stateTaken(): void {
    this.#needsState = false;
  }

  /** Text of one or more lines. */
  push(text: string, lines: number): void {
    if (this.#needsState && this.#lostLines !== null) this.#lostLines += lines;
    // What a state that is still to be made will contain need not be told.
    if (this.#isOver || this.#needsState) return;
    if (this.#queuedChars + text.length > this.#parts.limits.queueChars) {
      this.#lostLines = this.#queuedLines + lines;
      this.#empty();
      this.#needsState = true;
      this.#state = null;
    } else {
      this.#queue.push(text);
      this.#queuedChars += text.length;
      this.#queuedLines += lines;
    }
    this.#wake?.();
  }

  /** Something to say when nothing else is. */
  beat(text: string): void {
    if (this.#queue.length === 0 && this.#state === null) this.push(text, 1);
  }

  /** True: it takes nothing although something waits. */
  isStuck(): boolean {
    return this.#wake === null && this.#parts.nowMs() - this.#takenMs > this.#parts.limits.stuckMs;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#empty();
    this.#state = null;
    this.#wake?.();
    this.#parts.onEnd();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#takenMs = this.#parts.nowMs();
    while (!this.#isOver) {
      const text = await this.#nextOrEnd();
      if (text === null) continue;
      this.#takenMs = this.#parts.nowMs();
      if (!this.#isOver) controller.enqueue(this.#encoder.encode(text));
      return;
    }
    if (!this.#isCancelled) controller.close();
  }

  /** A state that cannot be made ends the stream, and its place is free for another reader. */
  async #nextOrEnd(): Promise<string | null> {
    try {
      return await this.#next();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Null: there was nothing, look again. */
  async #next(): Promise<string | null> {
    if (this.#needsState) {
      const lost = this.#lostLines;
      this.#lostLines = null;
      this.#state = await this.#parts.state(lost);
      return null;
    }
    if (this.#state) {
      const { done, value } = this.#state.next();
      if (!done) return value;
      this.#state = null;
    }
    if (this.#queue.length > 0) {
      const text = this.#queue.join('');
      this.#empty();
      return text;
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
    return null;
  }

  #empty(): void {
    this.#queue = [];
    this.#queuedChars = 0;
    this.#queuedLines = 0;
  }
}
