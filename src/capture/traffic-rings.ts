// The traffic rings of all interfaces, and pages of what is in them.
import type { FrameCount, TrafficFrame, TrafficPage, TrafficQuery } from '#model/traffic-frame.ts';
import { createTrafficRing, TrafficReader, trafficKept } from '#table/traffic-ring.ts';
import { cursorText, TrafficCursor } from './traffic-cursor.ts';
import { trafficFrame } from './traffic-frames.ts';

/** BOUNDED: rings kept, half a megabyte each; those of interfaces that are gone make room for others. */
const mostRings = 64;

type Page = Omit<TrafficPage, 'kernelDrops'>;

interface Ring {
  readonly buffer: SharedArrayBuffer;
  readonly reader: TrafficReader;
  /** Whether a worker writes to it. */
  isLent: boolean;
}

/** What was found on one interface. */
interface Part {
  readonly name: string;
  readonly frames: readonly TrafficFrame[];
  /** How many frames had been lost when each of `frames` was found. */
  readonly lostBefore: readonly number[];
  readonly lost: number;
  readonly skipped: number;
  readonly end: number;
}

export class TrafficRings {
  /** Oldest first. */
  readonly #rings = new Map<string, Ring>();
  readonly #epoch: string;

  /** `epoch`: tells the sequence numbers of this process from those of another one. */
  constructor(epoch: number) {
    this.#epoch = epoch.toString(36);
  }

  /** A ring for a new worker on this interface: the one that there is, unless another worker is not through with it. */
  lend(name: string): SharedArrayBuffer {
    const present = this.#rings.get(name);
    if (present && !present.isLent) {
      present.isLent = true;
      return present.buffer;
    }
    this.#makeRoom();
    // Numbers go on where the old ring is left, so that what nobody has read of it counts as lost.
    const buffer = createTrafficRing(present?.reader.last() ?? 0);
    this.#rings.set(name, { buffer, reader: new TrafficReader(buffer), isLent: true });
    return buffer;
  }

  /** The worker that had this ring has ended. */
  takeBack(buffer: SharedArrayBuffer): void {
    for (const ring of this.#rings.values()) if (ring.buffer === buffer) ring.isLent = false;
  }

  read(query: TrafficQuery): Page {
    return query.after === null
      ? this.#newest(query)
      : this.#behind(new TrafficCursor(this.#epoch, query.after), query);
  }

  #newest(query: TrafficQuery): Page {
    const ends = new Map<string, number>();
    const parts: TrafficFrame[][] = [];
    for (const [name, { reader }] of this.#rings) {
      const end = reader.last();
      ends.set(name, end);
      parts.push(readBack(reader, name, end, query));
    }
    return { frames: merge(parts).slice(-query.limit), next: cursorText(this.#epoch, ends), lost: [], skipped: [] };
  }

  #behind(cursor: TrafficCursor, query: TrafficQuery): Page {
    const share = Math.ceil(query.limit / Math.max(1, this.#rings.size));
    const most = query.newest ? share : Number.POSITIVE_INFINITY;
    const parts = [...this.#rings].map(([name, { reader }]) => readOn(reader, name, cursor.of(name), most, query));
    const frames = merge(parts.map((part) => part.frames)).slice(0, query.limit);
    const taken = new Set(frames);
    const ends = new Map<string, number>();
    const lost: FrameCount[] = [];
    for (const part of parts) {
      // What did not fit comes with the next page, and what was lost before it is told there.
      const left = part.frames.findIndex((frame) => !taken.has(frame));
      ends.set(part.name, left < 0 ? part.end : (part.frames[left]?.sequence ?? 1) - 1);
      const count = left < 0 ? part.lost : (part.lostBefore[left] ?? 0);
      if (count > 0) lost.push({ interface: part.name, frames: count });
    }
    const skipped = parts.flatMap(({ name, skipped: count }) =>
      count > 0 ? [{ interface: name, frames: count }] : [],
    );
    return { frames, next: cursorText(this.#epoch, ends), lost, skipped };
  }

  #makeRoom(): void {
    for (const [name, { isLent }] of this.#rings) {
      if (this.#rings.size < mostRings) return;
      if (!isLent) this.#rings.delete(name);
    }
  }
}

/** The newest frames up to `end`, oldest first. */
function readBack(reader: TrafficReader, name: string, end: number, { limit, test }: TrafficQuery): TrafficFrame[] {
  const frames: TrafficFrame[] = [];
  const first = Math.max(1, end - trafficKept + 1);
  for (let sequence = end; sequence >= first && frames.length < limit; sequence--) {
    const record = reader.read(sequence);
    const frame = record && trafficFrame(record, sequence, name);
    if (frame && test(frame)) frames.push(frame);
  }
  return frames.reverse();
}

/** The frames behind `after`, oldest first; what comes before the newest `most` is passed over unread. */
function readOn(
  reader: TrafficReader,
  name: string,
  after: number,
  most: number,
  { limit, test }: Pick<TrafficQuery, 'limit' | 'test'>,
): Part {
  const last = reader.last();
  const begin = Math.min(after, last);
  const frames: TrafficFrame[] = [];
  const lostBefore: number[] = [];
  let lost = Math.max(0, last - trafficKept - begin);
  const skipped = Math.max(0, last - most - begin - lost);
  let sequence = begin + lost + skipped;
  while (sequence < last && frames.length < limit) {
    sequence++;
    const record = reader.read(sequence);
    if (!record) {
      lost++;
      continue;
    }
    const frame = trafficFrame(record, sequence, name);
    if (!test(frame)) continue;
    frames.push(frame);
    lostBefore.push(lost);
  }
  return { name, frames, lostBefore, lost, skipped, end: sequence };
}

/** By time; frames of one interface stay in the order of their numbers, which is that of the worker. */
function merge(parts: readonly (readonly TrafficFrame[])[]): TrafficFrame[] {
  const waiting = parts.filter((part) => part.length > 0).map((part) => ({ part, at: 0 }));
  const merged: TrafficFrame[] = [];
  for (let first = waiting[0]; first; first = waiting[0]) {
    for (const other of waiting) if (headTime(other) < headTime(first)) first = other;
    const frame = first.part[first.at++];
    if (frame) merged.push(frame);
    if (first.at >= first.part.length) waiting.splice(waiting.indexOf(first), 1);
  }
  return merged;
}

/** Times have one length: they compare as texts. */
function headTime({ part, at }: { readonly part: readonly TrafficFrame[]; readonly at: number }): string {
  return part[at]?.time ?? '';
}
