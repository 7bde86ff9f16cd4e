// A StateStore that keeps everything in memory, with a fault that tests switch on and off.

import type { AppliedDocuments } from '#model/applied-documents.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { Memory } from '#model/snapshot.ts';
import type { StateStore } from '#ports.ts';

/** What outlives one opening of a MemoryStateStore, as a disk would. */
export class MemoryDisk {
  memory: Memory | null = null;
  readonly seen = new Map<string, number>();
  readonly applied = new Map<string, AppliedDocuments>();
  journal: JournalEntry[] = [];
}

export class MemoryStateStore implements StateStore {
  readonly disk: MemoryDisk;
  /** Every memory that was saved, in order. */
  readonly saves: Memory[] = [];
  faultText: string | null = null;
  damageText: string | null = null;
  closed = false;

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.disk = disk;
  }

  loadMemory(): Memory | null {
    return this.disk.memory;
  }

  saveMemory(memory: Memory): void {
    this.saves.push(memory);
    const strip = <T extends object>(objects: ReadonlyMap<string, T>) =>
      new Map([...objects].map(([name, value]) => [name, { ...value, position: undefined, fields: undefined }]));
    this.disk.memory = {
      owned: new Map(memory.owned),
      policyFaults: new Map(memory.policyFaults),
      released: [...(memory.released ?? [])],
      allocations: [...memory.allocations],
      goodPools: strip(memory.goodPools) as unknown as Memory['goodPools'],
      goodPolicies: strip(memory.goodPolicies) as unknown as Memory['goodPolicies'],
    };
  }

  firstSeen(objects: readonly string[], nowMs: number): ReadonlyMap<string, number> {
    const { seen } = this.disk;
    return new Map(
      objects.map((object) => {
        const time = seen.get(object) ?? nowMs;
        seen.set(object, time);
        return [object, time];
      }),
    );
  }

  retainSeen(objects: ReadonlySet<string>): void {
    for (const object of this.disk.seen.keys()) if (!objects.has(object)) this.disk.seen.delete(object);
  }

  saveApplied(key: string, applied: AppliedDocuments): void {
    this.disk.applied.set(key, applied);
  }

  loadApplied(key: string): AppliedDocuments | null {
    return this.disk.applied.get(key) ?? null;
  }

  appliedGeneration(key: string): { generation: number; digest: string } | null {
    const applied = this.disk.applied.get(key);
    return applied ? { generation: applied.generation, digest: applied.digest } : null;
  }

  append(entries: readonly JournalEntry[], keep: number): void {
    this.disk.journal = [...this.disk.journal, ...entries].slice(-keep);
  }

  journal(limit: number): readonly JournalEntry[] {
    return limit > 0 ? this.disk.journal.slice(-limit) : [];
  }

  fault(): string | null {
    return this.faultText;
  }

  damage(): string | null {
    return this.damageText;
  }

  close(): void {
    this.closed = true;
  }
}
