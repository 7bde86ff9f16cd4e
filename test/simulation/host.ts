// The machine under a box: power, clock, carrier, the process that runs or does not.
import type { Action, BoxPlan } from './plan.ts';
import { type Addresses, type Behaviour, SimBox, type SimFrame, type Surroundings } from './sim-box.ts';

export type Trouble = 'crash' | 'pause' | 'freeze' | 'carrier' | 'drain' | 'shutdown';

type Command = (box: SimBox, nowMs: number) => void;
type Setting = Extract<Action, { kind: 'priority' | 'preempt' | 'interval' }>;

/** Clocks of different machines have nothing to do with each other. */
const clockApartMs = 10_000;

export class Host {
  readonly #index: number;
  readonly #addresses: Addresses;
  readonly #behaviour: Behaviour;
  readonly #around: Surroundings;
  readonly #troubles: Record<Trouble, number> = { crash: 0, pause: 0, freeze: 0, carrier: 0, drain: 0, shutdown: 0 };
  #plan: BoxPlan;
  #isBooted = false;
  /** True time that its clock stood still. */
  #frozenMs = 0;
  #frozenSinceMs = 0;
  /** What the kernel keeps for a process that stands still. */
  #inbox: SimFrame[] = [];
  #commands: Command[] = [];
  #ticket = 0;
  #plannedMs = Number.POSITIVE_INFINITY;
  box: SimBox | null = null;

  constructor(index: number, plan: BoxPlan, addresses: Addresses, behaviour: Behaviour, around: Surroundings) {
    this.#index = index;
    this.#plan = plan;
    this.#addresses = addresses;
    this.#behaviour = behaviour;
    this.#around = around;
  }

  boot(trueMs: number): void {
    this.#isBooted = true;
    this.#run(trueMs);
  }

  /** Awake and with carrier: what it sends leaves, and what is sent arrives. */
  get isOnline(): boolean {
    return this.box !== null && !this.#isStill && this.#troubles.carrier === 0;
  }

  answers(group: number, trueMs: number): boolean {
    return this.isOnline && (this.box?.answers(group, this.#clock(trueMs)) ?? false);
  }

  suffer(trouble: Trouble, trueMs: number): void {
    const isFirst = this.#troubles[trouble]++ === 0;
    if (trouble === 'crash') this.#kill();
    if (!isFirst) return;
    if (trouble === 'freeze') this.#frozenSinceMs = trueMs;
    if (trouble === 'carrier') this.command((box, nowMs) => box.everyGroup({ kind: 'stop' }, nowMs), trueMs);
    if (trouble === 'drain' || trouble === 'shutdown') {
      this.command((box, nowMs) => box.everyGroup({ kind: 'release' }, nowMs), trueMs);
    }
  }

  recover(trouble: Trouble, trueMs: number): void {
    if (--this.#troubles[trouble] > 0) return;
    if (trouble === 'freeze') this.#frozenMs += trueMs - this.#frozenSinceMs;
    // The process that was shut down has ended by now.
    if (trouble === 'shutdown') this.#kill();
    if (trouble === 'crash' || trouble === 'shutdown') this.#run(trueMs);
    if (trouble === 'pause' || trouble === 'freeze') this.turn(trueMs);
    if (trouble === 'carrier' || trouble === 'drain')
      this.command((box, nowMs) => this.#startIfFit(box, nowMs), trueMs);
  }

  reconfigure(action: Setting, trueMs: number): void {
    const priorities = [...this.#plan.priorities];
    if (action.kind === 'priority') priorities[action.group] = action.priority;
    const { preempt, intervalMs } = this.#plan;
    this.#plan = {
      ...this.#plan,
      priorities,
      preempt: action.kind === 'preempt' ? action.on : preempt,
      intervalMs: action.kind === 'interval' ? action.intervalMs : intervalMs,
    };
    const plan = this.#plan;
    this.command((box, nowMs) => {
      for (const [group, { settings }] of box.states.entries()) {
        const priority = plan.priorities[group] ?? settings.priority;
        const fresh = { ...settings, priority, preempt: plan.preempt, intervalMs: plan.intervalMs };
        box.event(group, { kind: 'settings', settings: fresh }, nowMs);
      }
    }, trueMs);
  }

  /** What other parts of the process ask for; heard when it runs again. */
  command(act: Command, trueMs: number): void {
    this.#commands.push(act);
    if (!this.#isStill) this.turn(trueMs);
  }

  receive(frame: SimFrame, trueMs: number): void {
    if (!this.box || this.#troubles.carrier > 0 || this.#troubles.freeze > 0) return;
    this.#inbox.push(frame);
    if (!this.#isStill) this.turn(trueMs);
  }

  /** What a capture worker does in one turn, in its order. */
  turn(trueMs: number): void {
    const { box } = this;
    this.#plannedMs = Number.POSITIVE_INFINITY;
    this.#ticket++;
    if (!box || this.#isStill) return;
    const nowMs = this.#clock(trueMs);
    if (box.wake(nowMs)) this.#inbox = [];
    if (this.#inbox.length > 0) {
      const frames = this.#inbox;
      this.#inbox = [];
      for (const frame of frames) box.receive(frame, nowMs);
    }
    if (this.#commands.length > 0) {
      const commands = this.#commands;
      this.#commands = [];
      for (const act of commands) act(box, nowMs);
    }
    box.work(nowMs);
  }

  /** True time of the next turn; null while there is none. */
  nextTurnMs(trueMs: number): number | null {
    if (!this.box || this.#isStill) return null;
    const dueMs = this.box.dueMs(this.#clock(trueMs));
    return dueMs === Number.POSITIVE_INFINITY ? null : (dueMs - this.#offsetMs) / this.#plan.rate + this.#frozenMs;
  }

  /** A number for the turn at this time, null when one is planned that is no later. */
  plan(atMs: number): number | null {
    if (atMs >= this.#plannedMs) return null;
    this.#plannedMs = atMs;
    return ++this.#ticket;
  }

  isTicket(ticket: number): boolean {
    return ticket === this.#ticket;
  }

  get #isStill(): boolean {
    return this.#troubles.pause > 0 || this.#troubles.freeze > 0;
  }

  get #offsetMs(): number {
    return (this.#index + 1) * clockApartMs;
  }

  #clock(trueMs: number): number {
    return this.#offsetMs + (trueMs - this.#frozenMs) * this.#plan.rate;
  }

  #kill(): void {
    this.box = null;
    this.#inbox = [];
    this.#commands = [];
    this.#ticket++;
    this.#plannedMs = Number.POSITIVE_INFINITY;
  }

  #run(trueMs: number): void {
    if (!this.#isBooted || this.#troubles.crash > 0 || this.#troubles.shutdown > 0 || this.box) return;
    this.box = new SimBox(this.#index, this.#plan, this.#addresses, this.#behaviour, this.#around);
    this.command((box, nowMs) => this.#startIfFit(box, nowMs), trueMs);
  }

  #startIfFit(box: SimBox, nowMs: number): void {
    const { carrier, drain, shutdown } = this.#troubles;
    if (carrier + drain + shutdown === 0) box.everyGroup({ kind: 'start' }, nowMs);
  }
}
