// Which groups are reported when, as a listener of MLDv2 does it that takes every source.
// Read RFC 3810 §6.1 and RFC 3810 §6.2 before changing this file.
import { type GroupQuery, GroupRecord } from '#wire/mld.ts';

/** RFC 3810 §9.1, Robustness Variable: a change is told so often, because any report may be lost. */
const robustness = 2;
/** RFC 3810 §9.11, Unsolicited Report Interval: the repetition follows within this time. */
const repeatMs = 1000;

interface Due {
  readonly type: GroupRecord;
  atMs: number;
  /** How often it is still to be told. */
  left: number;
}

export interface DueReport {
  readonly type: GroupRecord;
  readonly suffixes: readonly number[];
}

/** Pure: time (monotonic milliseconds) and randomness (0…1) are given. Groups are low 24 bits of addresses. */
export class GroupReportSchedule {
  readonly #random: () => number;
  #groups: ReadonlySet<number> = new Set();
  /** BOUNDED: groups, and those that were left a moment ago. */
  readonly #due = new Map<number, Due>();
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Makes the groups equal this set: what came and what went is told, but not of a group that stays in another way
   * (`isJoined`): a switch that takes a leave at its word would cut it off.
   */
  set(groups: ReadonlySet<number>, isJoined: (group: number) => boolean, nowMs: number): void {
    for (const group of groups)
      if (!this.#groups.has(group)) this.#tell(group, GroupRecord.toExclude, nowMs, robustness);
    for (const group of this.#groups) {
      if (groups.has(group)) continue;
      if (isJoined(group)) this.#due.delete(group);
      else this.#tell(group, GroupRecord.toInclude, nowMs, robustness);
    }
    this.#groups = new Set(groups);
  }

  /** Nothing is reported any more, and all that was left is told. */
  isOver(): boolean {
    return this.#groups.size === 0 && this.#due.size === 0;
  }

  /** The link is back: whoever is at its other end may know nothing of us. */
  again(nowMs: number): void {
    for (const group of this.#groups) this.#tell(group, GroupRecord.toExclude, nowMs, robustness);
  }

  /** RFC 3810 §6.2: answered after a random part of the time that the query allows; an earlier answer counts for it, too. */
  query({ suffix, maxDelayMs }: GroupQuery, nowMs: number): void {
    const atMs = nowMs + maxDelayMs * this.#random();
    const asked = suffix === null ? this.#groups : this.#groups.has(suffix) ? [suffix] : [];
    for (const group of asked) {
      const known = this.#due.get(group);
      if (!known) this.#tell(group, GroupRecord.isExclude, atMs, 1);
      else if (known.atMs > atMs) known.atMs = atMs;
    }
    this.#nextMs = Math.min(this.#nextMs, atMs);
  }

  /** Reports to send now, with at most `most` groups each; at most `reports` of them. Call again soon for the rest. */
  take(nowMs: number, most: number, reports: number): readonly DueReport[] {
    if (nowMs < this.#nextMs) return [];
    const found = new Map<GroupRecord, number[]>();
    let room = most * reports;
    this.#nextMs = Number.POSITIVE_INFINITY;
    for (const [group, due] of this.#due) {
      if (due.atMs <= nowMs && room > 0) {
        room--;
        const list = found.get(due.type) ?? [];
        found.set(due.type, list);
        list.push(group);
        due.left--;
        due.atMs = nowMs + repeatMs * this.#random();
        if (due.left === 0) this.#due.delete(group);
      }
      if (due.left > 0) this.#nextMs = Math.min(this.#nextMs, due.atMs);
    }
    return [...found].flatMap(([type, groups]) => parts(groups, most).map((suffixes) => ({ type, suffixes })));
  }

  #tell(group: number, type: GroupRecord, atMs: number, left: number): void {
    this.#due.set(group, { type, atMs, left });
    this.#nextMs = Math.min(this.#nextMs, atMs);
  }
}

function parts(groups: readonly number[], most: number): number[][] {
  const found: number[][] = [];
  for (let at = 0; at < groups.length; at += most) found.push(groups.slice(at, at + most));
  return found;
}
