// Follows the daemon's stream of changes, and says why it ended.
import { type ClientFailure, transportFailure } from './client.ts';
import type { ErrorAnswer } from './protocol.ts';
import { heartbeatSeconds, type StreamKind, type StreamLine, streamPath } from './stream-protocol.ts';

export interface FollowOptions {
  readonly socket: string;
  readonly kinds: readonly StreamKind[];
  /** How many entries of the journal to begin with; null: as many as the daemon likes. */
  readonly last?: number | null;
  /** Bounds connecting; afterwards silence for three heartbeats ends the stream. */
  readonly timeoutMs: number;
  /** Ends the stream, without a failure. */
  readonly signal?: AbortSignal;
}

/** A daemon that is stopped or hangs says nothing; one that is merely busy for a while must not lose its readers. */
const silenceMs = 3 * heartbeatSeconds * 1000;
/** After a stop of our own (ctrl-z, a pager that reads no further) what the daemon said meanwhile is read first. */
const graceMs = 500;

/**
 * Line by line, until the daemon goes away.
 * @returns why it ended; null: the signal did
 */
export async function* followStream(options: FollowOptions): AsyncGenerator<StreamLine, ClientFailure | null> {
  const { socket, kinds, last = null, timeoutMs, signal } = options;
  const query = new URLSearchParams({ kinds: kinds.join(','), ...(last === null ? {} : { last: String(last) }) });
  const abort = new AbortController();
  const end = () => abort.abort();
  signal?.addEventListener('abort', end);
  const watchdog = new Watchdog(() => abort.abort(new DOMException('', 'TimeoutError')));
  let waitMs = timeoutMs;
  try {
    watchdog.feed(waitMs);
    const response = await fetch(`http://lanlord${streamPath}?${query}`, {
      unix: socket,
      signal: abort.signal,
      // Bun's own limit of five minutes is not for a stream.
      timeout: false,
    } as BunFetchRequestInit);
    if (response.status !== 200) return refusal((await response.json()) as ErrorAnswer);
    for await (const text of lines(response.body)) {
      waitMs = silenceMs;
      watchdog.feed(waitMs);
      yield JSON.parse(text) as StreamLine;
    }
    return signal?.aborted
      ? null
      : { code: 'unreachable', cause: 'ended', message: `The daemon on ${socket} closed the stream` };
  } catch (error) {
    if (signal?.aborted) return null;
    if (error instanceof SyntaxError) {
      return { code: 'unreachable', message: `What listens on ${socket} is no lanlord daemon` };
    }
    return transportFailure(error, socket, waitMs);
  } finally {
    watchdog.stop();
    signal?.removeEventListener('abort', end);
    abort.abort();
  }
}

function refusal({ code, message }: ErrorAnswer): ClientFailure {
  return { code: 'refused', reason: code, message };
}

async function* lines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (!body) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

class Watchdog {
  readonly #bark: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bark: () => void) {
    this.#bark = bark;
  }

  feed(delayMs: number): void {
    clearTimeout(this.#timer);
    // Timers run before what waits on sockets: the first one only looks whether anything does.
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(this.#bark, graceMs);
    }, delayMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
