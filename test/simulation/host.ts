// The machine under a box: power, clock, carrier, the process that runs or does not, and what its main thread says.
import { formatAddress } from '#model/address.ts';
import type { ElectionSettings, GroupOrder, GroupWish } from '#model/election.ts';
import type { Action, BoxPlan, Plan } from './plan.ts';
import { type Behaviour, SimBox, type Surroundings } from './sim-box.ts';
import { boxAddress, tableGroup } from './sim-net.ts';

/** `busy`: the main thread does something else for a while; the worker goes on. */
export type Trouble = 'crash' | 'pause' | 'freeze' | 'carrier' | 'drain' | 'shutdown' | 'busy';

type Setting = Extract<Action, { kind: 'priority' | 'preempt' | 'interval' }>;

/** Clocks of different machines have nothing to do with each other; the first ones wrap as 32-bit numbers on the way. */
const clockApartMs = 10_000;
const firstClockMs = 2 ** 32 - clockApartMs - 4000;
/** A hello that lay about unread for longer orders nothing. */
const freshOrderMs = 300;
const untroubled = { crash: 0, pause: 0, freeze: 0, carrier: 0, drain: 0, shutdown: 0, busy: 0 };

export class Host {
  readonly #index: number;
  readonly #whole: Plan;
  readonly #behaviour: Behaviour;
  readonly #around: Surroundings;
  readonly #troubles: Record<Trouble, number> = { ...untroubled };
  #plan: BoxPlan;
  #isBooted = false;
  /** True time that its clock stood still. */
  #frozenMs = 0;
  #frozenSinceMs = 0;
  /** By group. */
  #orders = new Map<number, GroupOrder>();
  /** Orders that the main thread has not passed on yet, and since when. */
  #heard: { readonly group: number; readonly order: GroupOrder; readonly atMs: number }[] = [];
  #serial = 0;
  /** How often each group was taken out of the configuration. */
  readonly #unwanted: number[];
  /** The main thread has something to say and does not run. */
  #owesSettings = false;
  #ticket = 0;
  #plannedMs = Number.POSITIVE_INFINITY;
  /** By its own clock. */
  #wakeMs = 0;
  box: SimBox | null = null;

  constructor(index: number, whole: Plan, plan: BoxPlan, behaviour: Behaviour, around: Surroundings) {
    this.#index = index;
    this.#whole = whole;
    this.#plan = plan;
    this.#behaviour = behaviour;
    this.#around = around;
    this.#unwanted = whole.groups.map(() => 0);
  }

  boot(trueMs: number): void {
    this.#isBooted = true;
    this.#run(trueMs);
  }

  /** Awake and with carrier: what it sends leaves, and what is sent arrives. */
  get isOnline(): boolean {
    return this.box !== null && !this.#isStill && this.#troubles.carrier === 0;
  }

  /** Its main thread runs. */
  get isAwake(): boolean {
    return this.box !== null && !this.#isStill && this.#troubles.busy === 0;
  }

