// The end of what was heard and sent, as far as it is kept here.
import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';

/** A frame, or how many are missing at this place. */
export type TrafficRow =
  | { readonly kind: 'frame'; readonly item: TrafficItem }
  | {
      readonly kind: 'lost';
      readonly key: string;
      readonly interface: string;
      readonly frames: number;
      readonly why: string;
      /** Nothing went wrong: there were more than anybody could have read. */
      readonly isSkipped: boolean;
    };

export interface TrafficTail {
  /** Newest first. BOUNDED: `keptFrames`. */
  readonly rows: readonly TrafficRow[];
  /** Frames that came here, also those that are not kept any more. */
  readonly total: number;
  /** Where the next question goes on; null before the first. */
  readonly next: string | null;
  /** Of the answers among the rows, in seconds, sorted. BOUNDED: `measuredAnswers`. */
  readonly latencies: readonly number[];
  readonly kernelDrops: TrafficAnswer['kernelDrops'];
}

export const noTraffic: TrafficTail = { rows: [], total: 0, next: null, latencies: [], kernelDrops: [] };

export const keptFrames = 3000;
const measuredAnswers = 500;

/** The tail with what an answer adds; the same object when it adds nothing. */
export function nextTail(tail: TrafficTail, answer: TrafficAnswer): TrafficTail {
  const { items, lost, skipped = [], next, kernelDrops } = answer;
  const gaps = [
    ...lost.map((count) => ({ ...count, why: 'lost (ring overrun)', isSkipped: false })),
    ...grown(tail.kernelDrops, kernelDrops).map((count) => ({ ...count, why: 'lost (kernel)', isSkipped: false })),
    ...skipped.map((count) => ({ ...count, why: 'not shown (burst)', isSkipped: true })),
  ].filter(({ frames }) => frames > 0);
  if (items.length === 0 && gaps.length === 0) return tail.next === next ? tail : { ...tail, next, kernelDrops };
  const markers = gaps.map(
    (gap): TrafficRow => ({ kind: 'lost', key: `lost ${next} ${gap.interface} ${gap.why}`, ...gap }),
  );
  const frames = items.toReversed().map((item): TrafficRow => ({ kind: 'frame', item }));
  const rows = [...frames, ...markers, ...tail.rows].slice(0, keptFrames);
  const passedOver = skipped.reduce((sum, { frames: count }) => sum + count, 0);
  return { rows, total: tail.total + items.length + passedOver, next, latencies: latenciesOf(rows), kernelDrops };
}

/** What came to these counts; before the first answer nobody knows. */
function grown(before: TrafficAnswer['kernelDrops'], now: TrafficAnswer['kernelDrops']): TrafficAnswer['kernelDrops'] {
  const known = new Map(before.map(({ interface: name, frames }) => [name, frames]));
  return now.flatMap(({ interface: name, frames }) => {
    const old = known.get(name);
    return old === undefined || frames <= old ? [] : [{ interface: name, frames: frames - old }];
  });
}

function latenciesOf(rows: readonly TrafficRow[]): readonly number[] {
  const found: number[] = [];
  for (const row of rows) {
    if (row.kind === 'frame' && row.item.latencySeconds !== null) found.push(row.item.latencySeconds);
    if (found.length >= measuredAnswers) break;
  }
  return found.sort((a, b) => a - b);
}

/** Of sorted values; null for none. @param share 0…1 */
export function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
