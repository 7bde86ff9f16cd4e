// One virtual router alone with the test that plays everybody else.
import { stepVrrp } from '#core/vrrp.ts';
import {
  type Advertisement,
  initialVrrp,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpSettings,
  type VrrpState,
} from '#core/vrrp-state.ts';

/** Priority 200, 100 ms, no preemption, address 50. */
export const plainSettings: VrrpSettings = {
  priority: 200,
  intervalMs: 100,
  maxLearnedIntervalMs: 10_000,
  preempt: false,
  preemptDelayMs: 60_000,
  address: 50n,
};

export class VrrpRoom {
  state: VrrpState;
  nowMs = 1000;

  constructor(settings: Partial<VrrpSettings> = {}) {
    this.state = initialVrrp({ ...plainSettings, ...settings }, this.nowMs);
  }

  /** What happens at once. */
  event(event: VrrpEvent): readonly VrrpEffect[] {
    const step = stepVrrp(this.state, event, this.nowMs);
    this.state = step.state;
    return step.effects;
  }

  do(kind: 'start' | 'stop' | 'release' | 'handover' | 'heard_claim' | 'resumed'): readonly VrrpEffect[] {
    return this.event({ kind });
  }

  hear(priority: number, more: Partial<Advertisement> = {}): readonly VrrpEffect[] {
    return this.event({ kind: 'advertisement', priority, intervalMs: 100, sender: 60n, ...more });
  }

  /** Lets this time pass; timers fire when they are due. Each effect comes with the time at which it did. */
  pass(ms: number): readonly (readonly [number, VrrpEffect])[] {
    const endMs = this.nowMs + ms;
    const seen: [number, VrrpEffect][] = [];
    while (this.state.dueMs <= endMs) {
      this.nowMs = Math.max(this.nowMs, this.state.dueMs);
      for (const effect of this.event({ kind: 'timer' })) seen.push([this.nowMs, effect]);
    }
    this.nowMs = endMs;
    return seen;
  }

  /** Started, and leading because nobody else does. */
  leading(): this {
    this.do('start');
    this.pass(this.state.dueMs - this.nowMs);
    return this;
  }

  /** Started, with a leader of this priority. */
  following(priority: number): this {
    this.do('start');
    this.hear(priority);
    return this;
  }
}

/** Kinds of effects, with what distinguishes them: `advertise 200`, `lead start`, `yield outranked`. */
export function named(effects: readonly VrrpEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case 'advertise':
        return `advertise ${effect.priority}`;
      case 'lead':
      case 'yield':
        return `${effect.kind} ${effect.cause}`;
      default:
        return effect.kind;
    }
  });
}
