// State machines and boxes that are broken on purpose, each in one way: the simulation must notice every one of them.
// Read RFC 9568 §6.4 before changing this file.
import { stepVrrp } from '#core/vrrp.ts';
import { skewMs, type VrrpState, type VrrpStep } from '#core/vrrp-state.ts';
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
const unheardOrder: Step = (state, event, nowMs) => {
  const leader = state.leader && { ...state.leader, lastHeardMs: nowMs };
  return stepVrrp(event.kind === 'take' ? { ...state, leader } : state, event, nowMs);
};

const deafToThePast: Step = (state, event, nowMs) =>
  stepVrrp({ ...state, takenFrom: state.takenFrom && { ...state.takenFrom, lastHeardMs: nowMs } }, event, nowMs);

const insistent: Step = (state, event, nowMs) =>
  stepVrrp(state.takenFrom && nowMs < state.takenFrom.untilMs ? { ...state, contest: null } : state, event, nowMs);

const seldom: Step = (state, event, nowMs) => {
  const advertisedMs = state.dueMs - state.settings.intervalMs;
  const assertedMs = state.phase === 'active' ? Math.max(state.assertedMs, advertisedMs) : state.assertedMs;
  return stepVrrp({ ...state, assertedMs }, event, nowMs);
};

const forgetful: Step = (state, event, nowMs) => stepVrrp({ ...state, owesAnnouncement: false }, event, nowMs);

export const mutations: readonly Mutation[] = [
  changed(
    'a pause is not noticed',
    (state, event, nowMs) =>
      event.kind === 'resumed' ? { state, effects: [] } : stepVrrp(unhurried(state, nowMs), event, nowMs),
    { ignoresPauses: true },
  ),
  changed('the lower address wins a tie', lowerAddressWins),
  changed('no skew', skewless),
  changed('bursts go on after a loss', stepVrrp, { keepsBursts: true }),
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
  changed('whoever returns takes the group back', (state, event, nowMs) =>
    stepVrrp({ ...state, settings: { ...state.settings, preempt: true, preemptDelayMs: 0 } }, event, nowMs),
  ),
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
  changed('an order is followed although the leader is not heard', unheardOrder),
  changed('a box that leads again is taken for one that leaves', deafToThePast),
  changed('a successor insists on a leader that does not hear it', insistent),
  changed('a losing advertisement just after one of ours is not answered', seldom),
  changed('an announcement that was not allowed yet is forgotten', forgetful),
];
