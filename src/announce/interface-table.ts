// The rows of one interface: what this node answers for there, in shared memory.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import type { CaptureReport, CaptureState, CaptureTarget } from '#ports.ts';
import { createTable } from '#table/layout.ts';
import { type NeighborSource, writeNeighborSource } from '#table/neighbor-source.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply, Verdict, verdictNames } from '#table/verdict.ts';
import { advertisingNote, advertisingSource } from './advertising-source.ts';

/** Well-formed requests that got no answer. */
const unansweredRequests: ReadonlySet<number> = new Set([Verdict.not_ours, Verdict.standby, Verdict.no_source]);

interface Row {
  readonly address: IpAddress;
  readonly group: number;
  generation: number;
  /** Wall clock, milliseconds since 1970: for people only. */
  readonly sinceMs: number;
}

export class InterfaceTable {
  readonly name: string;
  readonly #index: number;
  readonly #mac: string;
  readonly #buffer: SharedArrayBuffer;
  readonly #writer: TableWriter;
  /** By canonical address. BOUNDED: capacity of the table. */
  readonly #rows = new Map<string, Row>();
  #carrierUps: number;
  #generation = 0;
  #source: NeighborSource = 'none';
  #hasIpv6 = false;

  /** `deadlineMs`: monotonic; rows are answered until then unless it is extended. */
  constructor(link: Interface, capacity: number, deadlineMs: number) {
    this.name = link.name;
    this.#index = link.index;
    this.#mac = link.mac;
    this.#carrierUps = link.carrierUps;
    this.#buffer = createTable(capacity);
    this.#writer = new TableWriter(this.#buffer);
    this.extendDeadline(deadlineMs);
  }

  /** False when the link is another one now: re-created, another MAC, or the capacity was changed. */
  fits(link: Interface, capacity: number): boolean {
    return link.index === this.#index && link.mac === this.#mac && capacity === this.#writer.capacity;
  }

  /** Makes the rows equal this set; returns how many did not fit. Unchanged rows are left alone: no new announcement. */
  setRows(wanted: readonly { address: IpAddress; group: number }[], wallMs: number): number {
    const keys = new Set(wanted.map((row) => formatAddress(row.address)));
    this.#hasIpv6 = wanted.some(({ address }) => address.family === 'IPv6');
    let overflow = 0;
    this.#writer.batch(() => {
      for (const [key, row] of this.#rows) {
        if (keys.has(key)) continue;
        this.#writer.remove(row.address);
        this.#rows.delete(key);
      }
      for (const { address, group } of wanted) {
        const key = formatAddress(address);
        if (this.#rows.get(key)?.group === group) continue;
        const row: Row = { address, group, generation: ++this.#generation, sinceMs: wallMs };
        if (this.#writer.put(row)) this.#rows.set(key, row);
        else overflow++;
      }
    });
    return overflow;
  }

  /** After the carrier came back, neighbors and switches may have forgotten us: everything is announced again. */
  noteCarrier(link: Interface): void {
    if (link.carrierUps === this.#carrierUps) return;
    this.#carrierUps = link.carrierUps;
    const generation = ++this.#generation;
    this.#writer.batch(() => {
      for (const row of this.#rows.values()) {
        row.generation = generation;
        this.#writer.put(row);
      }
    });
  }

  /** Where Neighbor Advertisements come from: may appear or change at any time. */
  noteSource(link: Interface): void {
    const source = advertisingSource(link);
    if (String(source) === String(this.#source)) return;
    this.#source = source;
    writeNeighborSource(this.#buffer, source);
  }

  extendDeadline(deadlineMs: number): void {
    this.#writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: deadlineMs >>> 0 });
  }

  /** Nothing of this table is answered from the next frame on, and its worker ends. */
  withdraw(): void {
    for (const row of this.#rows.values()) this.#writer.remove(row.address);
    this.#rows.clear();
    this.#writer.requestStop();
  }

  target(): CaptureTarget {
    return { interface: this.name, index: this.#index, mac: this.#mac, up: true, table: this.#buffer };
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
      rows: [...this.#rows].map(([ip, row]) => ({
        ip,
        answers: this.#writer.answers(row.address),
        sinceMs: row.sinceMs,
        generation: row.generation,
      })),
    };
  }
}
