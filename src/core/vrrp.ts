// The state machine of one virtual router: what follows from each event.
// Read RFC 9568 §6.4 before changing this file.
import { activeHears, activeTimer, reannounced } from './vrrp-active.ts';
import { backupHears, backupTimer } from './vrrp-backup.ts';
import { handOver, leavingHears, leavingHearsClaim, leavingTimer, sayGoodbye, stayed } from './vrrp-leaving.ts';
import {
  type Advertisement,
  downMs,
  leaveMs,
  type VrrpEvent,
  type VrrpSettings,
  type VrrpState,
  type VrrpStep,
  wasPaused,
} from './vrrp-state.ts';
import { advertise, isAlive, lead, listen, preceded, rest, unchanged } from './vrrp-transition.ts';

/** An address owner (RFC 9568 §5.2.4). */
const ownerPriority = 255;
/** Part of an interval by which an advertisement may leave early; backups only wait the longer. */
const earlyPart = 0.5;

/**
 * What an event does to a virtual router. Pure: `nowMs` is monotonic, goes on while the machine sleeps, and never falls
 * from one event to the next. Effects are carried out in their order. Never throws.
 */
export function stepVrrp(state: VrrpState, event: VrrpEvent, nowMs: number): VrrpStep {
  if (event.kind === 'resumed' || !wasPaused(state, nowMs)) return react(state, event, nowMs);
  // Nobody told us that we stood still, but it shows.
  const { state: resumed, effects } = resume(state, nowMs);
  return preceded(effects, react(resumed, event, nowMs));
}

function react(state: VrrpState, event: VrrpEvent, nowMs: number): VrrpStep {
  switch (event.kind) {
    case 'start':
      return start(state, nowMs);
    case 'stop':
      return rest(state, 'stopped', null, nowMs);
    case 'release':
      return release(state, nowMs);
    case 'handover':
      return state.phase === 'active' ? handOver(state, nowMs) : unchanged(state);
    case 'take':
      return take(state, event.from, event.provisionalMs ?? 0, nowMs);
    case 'settings':
      return resettle(state, event.settings, nowMs);
    case 'advertisement':
      return hears(state, event, nowMs);
    case 'heard_claim':
      return hearsClaim(state, nowMs);
    case 'timer':
      return timer(state, nowMs);
    case 'resumed':
      return resume(state, nowMs);
  }
}

function start(state: VrrpState, nowMs: number): VrrpStep {
  const healthy = { ...state, healthySinceMs: nowMs };
  // Others may be taking over by now, but nobody else has been heard: whoever still answers goes on.
  if (state.phase === 'leaving') {
    const { after, successor } = state.leaving ?? {};
    return after === 'initialize' && successor === undefined ? stayed(healthy, nowMs) : unchanged(state);
  }
  if (state.phase !== 'initialize') return unchanged(state);
  // RFC 9568 §6.4.1: an owner leads at once, everybody else listens for one Active_Down_Interval.
  if (state.settings.priority === ownerPriority) return lead(healthy, 'owner', nowMs);
  return unchanged(listen(healthy, 'start', nowMs));
}

function release(state: VrrpState, nowMs: number): VrrpStep {
  if (state.phase === 'active' || (state.phase === 'leaving' && state.leaving?.after === 'active')) {
    return sayGoodbye(state, nowMs);
  }
  return state.phase === 'leaving' ? unchanged(state) : rest(state, 'released', null, nowMs);
}

/**
 * Backup → Active because we were told to: the leader waits for it. An order that comes when the leader is not heard is
 * not for now: it lay about while we stood still, or we are cut off.
 */
function take(state: VrrpState, from: bigint | null, provisionalMs: number, nowMs: number): VrrpStep {
  const { phase, leader } = state;
  if (phase !== 'backup' || !leader || leader.priority === 0 || !isAlive(leader, nowMs)) return unchanged(state);
  const { state: leading, effects } = lead(state, 'take', nowMs, provisionalMs);
  const takenFrom = { address: from ?? leader.address, lastHeardMs: nowMs, untilMs: nowMs + leaveMs };
  return { state: { ...leading, takenFrom }, effects };
}

function hears(state: VrrpState, heard: Advertisement, nowMs: number): VrrpStep {
  if (state.phase === 'initialize') return unchanged(state);
  // Nobody outranks itself; a second host with our address is told about, and trouble enough without us.
  if (heard.sender === state.settings.address) return unchanged(state);
  if (state.phase === 'backup') return backupHears(state, heard, nowMs);
  return state.phase === 'active' ? activeHears(state, heard, nowMs) : leavingHears(state, heard, nowMs);
}

function hearsClaim(state: VrrpState, nowMs: number): VrrpStep {
  if (state.phase === 'leaving') return leavingHearsClaim(state, nowMs);
  return state.phase === 'active' ? reannounced(state, nowMs) : unchanged(state);
}

function timer(state: VrrpState, nowMs: number): VrrpStep {
  // Those that lead on one interface advertise together: whoever comes along a little early costs no wake-up of its own.
  if (nowMs < state.dueMs - (state.phase === 'active' ? state.settings.intervalMs * earlyPart : 0))
    return unchanged(state);
  if (state.phase === 'backup') return backupTimer(state, nowMs);
  if (state.phase === 'leaving') return leavingTimer(state, nowMs);
  return state.phase === 'active' ? activeTimer(state, nowMs) : unchanged(state);
}

/** Somebody else may lead since long: nothing is sent or answered before one Active_Down_Interval of listening. */
function resume(state: VrrpState, nowMs: number): VrrpStep {
  const { phase, leaving } = state;
  if (phase === 'initialize') return unchanged(state);
  const healthy = { ...state, healthySinceMs: nowMs };
  // What it was about to do is over; only that it has just begun is still so.
  const awaits = state.awaits === 'start' ? 'start' : 'silence';
  if (phase === 'backup') return unchanged({ ...listen(healthy, awaits, nowMs), sinceMs: state.sinceMs });
  if (leaving?.after === 'initialize') return rest(state, 'released', null, nowMs);
  return { state: listen(healthy, 'silence', nowMs), effects: [{ kind: 'yield', cause: 'paused', to: null }] };
}

/** New parameters: the timer that runs is as long as if it had been started with them. */
function resettle(state: VrrpState, settings: VrrpSettings, nowMs: number): VrrpStep {
  const { phase } = state;
  const activeIntervalMs = Math.min(state.leader?.intervalMs ?? settings.intervalMs, settings.maxLearnedIntervalMs);
  const after = { ...state, settings, activeIntervalMs };
  if (phase === 'backup') {
    const { awaits, leader } = state;
    // Whoever must not preempt any more waits for silence, counted from what was heard last.
    if (awaits === 'preempt' && leader && (!settings.preempt || leader.priority >= settings.priority)) {
      return unchanged({ ...after, awaits: 'silence', dueMs: Math.max(nowMs, leader.lastHeardMs + downMs(after)) });
    }
    return unchanged({ ...after, dueMs: Math.max(nowMs, state.dueMs + downMs(after) - downMs(state)) });
  }
  // Backups must not wait for a longer interval with the patience of a shorter one.
  const isNewInterval = settings.intervalMs !== state.settings.intervalMs;
  return phase === 'active' && isNewInterval ? advertise(after, nowMs) : unchanged(after);
}
