// What `GET /v1/traffic` answers: frames that were lately heard and sent. Fields are only ever added.
import type { FrameCount, TrafficFrame } from '#model/traffic-frame.ts';
import type { apiVersion } from './protocol.ts';

/**
 * `?after=NEXT` goes on behind an earlier answer, or behind a sequence number of every interface; without it come the
 * newest frames. `&limit=N` frames, `&filter=EXPR` only those that fit. `&newest` passes over all but the newest of those
 * behind `after`, for whoever looks at them as they come.
 */
export const trafficPath = '/v1/traffic';

export const defaultTrafficLimit = 1000;
export const mostTraffic = 10_000;

/** Whether two `next` are of one daemon: what stands before the colon is of each start. */
export function isSameStart(next: string, other: string): boolean {
  return next.split(':', 1)[0] === other.split(':', 1)[0];
}

export type TrafficItem = TrafficFrame;

export interface TrafficAnswer {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'TrafficList';
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly node: string;
  /** Oldest first. */
  readonly items: readonly TrafficItem[];
  /** `after` of the next request. Whether more waits: as many items as were asked for. */
  readonly next: string;
  /** Frames behind `after` that were overwritten before they were read; whatever the filter, nobody knows what they were. */
  readonly lost: readonly FrameCount[];
  /** Frames behind `after` that `&newest` passed over; left out when there are none. */
  readonly skipped?: readonly FrameCount[];
  /** Frames that the kernel had no room for, since each interface was opened. */
  readonly kernelDrops: readonly FrameCount[];
}
