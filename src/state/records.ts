// What evaluation remembers, as checked rows of the table `record`.
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { formatAddress, parseAddress } from '#model/address.ts';
import type { Policy, Pool } from '#model/resources.ts';
import type { Allocation, Memory } from '#model/snapshot.ts';

export type RecordKind = 'allocation' | 'pool' | 'policy';

export interface Entry {
  readonly kind: RecordKind;
  readonly id: string;
  readonly value: Allocation | Pool | Policy;
  readonly crc: number;
}

/** BOUNDED: one entry per allocation, pool and policy. Key: kind and id, parted by a newline. */
export type Entries = Map<string, Entry>;

export interface Kept {
  readonly entries: Entries;
  /** False when a row is missing or does not match its checksum. SQLite itself checks only its structure. */
  readonly intact: boolean;
  /** Whether anything was ever kept: an empty memory is not the same as none. */
  readonly stored: boolean;
}

/** Row of `meta` with number and combined checksum of all records: finds rows that are gone. */
const sealName = 'records';

/** Number of entries and XOR of their checksums. */
export function seal(entries: Entries): string {
  let combined = 0;
  for (const { crc } of entries.values()) combined ^= crc;
  return `${entries.size} ${(combined >>> 0).toString(16)}`;
}

/** Reads all records that carry their right checksum. Never throws for content; SQLite's errors pass. */
export function readKept(db: DatabaseSync): Kept {
  const entries: Entries = new Map();
  let intact = true;
  try {
    for (const row of db.prepare('SELECT kind, id, body, crc FROM record').iterate()) {
      const entry = decode(String(row['kind']), String(row['id']), String(row['body']), Number(row['crc']));
      if (entry) entries.set(entryKey(entry.kind, entry.id), entry);
      else intact = false;
    }
    const sealed = db.prepare('SELECT value FROM meta WHERE name = ?').get(sealName)?.['value'];
    if (sealed !== undefined && sealed !== seal(entries)) intact = false;
    if (sealed === undefined && entries.size > 0) intact = false;
    return { entries, intact, stored: sealed !== undefined };
  } catch {
    return { entries, intact: false, stored: entries.size > 0 };
  }
}

/** The entries of a memory. Unchanged ones are taken from `known`, so that nothing is encoded again. */
export function entriesOf(memory: Memory, known: Entries): Entries {
  const entries: Entries = new Map();
  const add = (kind: RecordKind, id: string, value: Entry['value']) => {
    const key = entryKey(kind, id);
    const old = known.get(key);
    if (old && (old.value === value || sameValue(old.value, value))) entries.set(key, old);
    else entries.set(key, { kind, id, value, crc: checksum(kind, id, encodeBody(value)) });
  };
  for (const allocation of memory.allocations) add('allocation', allocationId(allocation), allocation);
  for (const [name, pool] of memory.goodPools) add('pool', name, pool);
  for (const [name, policy] of memory.goodPolicies) add('policy', name, policy);
  return entries;
}

/** The memory that these entries stand for. */
export function memoryOf(entries: Entries): Memory {
  const allocations: Allocation[] = [];
  const goodPools = new Map<string, Pool>();
  const goodPolicies = new Map<string, Policy>();
  for (const { kind, id, value } of entries.values()) {
    if (kind === 'allocation') allocations.push(value as Allocation);
    else if (kind === 'pool') goodPools.set(id, value as Pool);
    else goodPolicies.set(id, value as Policy);
  }
  return { allocations, goodPools, goodPolicies };
}

/** Writes the difference between two sets of entries, and the new seal. Inside of the caller's transaction. */
export function writeDifference(db: DatabaseSync, before: Entries, after: Entries): void {
  const put = db.prepare('INSERT OR REPLACE INTO record (kind, id, body, crc) VALUES (?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM record WHERE kind = ? AND id = ?');
  for (const [key, { kind, id }] of before) if (!after.has(key)) drop.run(kind, id);
  for (const [key, entry] of after) {
    if (before.get(key) === entry) continue;
    put.run(entry.kind, entry.id, encodeBody(entry.value), entry.crc);
  }
  db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(sealName, seal(after));
}

/** True when both memories hold the same things, found out without building keys. */
export function sameMemory(a: Memory, b: Memory): boolean {
  if (a === b) return true;
  return (
    sameMap(a.goodPools, b.goodPools) &&
    sameMap(a.goodPolicies, b.goodPolicies) &&
    a.allocations.length === b.allocations.length &&
    a.allocations.every((allocation, i) => sameAllocation(allocation, b.allocations[i]))
  );
}

function sameMap<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) if (b.get(name) !== value) return false;
  return true;
}

function sameAllocation(a: Allocation, b: Allocation | undefined): boolean {
  if (a === b) return true;
  return (
    b !== undefined &&
    a.service === b.service &&
    a.address.family === b.address.family &&
    a.address.value === b.address.value &&
    a.pool === b.pool &&
    a.origin === b.origin &&
    a.sinceMs === b.sinceMs
  );
}

function sameValue(a: Entry['value'], b: Entry['value']): boolean {
  if ('service' in a && 'service' in b) return sameAllocation(a, b);
  return encodeBody(a) === encodeBody(b);
}

function allocationId({ service, address }: Allocation): string {
  return `${service} ${formatAddress(address)}`;
}

function entryKey(kind: RecordKind, id: string): string {
  return `${kind}\n${id}`;
}

function checksum(kind: string, id: string, body: string): number {
  return crc32(`${kind}\n${id}\n${body}`);
}

function encodeBody(value: Entry['value']): string {
  if ('service' in value) return JSON.stringify([value.pool, value.origin, value.sinceMs]);
  // Where something was written says nothing about it, and changes with every edit of the file.
  const { position: _position, fields: _fields, ...rest } = value;
  return JSON.stringify(rest);
}

function decode(kind: string, id: string, body: string, crc: number): Entry | null {
  if (checksum(kind, id, body) !== crc) return null;
  try {
    if (kind === 'pool' || kind === 'policy') return { kind, id, value: JSON.parse(body) as Pool | Policy, crc };
    const space = id.lastIndexOf(' ');
    const address = parseAddress(id.slice(space + 1));
    if (kind !== 'allocation' || !address) return null;
    const [pool, origin, sinceMs] = JSON.parse(body) as [string, Allocation['origin'], number];
    return { kind, id, value: { service: id.slice(0, space), address, pool, origin, sinceMs }, crc };
  } catch {
    return null;
  }
}
