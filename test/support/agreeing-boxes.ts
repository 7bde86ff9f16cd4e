// Boxes that evaluate for themselves and hear each other's records whenever a test says so.
import { evaluate } from '#core/evaluate.ts';
import { mergeRecords } from '#core/merge-records.ts';
import { ownRecords } from '#core/own-records.ts';
import type { Exclusion, PeerExclusion, PeerRecord } from '#model/records.ts';
import type { Inputs } from '#model/resources.ts';
import type { Allocation, Desired, Memory, Observed } from '#model/snapshot.ts';
import { inputs, memory } from './objects.ts';
import { observed } from './world.ts';

export class AgreeingBox {
  readonly name: string;
  readonly skewMs: number;
  declared: Partial<Inputs> = {};
  exclusions: readonly Exclusion[] = [];
  answered: ReadonlySet<string> = new Set();
  memory: Memory = memory();
  /** What is on its disk. */
  #kept: Memory = this.memory;
  /** Nothing is written any more: what a restart brings back gets older. */
  isDiskFull = false;
  desired: Desired | null = null;
  /** The last set heard of each box. */
  readonly heard = new Map<
    string,
    { readonly records: readonly PeerRecord[]; readonly exclusions: readonly PeerExclusion[] }
  >();

  constructor(name: string, skewMs = 0) {
    this.name = name;
    this.skewMs = skewMs;
  }

  hear(other: AgreeingBox): void {
    const exclusions = other.exclusions.map((one) => ({ ...one, by: other.name }));
    this.heard.set(other.name, { records: ownRecords(other.memory.allocations, other.name), exclusions });
  }

  forget(other: AgreeingBox): void {
    this.heard.delete(other.name);
  }

  restart(): void {
    this.memory = structuredClone(this.#kept);
    this.heard.clear();
  }

  round(nowMs: number, more: Partial<Observed> = {}): Desired {
    const sets = [...this.heard.values()];
    const records = mergeRecords(...sets.map((set) => set.records));
    const peers = { records, exclusions: sets.flatMap((set) => set.exclusions), answered: this.answered };
    const quarantine = this.exclusions.filter(({ kind }) => kind === 'conflict');
    const base = observed({ ...more, inputs: inputs(this.declared), memory: this.memory, peers, quarantine });
    const options = { ...base.options, nowMs: nowMs + this.skewMs };
    this.desired = evaluate({ ...base, options, node: { name: this.name, labels: {} } });
    this.memory = this.desired.memory;
    this.keep();
    return this.desired;
  }

  /** Writes to the disk what it remembers, if there is room. */
  keep(): void {
    if (!this.isDiskFull) this.#kept = this.memory;
  }

  /** What `get ips` is made of. */
  ips(): readonly Allocation[] {
    const compare = (a: Allocation, b: Allocation) => (a.service < b.service ? -1 : a.service > b.service ? 1 : 0);
    return (this.desired?.allocations ?? []).map((one) => ({ ...one, node: one.node ?? this.name })).sort(compare);
  }
}

/** Everybody hears everybody and evaluates, in this order, so often. */
export function gossip(boxes: readonly AgreeingBox[], sweeps: number, nowMs: number): void {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const box of boxes) {
      for (const other of boxes) if (other !== box) box.hear(other);
      box.round(nowMs + sweep);
    }
  }
}
