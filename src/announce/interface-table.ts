// The rows of one interface: what this node answers for there, in shared memory.
import { advertisingNote, advertisingSource } from '#core/advertising-source.ts';
import { parseMac } from '#model/address.ts';
import type { ClaimSight } from '#model/claims.ts';
import { type GroupReport, isLeading } from '#model/election.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Interface } from '#model/resources.ts';
import type { CaptureReport, CaptureState, CaptureTarget } from '#ports.ts';
import { writeFriends } from '#table/friends.ts';
import { createTable } from '#table/layout.ts';
import { type NeighborSource, writeNeighborSource } from '#table/neighbor-source.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply, Verdict, verdictNames } from '#table/verdict.ts';
import { TableRows, type WantedRow } from './table-rows.ts';

/** Well-formed requests that got no answer. */
const unansweredRequests: ReadonlySet<number> = new Set([Verdict.not_ours, Verdict.standby, Verdict.no_source]);

export class InterfaceTable {
  readonly name: string;
  readonly #index: number;
  readonly #mac: string;
  readonly #buffer: SharedArrayBuffer;
  readonly #writer: TableWriter;
  readonly #rows: TableRows;
  #carrierUps: number;
  #source: NeighborSource = 'none';
  #hasIpv6 = false;
  #friends = '';
  #led = 'all';

  /** `deadlineMs`: monotonic; rows are answered until then unless it is extended. */
  constructor(link: Interface, capacity: number, deadlineMs: number) {
    this.name = link.name;
    this.#index = link.index;
    this.#mac = link.mac;
    this.#carrierUps = link.carrierUps;
    this.#buffer = createTable(capacity);
    this.#writer = new TableWriter(this.#buffer);
    this.#rows = new TableRows(this.#buffer, this.#writer);
    this.#rows.carrier(link.carrier, false);
    this.extendDeadline(deadlineMs);
  }

  /** False when the link is another one now: re-created, another MAC, or the capacity was changed. */
  fits(link: Interface, capacity: number): boolean {
    return link.index === this.#index && link.mac === this.#mac && capacity === this.#writer.capacity;
  }

  /** Makes the rows equal this set; returns how many did not fit. */
  setRows(wanted: readonly WantedRow[], conflict: NodeConfig['conflict'], wallMs: number): number {
    this.#hasIpv6 = wanted.some(({ address }) => address.family === 'IPv6');
    this.#rows.setPolicy(conflict);
    this.#rows.set(wanted, wallMs);
    return this.#rows.unfit().size;
  }

  noteCarrier(link: Interface): void {
    this.#rows.carrier(link.carrier, link.carrierUps !== this.#carrierUps);
    this.#carrierUps = link.carrierUps;
  }

  /** What the worker says of its groups; null: nothing is elected. */
  noteElection(groups: readonly GroupReport[] | null): void {
    const led = groups && new Set(groups.flatMap(({ group, phase }) => (isLeading(phase) ? [group] : [])));
    const text = led === null ? 'all' : [...led].join();
    if (text === this.#led) return;
    this.#led = text;
    this.#rows.setLed(led);
  }

  /** False: the address is not answered here. */
  announceAgain(ip: string): boolean {
    return this.#rows.again(ip);
  }

  /** Looks at what the worker wrote about claims; whether there is news for a round. */
  pollClaims(wallMs: number): boolean {
    return this.#rows.poll(wallMs);
  }

  /** What is known about claims. `nowMs`: monotonic, not wrapped. */
  sight(nowMs: number): ClaimSight {
    return this.#rows.sight(this.name, nowMs);
  }

  /** Where Neighbor Advertisements come from: may appear or change at any time. */
  noteSource(link: Interface): void {
    const source = advertisingSource(link);
    if (String(source) === String(this.#source)) return;
    this.#source = source;
    writeNeighborSource(this.#buffer, source);
  }

  /** MACs of our own other interfaces on whatever LAN, and of other boxes of ours. */
  setFriends(macs: readonly string[]): void {
    if (macs.join() === this.#friends) return;
    this.#friends = macs.join();
    const others = macs.filter((mac) => mac !== this.#mac).map(parseMac);
    writeFriends(
      this.#buffer,
      others.filter((mac) => mac !== null),
    );
  }

  extendDeadline(deadlineMs: number): void {
    this.#writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: deadlineMs >>> 0 });
  }

  /** Nothing of this table is answered from the next frame on, and its worker ends. */
  withdraw(): void {
    this.#rows.clear();
    this.#writer.requestStop();
  }

  target(election: SharedArrayBuffer | null): CaptureTarget {
    return { interface: this.name, index: this.#index, mac: this.#mac, up: true, table: this.#buffer, election };
  }

  /** `fault`: what else is wrong with this interface, for people. */
  report(state: CaptureState | undefined, fault: string): CaptureReport {
    const counters = this.#writer.counters();
    let answers = 0;
    let requests = 0;
    const drops: Record<string, number> = {};
    for (const [verdict, name] of verdictNames.entries()) {
      const count = counters[name] ?? 0;
      if (carriesReply(verdict)) answers += count;
      else if (verdict !== Verdict.spoof_suspect) drops[name] = count;
      if (carriesReply(verdict) || unansweredRequests.has(verdict)) requests += count;
    }
    return {
      interface: this.name,
      capture: state?.capture ?? 'down',
      detail: [state?.detail, this.#hasIpv6 ? advertisingNote(this.#source) : '', fault].filter(Boolean).join('; '),
      mac: this.#mac,
      requests,
      answers,
      drops,
      announced: state?.announced ?? 0,
      kernelDrops: state?.kernelDrops ?? 0,
      sendErrors: state?.sendErrors ?? 0,
      advertisements: state?.advertisements ?? {},
      rows: [...this.#rows.announced()],
      unfit: this.#rows.unfit(),
    };
  }
}
