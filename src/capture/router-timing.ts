// When the virtual routers of an interface need the loop again.
import { pauseLimitMs, type VrrpState } from '#core/vrrp-state.ts';

/** When the next timer fires, and how late the loop may be for the strictest router; Infinity: there is none. */
export interface Timing {
  readonly dueMs: number;
  readonly limitMs: number;
}

export function timingOf(routers: Iterable<{ readonly state: VrrpState | null }>): Timing {
  let [dueMs, limitMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { state } of routers) {
    if (!state) continue;
    dueMs = Math.min(dueMs, state.dueMs);
    limitMs = Math.min(limitMs, pauseLimitMs(state));
  }
  return { dueMs, limitMs };
}
