// Fills in what a burst left out, from what the daemon still has of it.
import type { TrafficItem } from '#control/traffic-protocol.ts';
import { keptFrames, type TrafficRow, type TrafficTail } from './traffic-tail.ts';

/**
 * The tail with the frames that were passed over while they came too fast to be read. Nothing newer than its first frame is
 * added, so that nothing moves under a cursor; what nobody has any more stays counted.
 *
 * @param items of the daemon's ring, oldest first
 */
export function withBacklog(tail: TrafficTail, items: readonly TrafficItem[]): TrafficTail {
  const newest = tail.rows.find((row) => row.kind === 'frame')?.item.time;
  if (newest === undefined) return tail;
  const known = new Set(tail.rows.map(keyOf));
  /** Newest first. */
  const missing = items
    .filter((item) => item.time <= newest && !known.has(keyOf({ kind: 'frame', item })))
    .toReversed();
  const rows: TrafficRow[] = [];
  let gaps: Lost[] = [];
  let at = 0;
  const fillUntil = (time: string): void => {
    const found: Record<string, number> = {};
    for (let item = missing[at]; item !== undefined && item.time >= time; item = missing[++at]) {
      rows.push({ kind: 'frame', item });
      found[item.interface] = (found[item.interface] ?? 0) + 1;
    }
    for (const gap of gaps) {
      const frames = gap.isSkipped ? gap.frames - (found[gap.interface] ?? 0) : gap.frames;
      if (frames > 0) rows.push({ ...gap, frames });
    }
    gaps = [];
  };
  for (const row of tail.rows) {
    if (row.kind === 'lost') {
      gaps.push(row);
      continue;
    }
    fillUntil(row.item.time);
    rows.push(row);
  }
  fillUntil('');
  return { ...tail, rows: rows.slice(0, keptFrames) };
}

type Lost = Extract<TrafficRow, { kind: 'lost' }>;

function keyOf(row: TrafficRow): string {
  return row.kind === 'lost' ? row.key : `${row.item.interface} ${row.item.sequence}`;
}