  answers(group: number, trueMs: number): boolean {
    return this.isOnline && (this.box?.answers(group, this.#clock(trueMs)) ?? false);
  }

  suffer(trouble: Trouble, trueMs: number): void {
    if (this.#troubles[trouble]++ > 0) return;
    if (trouble === 'crash') this.#kill();
    if (trouble === 'freeze') this.#frozenSinceMs = trueMs;
    if (trouble === 'shutdown') this.#releaseAll();
    if (trouble === 'carrier' || trouble === 'drain' || trouble === 'shutdown') this.#tell(trueMs);
  }

  recover(trouble: Trouble, trueMs: number): void {
    if (--this.#troubles[trouble] > 0) return;
    if (trouble === 'freeze') this.#frozenMs += trueMs - this.#frozenSinceMs;
    // The process that was shut down has ended by now.
    if (trouble === 'shutdown') this.#kill();
    if (trouble === 'crash' || trouble === 'shutdown') this.#run(trueMs);
    if (trouble === 'pause' || trouble === 'freeze') this.#wake(trueMs);
    if (trouble === 'busy' && this.#owesSettings) this.#tell(trueMs);
    if (trouble === 'carrier' || trouble === 'drain') this.#tell(trueMs);
  }

  /** The group is taken out of the configuration (1), or is in it again (−1). */
  unwant(group: number, by: 1 | -1, trueMs: number): void {
    this.#unwanted[group] = (this.#unwanted[group] ?? 0) + by;
    this.#tell(trueMs);
  }

  order(group: number, act: GroupOrder['act'], from: string | null, trueMs: number): void {
    this.#heard.push({ group, order: { serial: ++this.#serial, act, from, provisionalMs: 0 }, atMs: trueMs });
    this.#tell(trueMs);
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
    this.#tell(trueMs);
  }

  receive(frame: Uint8Array, trueMs: number): void {
    if (!this.box || this.#troubles.carrier > 0 || this.#troubles.freeze > 0) return;
    this.box.receive(frame);
    this.turn(trueMs);
  }

  turn(trueMs: number): void {
    this.#plannedMs = Number.POSITIVE_INFINITY;
    this.#ticket++;
    if (!this.box || this.#isStill) return;
    const nowMs = this.#clock(trueMs);
    this.#wakeMs = nowMs + this.box.turn(nowMs);
  }

  /** True time of the next turn; null while there is none. */
  nextTurnMs(): number | null {
    if (!this.box || this.#isStill) return null;
    return (this.#wakeMs - this.#offsetMs) / this.#plan.rate + this.#frozenMs;
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
    return firstClockMs + this.#index * clockApartMs;
  }

  #clock(trueMs: number): number {
    return this.#offsetMs + (trueMs - this.#frozenMs) * this.#plan.rate;
  }

  #kill(): void {
    this.box = null;
    this.#orders = new Map();
    this.#heard = [];
    this.#owesSettings = false;
    this.#ticket++;
    this.#plannedMs = Number.POSITIVE_INFINITY;
  }

  #run(trueMs: number): void {
    if (!this.#isBooted || this.#troubles.crash > 0 || this.#troubles.shutdown > 0 || this.box) return;
    this.box = new SimBox(this.#index, this.#whole, this.#behaviour, this.#around);
    this.#tell(trueMs);
  }

  /** Which of the two threads runs first again is anybody's guess. */
  #wake(trueMs: number): void {
    if (!this.box || this.#isStill) return;
    if (this.#around.random() < 0.5) this.turn(trueMs);
    if (this.#owesSettings) this.#tell(trueMs);
    this.turn(trueMs);
  }

  /** The main thread gives the worker its settings, as soon as it runs. */
  #tell(trueMs: number): void {
    if (!this.box) return;
    this.#owesSettings = this.#isStill || this.#troubles.busy > 0;
    if (this.#owesSettings) return;
    for (const { group, order, atMs } of this.#heard.splice(0)) {
      if (trueMs - atMs <= freshOrderMs) this.#orders.set(group, order);
    }
    this.box.configure(this.#settings());
    this.turn(trueMs);
  }

  /** What the main thread does at SIGTERM: whatever is led is let go. */
  #releaseAll(): void {
    for (const [group, state] of this.box?.states.entries() ?? []) {
      if (state?.phase !== 'active' && state?.phase !== 'leaving') continue;
      this.#orders.set(group, { serial: ++this.#serial, act: 'release', from: null, provisionalMs: 0 });
    }
  }

  #settings(): ElectionSettings {
    const { intervalMs, preempt, preemptDelayMs } = this.#plan;
    const hasCarrier = this.#troubles.carrier === 0;
    const source = (family: 'IPv4' | 'IPv6') => (hasCarrier ? formatAddress(boxAddress(this.#index, family)) : null);
    return {
      groups: hasCarrier && this.#troubles.drain === 0 ? this.#wishes() : [],
      advertisementIntervalMs: intervalMs,
      maxLearnedIntervalMs: 10_000,
      preempt,
      preemptDelayMs,
      checksum: 'auto',
      addresses: [],
      peers: [],
      sourceIPv4: source('IPv4'),
      sourceIPv6: source('IPv6'),
      boxes: this.#whole.boxes.flatMap((_, box) =>
        (['IPv4', 'IPv6'] as const).map((family) => formatAddress(boxAddress(box, family))),
      ),
    };
  }

  #wishes(): readonly GroupWish[] {
    return this.#whole.groups.flatMap((family, group) => {
      if ((this.#unwanted[group] ?? 0) > 0) return [];
      const priority = this.#plan.priorities[group] ?? 1;
      const order = this.#orders.get(group) ?? null;
      return [{ group: tableGroup(group, family), priority, isPinned: false, order }];
    });
  }
}
