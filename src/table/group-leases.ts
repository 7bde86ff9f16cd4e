// Leadership of groups that the capture worker owns: it runs the state machine, so it writes their leases.
import { activeBit, Group, groupAt, groupCount, readLayout } from './layout.ts';

/** For the thread of the table's reader; groups of mode `vrrp` alone. The epoch stays: whoever calls knows. */
export class GroupLeases {
  readonly #words: Int32Array;
  readonly #firstAt: number;
  readonly #step: number;

  /** Takes leadership of all groups but the solo one away: another worker may have had them. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    const layout = readLayout(this.#words);
    this.#firstAt = groupAt(layout, 0) + Group.lease;
    this.#step = groupAt(layout, 1) - groupAt(layout, 0);
    for (let group = 1; group < groupCount; group++) this.lead(group, null);
  }

  /** Leads a group until `deadlineMs` (monotonic, the low 32 bits count), or no longer (null). */
  lead(group: number, deadlineMs: number | null): void {
    const lease = deadlineMs === null ? 0 : (deadlineMs & ~activeBit) | activeBit;
    Atomics.store(this.#words, this.#firstAt + group * this.#step, lease);
  }
}
