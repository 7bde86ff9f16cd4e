// A virtual router in state Active: advertises, and gives way to whoever outranks it or cannot hear it.
// Read RFC 9568 §6.4.3 before changing this file.
import {
  type Advertisement,
  activeDownMs,
  burstMs,
  type Contest,
  reannounceMs,
  type TakenFrom,
  type VrrpEffect,
  type VrrpSettings,
  type VrrpState,
  type VrrpStep,
} from './vrrp-state.ts';
import { advertise, outranks, preceded, unchanged, yieldTo } from './vrrp-transition.ts';

/** Losing advertisements of one peer, and advertisements of ours meanwhile, from which follows that it does not hear us. */
const deafAfter = 3;
/** Of the down interval, which is three intervals and the skew: after one and a half one was missed. */
const missed = 0.5;
/** Intervals of ours without an advertisement; a box that left has learned them, and would lead again after three. */
const leavingBreak = 2.5;
/** Two routers that both believe to win would answer each other without a pause. */
const longestAssertSpacingMs = 20;

export function activeHears(state: VrrpState, heard: Advertisement, nowMs: number): VrrpStep {
  // Somebody uses our id for other addresses: neither gives way, both are told about it.
  if (heard.isForeign) return unchanged(state);
  // RFC 9568 §6.4.3: whoever lets go hears at once that somebody leads.
  if (heard.priority === 0) return asserted(state, nowMs);
  const { settings, takenFrom } = state;
  // It was told to leave and accepts whatever we send: what it still says does not count, unless it goes on for so long
  // that it cannot hear us.
  if (takenFrom && isLeaving(takenFrom, heard, settings, nowMs)) {
    return contested({ ...state, takenFrom: { ...takenFrom, lastHeardMs: nowMs } }, heard, nowMs);
  }
  if (outranks({ priority: heard.priority, address: heard.sender }, settings)) {
    // The winner must know that there was a contest, or clients that believe in us would be told by nobody: a last word.
    const word: VrrpEffect = { kind: 'advertise', priority: settings.priority };
    return preceded([word], yieldTo(state, heard, 'outranked', nowMs));
  }
  return contested(state, heard, nowMs);
}

/** A leader that leaves advertises until it hears us. What comes after a break is of one that leads again. */
function isLeaving(from: TakenFrom, heard: Advertisement, { intervalMs }: VrrpSettings, nowMs: number): boolean {
  if (heard.sender !== from.address || nowMs >= from.untilMs) return false;
  return nowMs - from.lastHeardMs < leavingBreak * intervalMs;
}

/** We stay: the sender hears so at once (RFC 9568 §6.4.3), or it cannot hear us. */
function contested(state: VrrpState, heard: Advertisement, nowMs: number): VrrpStep {
  const downMs = contestDownMs(state, heard);
  const contest = nextContest(state.contest, heard, downMs, nowMs);
  if (isDeaf(contest, downMs, nowMs)) {
    const { state: backup, effects } = yieldTo(state, heard, 'deaf_peer', nowMs);
    return { state: { ...backup, deaf: heard.sender }, effects };
  }
  const { state: after, effects } = asserted({ ...state, contest }, nowMs);
  return preceded(effects, reannounced(after, nowMs));
}

/** How long a peer goes on at most that can hear us. */
function contestDownMs({ settings }: VrrpState, heard: Advertisement): number {
  const learnedMs = Math.min(heard.intervalMs, settings.maxLearnedIntervalMs);
  return activeDownMs(heard.priority, Math.max(settings.intervalMs, learnedMs));
}

function nextContest(contest: Contest | null, heard: Advertisement, downMs: number, nowMs: number): Contest {
  const fresh = { sender: heard.sender, firstMs: nowMs, lastMs: nowMs, heard: 1, sent: 0 };
  if (!contest || nowMs - contest.lastMs > downMs) return fresh;
  // Several of them at a time: the first is looked at until it misses an advertisement.
  if (contest.sender !== heard.sender) return nowMs - contest.lastMs < missed * downMs ? contest : fresh;
  return { ...contest, lastMs: nowMs, heard: contest.heard + 1 };
}

function isDeaf({ heard, sent, firstMs }: Contest, downMs: number, nowMs: number): boolean {
  return heard >= deafAfter && sent >= deafAfter && nowMs - firstMs >= downMs;
}

/** Advertises at once, unless somebody was answered just now. */
function asserted(state: VrrpState, nowMs: number): VrrpStep {
  const spacingMs = Math.min(state.settings.intervalMs, longestAssertSpacingMs);
  if (nowMs - state.assertedMs < spacingMs) return unchanged(state);
  return advertise({ ...state, assertedMs: nowMs }, nowMs);
}

/**
 * Somebody else may have changed what clients believe: announced again, but not for every frame of a flood, and not while
 * the burst of our own take-over goes on.
 */
export function reannounced(state: VrrpState, nowMs: number): VrrpStep {
  if (nowMs - state.sinceMs < burstMs) return unchanged(state);
  if (nowMs - state.reannouncedMs < reannounceMs) return unchanged({ ...state, owesAnnouncement: true });
  return { state: { ...state, reannouncedMs: nowMs, owesAnnouncement: false }, effects: [{ kind: 'reannounce' }] };
}

/** RFC 9568 §6.4.3: Adver_Timer fires. */
export function activeTimer(state: VrrpState, nowMs: number): VrrpStep {
  const { state: after, effects } = advertise(state, nowMs);
  return state.owesAnnouncement ? preceded(effects, reannounced(after, nowMs)) : { state: after, effects };
}
