// A virtual router in state Backup: listens, and takes over when the leader is silent or lets go.
// Read RFC 9568 §6.4.2 before changing this file.
import { type Advertisement, downMs, foreignHoldMs, skewMs, type VrrpState, type VrrpStep } from './vrrp-state.ts';
import { follow, isAlive, lead, unchanged } from './vrrp-transition.ts';

export function backupHears(state: VrrpState, heard: Advertisement, nowMs: number): VrrpStep {
  if (heard.isForeign) {
    return unchanged({ ...state, foreign: { address: heard.sender, lastHeardMs: nowMs } });
  }
  if (heard.priority === 0) return unchanged(hearsGoodbye(state, heard, nowMs));
  const followed = follow(state, heard, nowMs);
  // RFC 9568 §6.4.2: with Preempt_Mode a lower priority is discarded, so that the timer goes on; nothing is learned.
  if (isPreempting(state, heard, nowMs)) {
    return unchanged({ ...followed, activeIntervalMs: state.activeIntervalMs, awaits: 'preempt' });
  }
  // RFC 9568 §6.4.2: otherwise the interval is learned and Active_Down_Timer starts again.
  const dueMs = nowMs + downMs(followed);
  return unchanged({ ...followed, awaits: 'silence', foreign: null, isRefused: false, dueMs });
}

/** RFC 9568 §6.4.2: Active_Down_Timer becomes Skew_Time; a second goodbye does not put it off. */
function hearsGoodbye(state: VrrpState, heard: Advertisement, nowMs: number): VrrpState {
  const { leader, settings } = state;
  // A box that leads no more says nothing about the one that does.
  if (leader && leader.address !== heard.sender && leader.priority > 0 && isAlive(leader, nowMs)) return state;
  const dueMs = Math.min(state.dueMs, nowMs + skewMs(settings.priority, state.activeIntervalMs));
  return {
    ...state,
    dueMs,
    awaits: 'goodbye',
    leader: leader && { ...leader, address: heard.sender, priority: 0, lastHeardMs: nowMs },
    deaf: state.deaf === heard.sender ? null : state.deaf,
  };
}

/** Preempt_Mode, once this box has been healthy for long enough, against a leader that hears us. */
function isPreempting({ settings, healthySinceMs, deaf }: VrrpState, heard: Advertisement, nowMs: number): boolean {
  if (!settings.preempt || heard.priority >= settings.priority || deaf === heard.sender) return false;
  return nowMs - healthySinceMs >= settings.preemptDelayMs;
}

/** Active_Down_Timer fires (RFC 9568 §6.4.2). */
export function backupTimer(state: VrrpState, nowMs: number): VrrpStep {
  const { foreign, hasHeardLeader, isRefused } = state;
  // None of ours has led since we began, and somebody uses the id for other addresses: theirs must not suffer.
  if (!foreign || hasHeardLeader || nowMs - foreign.lastHeardMs >= foreignHoldMs) {
    return lead(state, state.awaits, nowMs);
  }
  return {
    state: { ...state, isRefused: true, dueMs: nowMs + downMs(state) },
    effects: isRefused ? [] : [{ kind: 'refused', sender: foreign.address }],
  };
}
