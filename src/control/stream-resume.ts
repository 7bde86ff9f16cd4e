// Follows one daemon for as long as it lives: whoever was dropped, because it read nothing for long, is told the whole state anew.
import type { ClientFailure } from './client.ts';
import { type FollowOptions, followStream } from './stream-client.ts';
import type { StreamHello, StreamLine, StreamResync } from './stream-protocol.ts';

/** More than a journal keeps. */
const wholeJournal = 100_000;

/** Up to where a daemon was heard. */
interface Place {
  readonly startedAt: string;
  readonly revision: number;
}

interface StreamEnd {
  /** Null: it never told its whole state, or another daemon spoke. */
  readonly place: Place | null;
  readonly failure: ClientFailure | null;
}

/**
 * As `followStream`; in place of the HELLO of a second stream comes a RESYNC.
 * @returns why it ended. Another daemon on the same socket is not the one that was followed.
 */
export async function* resumeStream(options: FollowOptions): AsyncGenerator<StreamLine, ClientFailure | null> {
  let end = yield* oneStream(options, null);
  while (end.place && end.failure?.code === 'unreachable' && end.failure.cause === 'ended') {
    const again: StreamEnd = yield* oneStream({ ...options, last: wholeJournal }, end.place);
    if (!again.place) return again.failure?.code === 'refused' ? again.failure : end.failure;
    end = again;
  }
  return end.failure;
}

async function* oneStream(options: FollowOptions, before: Place | null): AsyncGenerator<StreamLine, StreamEnd> {
  const stream = followStream(options);
  let startedAt = '';
  let place: Place | null = null;
  for (;;) {
    const next = await stream.next();
    if (next.done) return { place, failure: next.value };
    const line = next.value;
    if (line.type === 'HELLO') {
      ({ startedAt } = line);
      if (before && before.startedAt !== startedAt) return { place: null, failure: null };
    }
    yield before && line.type === 'HELLO' ? resync(line, before) : line;
    if (place || line.type === 'SYNCED') place = { startedAt, revision: line.revision };
  }
}

function resync({ revision, time }: StreamHello, before: Place): StreamResync {
  return { type: 'RESYNC', revision, time, lost: Math.max(0, revision - before.revision) };
}
