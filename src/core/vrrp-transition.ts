// The transitions of a virtual router, each with what has to be done at it.
// Read RFC 9568 §6.4 before changing this file.
import {
  type Advertisement,
  downMs,
  type HeardLeader,
  type LeadCause,
  leaveMs,
  provisionalMs,
  type VrrpEffect,
  type VrrpState,
  type VrrpStep,
  type YieldCause,
} from './vrrp-state.ts';

export function unchanged(state: VrrpState): VrrpStep {
  return { state, effects: [] };
}

/** Adds effects in front of those of a step. */
export function preceded(effects: readonly VrrpEffect[], step: VrrpStep): VrrpStep {
  return effects.length === 0 ? step : { state: step.state, effects: [...effects, ...step.effects] };
}

/**
 * → Active: the advertisement leaves before anything is announced, then Adver_Timer starts (RFC 9568 §6.4.1, RFC 9568
 * §6.4.2).
 */
export function lead(
  state: VrrpState,
  cause: LeadCause,
  nowMs: number,
  provisionalForMs = cause === 'start' ? provisionalMs : 0,
): VrrpStep {
  const { settings, leader } = state;
  return {
    state: {
      ...state,
      phase: 'active',
      dueMs: nowMs + settings.intervalMs,
      term: state.term + 1,
      sinceMs: nowMs,
      leader: null,
      activeIntervalMs: settings.intervalMs,
      awaits: 'silence',
      provisionalUntilMs: provisionalForMs > 0 ? nowMs + Math.min(provisionalForMs, provisionalMs) : 0,
      contest: null,
      deaf: null,
      takenFrom: null,
      leaving: null,
      foreign: null,
      isRefused: false,
      owesAnnouncement: false,
    },
    effects: [
      { kind: 'advertise', priority: settings.priority },
      { kind: 'lead', cause, from: leader },
    ],
  };
}

/** → Backup, listening for one Active_Down_Interval (RFC 9568 §6.4.1). */
export function listen(state: VrrpState, awaits: LeadCause, nowMs: number): VrrpState {
  const activeIntervalMs = state.leader?.intervalMs ?? state.settings.intervalMs;
  const listening: VrrpState = {
    ...state,
    phase: 'backup',
    sinceMs: nowMs,
    activeIntervalMs,
    awaits,
    provisionalUntilMs: 0,
    contest: null,
    takenFrom: null,
    leaving: null,
  };
  return { ...listening, dueMs: nowMs + downMs(listening) };
}

/** Active or leaving → Backup under the router that was heard (RFC 9568 §6.4.3). */
export function yieldTo(state: VrrpState, heard: Advertisement, cause: YieldCause, nowMs: number): VrrpStep {
  const followed = follow({ ...state, leader: null }, heard, nowMs);
  return {
    state: listen(followed, 'silence', nowMs),
    effects: [{ kind: 'yield', cause, to: heard.sender }],
  };
}

/** → Initialize. Whoever answered is silent from now on. */
export function rest(state: VrrpState, cause: YieldCause, to: bigint | null, nowMs: number): VrrpStep {
  const answered = state.phase === 'active' || state.phase === 'leaving';
  return {
    state: {
      ...state,
      phase: 'initialize',
      dueMs: Number.POSITIVE_INFINITY,
      sinceMs: state.phase === 'initialize' ? state.sinceMs : nowMs,
      term: to === null ? state.term : state.term + 1,
      leader: null,
      provisionalUntilMs: 0,
      hasHeardLeader: false,
      contest: null,
      deaf: null,
      takenFrom: null,
      leaving: null,
      foreign: null,
      isRefused: false,
    },
    effects: answered ? [{ kind: 'yield', cause, to }] : [],
  };
}

/**
 * Active → leaving: goes on answering until the successor is heard, or the time is over. A successor that does not come takes
 * nothing of what the first choice may still have.
 */
export function leave(state: VrrpState, after: 'initialize' | 'active', nowMs: number): VrrpState {
  return {
    ...state,
    phase: 'leaving',
    leaving: { after, untilMs: nowMs + leaveMs },
    contest: null,
  };
}

/** An advertisement of ours leaves now; Adver_Timer starts again (RFC 9568 §6.4.3). */
export function advertise(state: VrrpState, nowMs: number): VrrpStep {
  const { settings, dueMs, contest } = state;
  // A late turn does not shift the ones that follow, unless one was missed altogether.
  const nextMs = nowMs >= dueMs && nowMs < dueMs + settings.intervalMs ? dueMs : nowMs;
  return {
    state: {
      ...state,
      dueMs: nextMs + settings.intervalMs,
      contest: contest && { ...contest, sent: contest.sent + 1 },
    },
    effects: [{ kind: 'advertise', priority: settings.priority }],
  };
}

/**
 * Takes this router for the leader and learns its interval, within the limit (RFC 9568 §6.4.2: Active_Adver_Interval). Of
 * two that advertise at a time it stays with the better one until that one is silent.
 */
export function follow(state: VrrpState, heard: Advertisement, nowMs: number): VrrpState {
  const { leader, settings } = state;
  const intervalMs = Math.min(heard.intervalMs, settings.maxLearnedIntervalMs);
  const fresh: HeardLeader = { address: heard.sender, priority: heard.priority, intervalMs, lastHeardMs: nowMs };
  const isOther = leader?.address !== heard.sender;
  if (leader && isOther && isAlive(leader, nowMs) && !outranks(fresh, leader)) return state;
  return {
    ...state,
    leader: fresh,
    activeIntervalMs: intervalMs,
    term: isOther ? state.term + 1 : state.term,
    hasHeardLeader: true,
  };
}

/** Three of its intervals and a whole one of skew, whatever its priority. */
export function isAlive({ lastHeardMs, intervalMs }: HeardLeader, nowMs: number): boolean {
  return nowMs - lastHeardMs < 4 * intervalMs;
}

/** RFC 9568 §6.4.3: the greater priority; of equal ones, the greater primary address. */
export function outranks(
  a: { readonly priority: number; readonly address: bigint },
  b: { readonly priority: number; readonly address: bigint },
): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.address > b.address);
}
