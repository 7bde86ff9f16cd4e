// How many frames the next question is for: no more than can be read as they pass, as each costs the daemon's main thread.
import type { Model } from './model.ts';

export interface TrafficWish {
  /** Where to go on; null: with the newest frames. */
  readonly after: string | null;
  readonly limit: number;
}

/** Frames are asked for only while they are seen. */
export function isStreaming({ ui, connection }: Model): boolean {
  return ui.place.screen === 'traffic' && ui.place.page === null && connection.state === 'live';
}

/** What the screen begins with. */
const firstFrames = 1000;
/**
 * More rows than any screen shows, four times a second. Whoever wants every one of a burst freezes the screen, which asks
 * for all that is left of it.
 */
const shownFrames = 100;
/** Of everything, a filter shows little: what it would show must not be among what is passed over. */
const filteredFrames = 600;

export function trafficWish({ ui, world }: Model): TrafficWish {
  const after = world.traffic.next;
  if (after === null) return { after, limit: firstFrames };
  // Only counted; what came meanwhile is asked for when it moves again.
  if (ui.frozen !== null) return { after, limit: 1 };
  return { after, limit: ui.filters.traffic === undefined ? shownFrames : filteredFrames };
}
