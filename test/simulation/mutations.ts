// State machines and boxes that are broken on purpose, each in one way: the simulation must notice every one of them.
// Read RFC 9568 §6.4 before changing this file.

import { stepVrrp } from '#core/vrrp.ts';
import { skewMs, type VrrpEvent, type VrrpSettings, type VrrpState, type VrrpStep } from '#core/vrrp-state.ts';
import { Discreet, LingeringDuty, LingeringTable, Unhurried, Unobservant } from './broken-loops.ts';
import type { Behaviour } from './sim-box.ts';

type Step = typeof stepVrrp;

export interface Mutation {
  /** What it does wrong. */
  readonly name: string;
  readonly behaviour: Behaviour;
}

function changed(name: string, step: Step, more: Omit<Behaviour, 'step'> = {}): Mutation {
  return { name, behaviour: { step, ...more } };
}

function without(step: VrrpStep, isUnwanted: (effect: VrrpStep['effects'][number], at: number) => boolean): VrrpStep {
  return { state: step.state, effects: step.effects.filter((effect, at) => !isUnwanted(effect, at)) };
}

/** RFC 9568 §6.1 without Skew_Time. */
const skewless: Step = (state, event, nowMs) => {
  const step = stepVrrp(state, event, nowMs);
  const { phase, dueMs, settings, activeIntervalMs } = step.state;
  if (phase !== 'backup' || dueMs === state.dueMs) return step;
  return { ...step, state: { ...step.state, dueMs: dueMs - skewMs(settings.priority, activeIntervalMs) } };
};

const lowerAddressWins: Step = (state, event, nowMs) => {
  const { priority, address } = state.settings;
  if (event.kind !== 'advertisement' || event.priority !== priority) return stepVrrp(state, event, nowMs);
  return stepVrrp(state, { ...event, priority: event.sender < address ? priority + 1 : priority - 1 }, nowMs);
};

/** As if the timer were due just now. */
const unhurried = (state: VrrpState, nowMs: number): VrrpState => ({ ...state, dueMs: Math.max(state.dueMs, nowMs) });

const silentAtOnce: Step = (state, event, nowMs) => {
  const step = stepVrrp(state, event, nowMs);
  if (event.kind !== 'release' || step.state.phase !== 'leaving') return step;
  const stopped = stepVrrp(step.state, { kind: 'stop' }, nowMs);
  return { state: stopped.state, effects: [...step.effects, ...stopped.effects] };
};

const wordless: Step = (state, event, nowMs) => {
  const step = stepVrrp(state, event, nowMs);
  const outranked = step.effects.some((effect) => effect.kind === 'yield' && effect.cause === 'outranked');
  return outranked ? without(step, ({ kind }) => kind === 'advertise') : step;
};

/** Until the simulation found them, these were ours. */
const deafToThePast: Step = (state, event, nowMs) =>
  stepVrrp({ ...state, takenFrom: state.takenFrom && { ...state.takenFrom, lastHeardMs: nowMs } }, event, nowMs);

const insistent: Step = (state, event, nowMs) =>
  stepVrrp(state.takenFrom && nowMs < state.takenFrom.untilMs ? { ...state, contest: null } : state, event, nowMs);

const seldom: Step = (state, event, nowMs) => {
  const advertisedMs = state.dueMs - state.settings.intervalMs;
  const assertedMs = state.phase === 'active' ? Math.max(state.assertedMs, advertisedMs) : state.assertedMs;
  return stepVrrp({ ...state, assertedMs }, event, nowMs);
};

/** Counts by its own interval, whatever the leader says (RFC 9568 §6.4.2: Active_Adver_Interval). */
const unlearned: Step = (state, event, nowMs) => {
  const { intervalMs } = state.settings;
  return stepVrrp(state, event.kind === 'advertisement' ? { ...event, intervalMs } : event, nowMs);
};

/** RFC 9568 §6.4.1 without listening. */
const hasty: Step = (state, event, nowMs) => {
  if (event.kind !== 'start' || state.phase !== 'initialize') return stepVrrp(state, event, nowMs);
  const settings = { ...state.settings, priority: 255 };
  const { state: leading, effects } = stepVrrp({ ...state, settings }, event, nowMs);
  const { priority } = state.settings;
  return {
    state: { ...leading, settings: state.settings },
    effects: effects.map((effect) => (effect.kind === 'advertise' ? { ...effect, priority } : effect)),
  };
};

/** Every second advertisement of a leader is left out (RFC 9568 §6.4.3: Adver_Timer). */
const lazy: Step = (state, event, nowMs) => {
  const step = stepVrrp(state, event, nowMs);
  const isTimer = event.kind === 'timer' && state.phase === 'active' && step.state.phase === 'active';
  if (!isTimer || step.effects.length === 0) return step;
  const { dueMs, settings } = step.state;
  return { ...step, state: { ...step.state, dueMs: dueMs + 3 * settings.intervalMs } };
};

/** As if the settings were others. */
function as(state: VrrpState, event: VrrpEvent, nowMs: number, change: Partial<VrrpSettings>): VrrpStep {
  const told = event.kind === 'settings' ? { ...event, settings: { ...event.settings, ...change } } : event;
  const step = stepVrrp({ ...state, settings: { ...state.settings, ...change } }, told, nowMs);
  return { ...step, state: { ...step.state, settings: event.kind === 'settings' ? event.settings : state.settings } };
}

