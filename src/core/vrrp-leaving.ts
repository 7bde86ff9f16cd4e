// A virtual router that hands over: it answers until its successor is heard, so that nobody waits for an answer.
import { type Advertisement, lateAnswerMs, type VrrpState, type VrrpStep } from './vrrp-state.ts';
import { advertise, leave, listen, preceded, rest, unchanged, yieldTo } from './vrrp-transition.ts';

/** Active → leaving for good: lets go with priority 0 (RFC 9568 §6.4.3). */
export function sayGoodbye(state: VrrpState, nowMs: number): VrrpStep {
  const left = leave(state, 'initialize', nowMs);
  const dueMs = left.leaving?.untilMs ?? nowMs;
  return { state: { ...left, dueMs }, effects: [{ kind: 'advertise', priority: 0 }] };
}

/** Active → leaving on request: goes on advertising, or a third box would take the group for abandoned. */
export function handOver(state: VrrpState, nowMs: number): VrrpStep {
  return unchanged(bounded(leave(state, 'active', nowMs)));
}

export function leavingHears(state: VrrpState, heard: Advertisement, nowMs: number): VrrpStep {
  // Whoever advertises is the successor, whatever its priority; one that lets go is none.
  if (heard.isForeign || heard.priority === 0) return unchanged(state);
  if (state.leaving?.after === 'active') {
    const step = yieldTo(state, heard, 'handed_over', nowMs);
    return { state: replaced(step.state, nowMs), effects: step.effects };
  }
  return heard.answersLate ? lingered(state, heard, nowMs) : rest(state, 'handed_over', heard.sender, nowMs);
}

/** Goes on answering, without a word, until the successor has had the time to begin. */
function lingered(state: VrrpState, heard: Advertisement, nowMs: number): VrrpStep {
  const { leaving } = state;
  if (!leaving || leaving.successor !== undefined) return unchanged(state);
  const untilMs = Math.min(leaving.untilMs, nowMs + lateAnswerMs);
  return unchanged({ ...state, dueMs: untilMs, leaving: { ...leaving, untilMs, successor: heard.sender } });
}

/** Somebody known announces addresses of the group: it leads, although its advertisement got lost. */
export function leavingHearsClaim(state: VrrpState, nowMs: number): VrrpStep {
  if (state.leaving?.after !== 'active') return rest(state, 'handed_over', null, nowMs);
  return {
    state: replaced(listen(state, 'silence', nowMs), nowMs),
    effects: [{ kind: 'yield', cause: 'handed_over', to: null }],
  };
}

export function leavingTimer(state: VrrpState, nowMs: number): VrrpStep {
  const { leaving } = state;
  if (leaving && nowMs < leaving.untilMs) {
    const { state: after, effects } = advertise(state, nowMs);
    return { state: bounded(after), effects };
  }
  if (leaving?.after !== 'active') {
    const to = leaving?.successor ?? null;
    return rest(state, to === null ? 'released' : 'handed_over', to, nowMs);
  }
  return preceded([{ kind: 'handover_failed' }], stayed(state, nowMs));
}

/** leaving → Active: it never stopped answering. */
export function stayed(state: VrrpState, nowMs: number): VrrpStep {
  return advertise({ ...state, phase: 'active', leaving: null }, nowMs);
}

/** Whoever was replaced on request does not preempt its successor at once. */
function replaced(state: VrrpState, nowMs: number): VrrpState {
  return { ...state, healthySinceMs: nowMs };
}

function bounded(state: VrrpState): VrrpState {
  return { ...state, dueMs: Math.min(state.dueMs, state.leaving?.untilMs ?? state.dueMs) };
}
