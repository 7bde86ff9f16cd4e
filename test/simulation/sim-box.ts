// One box of the simulation: the turn of the capture worker as it is, with all that it runs, under a clock of its own.

import { FirstSigns } from '#capture/first-signs.ts';
import { createGauges } from '#capture/gauges.ts';
import { ResponderLoop } from '#capture/responder-loop.ts';
import { VrrpDuty, type VrrpDutyParts } from '#capture/vrrp-duty.ts';
import type { stepVrrp } from '#core/vrrp.ts';
import type { VrrpState } from '#core/vrrp-state.ts';
import { addressBytes } from '#model/address.ts';
import type { ElectionSettings } from '#model/election.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { writeFriends } from '#table/friends.ts';
import { GroupLeases } from '#table/group-leases.ts';
import { createTable } from '#table/layout.ts';
import { readNeighborSource, writeNeighborSource } from '#table/neighbor-source.ts';
import { createSharedText, SharedTextReader, writeSharedText } from '#table/shared-text.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import type { Watched } from './oracle.ts';
import type { Plan } from './plan.ts';
import { SimLink } from './sim-link.ts';
import { boxAddress, boxMac, groupOfTable, tableGroup, vipAddress, vipOf } from './sim-net.ts';

/** What a mutated box does otherwise; see mutations.ts. */
export interface Behaviour {
  readonly step: typeof stepVrrp;
  /** What the loop sees of the table. */
  readonly tableOf?: (buffer: SharedArrayBuffer) => TableReader;
  /** `table`: what `tableOf` gave. */
  readonly dutyOf?: (parts: VrrpDutyParts, table: TableReader) => VrrpDuty;
}

/** What a box does to the world around it. */
export interface Surroundings {
  send(frame: Uint8Array): void;
  /** Every step of a group, before its effects are carried out. */
  watch(group: number, step: Watched): void;
  readonly random: () => number;
}

const announce = { burstMs: [0, 50, 200, 1100, 2200], refreshMs: 60_000, maxFramesPerSecond: 1000 };
const settingsBytes = 4096;
/** A turn that finds more frames than fit goes on at once; more often than this it would never end. */
const mostTurns = 1000;

export class SimBox {
  readonly mac: Uint8Array;
  /** By group; none before the first event. */
  readonly states: VrrpState[] = [];
  readonly #plan: Plan;
  readonly #table: TableReader;
  readonly #settings = createSharedText(settingsBytes);
  readonly #link: SimLink;
  readonly #loop: ResponderLoop;
  #nowMs = 0;

  constructor(index: number, plan: Plan, behaviour: Behaviour, around: Surroundings) {
    this.mac = boxMac(index);
    this.#plan = plan;
    const buffer = createTable(8);
    this.#table = new TableReader(buffer);
    this.#fill(buffer);
    writeNeighborSource(buffer, addressBytes(boxAddress(index, 'IPv6')));
    // Every box here is known to every other.
    writeFriends(
      buffer,
      plan.boxes.flatMap((_, box) => (box === index ? [] : [boxMac(box)])),
    );
    const link = new SimLink((frame) => around.send(frame));
    this.#link = link;
    const gauges = new Uint32Array(createGauges());
    const table = behaviour.tableOf?.(buffer) ?? this.#table;
    const duty: VrrpDutyParts = {
      link,
      mac: this.mac,
      leases: new GroupLeases(buffer),
      table,
      settings: new SharedTextReader(this.#settings),
      gauges,
      sendToPeer: () => false,
      tell: () => undefined,
      machineOf: (group) => this.#watched(groupOfTable(group), behaviour.step, around),
    };
    this.#loop = new ResponderLoop({
      link,
      table,
      claims: new ClaimRecorder(buffer),
      mac: this.mac,
      neighborSource: () => readNeighborSource(buffer),
      announce,
      gauges,
      clock: () => this.#nowMs,
      random: around.random,
      election: {
        duty: behaviour.dutyOf?.(duty, table) ?? new VrrpDuty(duty),
        signs: new FirstSigns(() => undefined),
      },
    });
  }

  /** What the main thread says. Read in the next turn. */
  configure(settings: ElectionSettings): void {
    if (!writeSharedText(this.#settings, JSON.stringify(settings))) throw new Error('The settings do not fit');
  }

  /** Read in the next turn. */
  receive(frame: Uint8Array): void {
    this.#link.arrive(frame);
  }

  /** A turn of the loop, or as many as it takes until it sleeps; for how long. */
  turn(nowMs: number): number {
    this.#nowMs = nowMs;
    for (let turns = 0; turns < mostTurns; turns++) {
      this.#link.sleepMs = null;
      if (this.#loop.turn() !== 'again') throw new Error('The loop has ended');
      if (this.#link.sleepMs !== null) return this.#link.sleepMs;
    }
    throw new Error('The loop does not come to rest');
  }

  /** Whether requests for the first address of the group are answered: the table's word, not the machine's. */
  answers(group: number, nowMs: number): boolean {
    const family = this.#plan.groups[group] ?? 'IPv4';
    const address = vipAddress(family, vipOf(group, 0));
    const now = nowMs >>> 0;
    if (family === 'IPv4') return this.#table.findIPv4(Number(address.value), now) >= 0;
    return this.#table.findIPv6(addressBytes(address), 0, now) >= 0;
  }

  #fill(buffer: SharedArrayBuffer): void {
    const writer = new TableWriter(buffer);
    for (const [group, family] of this.#plan.groups.entries()) {
      for (let i = 0; i < this.#plan.addresses; i++) {
        const address = vipAddress(family, vipOf(group, i));
        writer.put({ address, group: tableGroup(group, family), generation: 1 });
      }
    }
  }

  #watched(group: number, step: typeof stepVrrp, around: Surroundings): typeof stepVrrp {
    return (before, event, nowMs) => {
      const { state, effects } = step(before, event, nowMs);
      this.states[group] = state;
      around.watch(group, { before, event, after: state, effects });
      return { state, effects };
    };
  }
}