const unforgiving: Step = (state, event, nowMs) => {
  const step = stepVrrp(state, event, nowMs);
  const isReplaced = step.effects.some((effect) => effect.kind === 'yield' && effect.cause === 'handed_over');
  return isReplaced ? { ...step, state: { ...step.state, healthySinceMs: state.healthySinceMs } } : step;
};

/** The first losing advertisement counts as one of somebody deaf. */
const meek: Step = (state, event, nowMs) => {
  if (event.kind !== 'advertisement' || state.phase !== 'active') return stepVrrp(state, event, nowMs);
  const contest = { sender: event.sender, firstMs: nowMs - 10_000, lastMs: nowMs, heard: 9, sent: 9 };
  return stepVrrp({ ...state, contest }, event, nowMs);
};

const silentLeaver: Step = (state, event, nowMs) => {
  const step = stepVrrp(state, event, nowMs);
  const isLeaving = state.phase === 'leaving' && event.kind === 'timer' && step.state.phase === 'leaving';
  return isLeaving ? without(step, ({ kind }) => kind === 'advertise') : step;
};

const countless: Step = (state, event, nowMs) => {
  const step = stepVrrp(state, event, nowMs);
  return { ...step, state: { ...step.state, term: state.term } };
};

const forgetful: Step = (state, event, nowMs) => stepVrrp({ ...state, owesAnnouncement: false }, event, nowMs);

export const mutations: readonly Mutation[] = [
  changed(
    'a pause is not noticed',
    (state, event, nowMs) =>
      event.kind === 'resumed' ? { state, effects: [] } : stepVrrp(unhurried(state, nowMs), event, nowMs),
    { dutyOf: (parts) => new Unobservant(parts) },
  ),
  changed('the lower address wins a tie', lowerAddressWins),
  changed('no skew', skewless),
  changed('bursts go on after a loss', stepVrrp, {
    tableOf: (buffer) => new LingeringTable(buffer),
    dutyOf: (parts, table) => new LingeringDuty(parts, table as LingeringTable),
  }),
  changed('priority 0 is ignored', (state, event, nowMs) =>
    event.kind === 'advertisement' && event.priority === 0 ? { state, effects: [] } : stepVrrp(state, event, nowMs),
  ),
  changed('a peer that does not hear us is fought for ever', (state, event, nowMs) =>
    stepVrrp({ ...state, contest: null }, event, nowMs),
  ),
  changed('a leaving box is silent at once', silentAtOnce),
  changed('the winner of a split does not announce again', (state, event, nowMs) =>
    without(stepVrrp(state, event, nowMs), ({ kind }) => kind === 'reannounce'),
  ),
  changed('the loser of a split says no last word', wordless),
  changed('announces again for every losing advertisement', (state, event, nowMs) =>
    stepVrrp({ ...state, reannouncedMs: Number.NEGATIVE_INFINITY }, event, nowMs),
  ),
  changed('whoever returns takes the group back', (...at) => as(...at, { preempt: true, preemptDelayMs: 0 })),
  changed('a box that was told to take over gives way to the one that leaves', (state, event, nowMs) =>
    stepVrrp({ ...state, takenFrom: null }, event, nowMs),
  ),
  changed('a handover waits for nobody', (state, event, nowMs) =>
    event.kind === 'handover' ? silentAtOnce(state, { kind: 'release' }, nowMs) : stepVrrp(state, event, nowMs),
  ),
  changed('a successor is not heard', (state, event, nowMs) =>
    state.phase === 'leaving' && (event.kind === 'advertisement' || event.kind === 'heard_claim')
      ? { state, effects: [] }
      : stepVrrp(state, event, nowMs),
  ),
  changed('a losing advertisement is not answered', (state, event, nowMs) => {
    const step = stepVrrp(state, event, nowMs);
    const isLosing = event.kind === 'advertisement' && step.state.phase === 'active' && event.priority > 0;
    return isLosing
      ? without({ ...step, state: { ...step.state, dueMs: state.dueMs } }, ({ kind }) => kind === 'advertise')
      : step;
  }),
  changed('a box that leads again is taken for one that leaves', deafToThePast),
  changed('a successor insists on a leader that does not hear it', insistent),
  changed('a losing advertisement just after one of ours is not answered', seldom),
  changed('an announcement that was not allowed yet is forgotten', forgetful),
  changed('the interval of the leader is not learned', unlearned),
  changed('whoever starts leads at once', hasty),
  changed('advertises too seldom', lazy),
  changed('the delay of preemption is not kept', (...at) => as(...at, { preemptDelayMs: 0 })),
  changed('nobody preempts', (...at) => as(...at, { preempt: false })),
  changed('whoever was replaced on request preempts at once', unforgiving),
  changed('every losing peer is taken for deaf', meek),
  changed('a leader that hands over stops advertising', silentLeaver),
  changed('nobody says goodbye', (state, event, nowMs) =>
    without(stepVrrp(state, event, nowMs), (effect) => effect.kind === 'advertise' && effect.priority === 0),
  ),
  changed('whoever is wanted again while it leaves stays out', (state, event, nowMs) =>
    event.kind === 'start' && state.phase === 'leaving' ? { state, effects: [] } : stepVrrp(state, event, nowMs),
  ),
  changed('terms are not counted', countless),
  changed('a new leader announces nothing', stepVrrp, { dutyOf: (parts) => new Discreet(parts) }),
  changed('announces before it advertises', stepVrrp, { dutyOf: (parts) => new Unhurried(parts) }),
];
