// What evaluation remembers, as checked rows of the table `record`.
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { Quarantined } from '#model/claims.ts';
import type { Policy, Pool } from '#model/resources.ts';
import type { Allocation, Memory } from '#model/snapshot.ts';
import { sameAllocation } from './same-memory.ts';

const recordKinds = ['allocation', 'pool', 'policy', 'owned', 'fault', 'released', 'claimed', 'quarantine'] as const;
export type RecordKind = (typeof recordKinds)[number];

type Value = Allocation | Pool | Policy | Quarantined | readonly string[] | readonly IpAddress[];

export interface Entry {
  readonly kind: RecordKind;
  readonly id: string;
  /** Kind and id. */
  readonly key: string;
  readonly value: Value;
  readonly crc: number;
}

/** BOUNDED: by what evaluation remembers, which has its own bounds. Key: kind and id, parted by a newline. */
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
      if (entry) entries.set(entry.key, entry);
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

/** Entries by the object that they were made of: rounds hand most objects on as they are, and keys cost more than rows. */
const madeOf = new WeakMap<object, Entry>();

/** The entries of a memory. Unchanged ones are taken from `known`, so that nothing is encoded again. */
export function entriesOf(memory: Memory, known: Entries): Entries {
  const entries: Entries = new Map();
  const add = (kind: RecordKind, id: string, value: Value) => {
    const key = entryKey(kind, id);
    const old = known.get(key);
    const isOld = old && (old.value === value || sameValue(kind, old.value, value));
    const entry = isOld ? old : { kind, id, key, value, crc: checksum(kind, id, encodeBody(kind, value)) };
    entries.set(key, entry);
    if (kind === 'allocation') madeOf.set(value, entry);
  };
  for (const allocation of memory.allocations) {
    const entry = madeOf.get(allocation);
    if (entry && known.get(entry.key) === entry) entries.set(entry.key, entry);
    else add('allocation', allocationId(allocation), allocation);
  }
  for (const [kind, id, value] of othersOf(memory)) add(kind, id, value);
  return entries;
}

function* othersOf(memory: Memory): Iterable<readonly [RecordKind, string, Value]> {
  for (const [name, pool] of memory.goodPools) yield ['pool', name, pool];
  for (const [name, policy] of memory.goodPolicies) yield ['policy', name, policy];
  for (const [service, addresses] of memory.owned ?? []) yield ['owned', service, addresses];
  for (const [policy, types] of memory.policyFaults ?? []) yield ['fault', policy, types];
  for (const [ip, names] of memory.claimed ?? []) yield ['claimed', ip, names];
  for (const entry of memory.quarantine ?? []) yield ['quarantine', formatAddress(entry.address), entry];
  if (memory.released?.length) yield ['released', '', memory.released];
}

/** The memory that these entries stand for. */
export function memoryOf(entries: Entries): Memory {
  const allocations: Allocation[] = [];
  const goodPools = new Map<string, Pool>();
  const goodPolicies = new Map<string, Policy>();
  const owned = new Map<string, readonly string[]>();
  const policyFaults = new Map<string, readonly string[]>();
  const claimed = new Map<string, readonly string[]>();
  const quarantine: Quarantined[] = [];
  let released: readonly IpAddress[] = [];
  const collect: Record<RecordKind, (id: string, value: Value) => void> = {
    allocation: (_id, value) => void allocations.push(value as Allocation),
    pool: (id, value) => void goodPools.set(id, value as Pool),
    policy: (id, value) => void goodPolicies.set(id, value as Policy),
    owned: (id, value) => void owned.set(id, value as readonly string[]),
    fault: (id, value) => void policyFaults.set(id, value as readonly string[]),
    claimed: (id, value) => void claimed.set(id, value as readonly string[]),
    quarantine: (_id, value) => void quarantine.push(value as Quarantined),
    released: (_id, value) => {
      released = value as readonly IpAddress[];
    },
  };
  for (const { kind, id, value } of entries.values()) collect[kind](id, value);
  return { allocations, goodPools, goodPolicies, owned, released, policyFaults, claimed, quarantine };
}

/** Writes the difference and the new seal, in the caller's transaction. `sealed`: where both are only parts of all. */
export function writeDifference(db: DatabaseSync, before: Entries, after: Entries, sealed = seal(after)): void {
  const put = db.prepare('INSERT OR REPLACE INTO record (kind, id, body, crc) VALUES (?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM record WHERE kind = ? AND id = ?');
  for (const [key, { kind, id }] of before) if (!after.has(key)) drop.run(kind, id);
  for (const [key, entry] of after) {
    if (before.get(key) === entry) continue;
    put.run(entry.kind, entry.id, encodeBody(entry.kind, entry.value), entry.crc);
  }
  db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(sealName, sealed);
}

function sameValue(kind: RecordKind, a: Value, b: Value): boolean {
  if (kind === 'allocation') return sameAllocation(a as Allocation, b as Allocation);
  return encodeBody(kind, a) === encodeBody(kind, b);
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

function encodeBody(kind: RecordKind, value: Value): string {
  if (kind === 'allocation') {
    return encodeAllocation(value as Allocation);
  }
  if (kind === 'released') return JSON.stringify((value as readonly IpAddress[]).map(formatAddress));
  if (kind === 'owned' || kind === 'fault' || kind === 'claimed') return JSON.stringify(value);
  if (kind === 'quarantine') {
    const { interface: name, mac, sinceMs } = value as Quarantined;
    return JSON.stringify([name, mac, sinceMs]);
  }
  // Where something was written says nothing about it, and changes with every edit of the file.
  const { position: _position, fields: _fields, ...rest } = value as Pool | Policy;
  return JSON.stringify(rest);
}

/** What is absent at the end is left out: older versions wrote the same. */
function encodeAllocation({ pool, origin, sinceMs, share, node }: Allocation): string {
  const head = [pool, origin, sinceMs];
  if (node !== undefined) return JSON.stringify([...head, share ?? null, node]);
  return JSON.stringify(share === undefined ? head : [...head, share]);
}

function decode(kind: string, id: string, body: string, crc: number): Entry | null {
  if (checksum(kind, id, body) !== crc || !isRecordKind(kind)) return null;
  try {
    const value = decodeBody(kind, id, JSON.parse(body));
    return value ? { kind, id, key: entryKey(kind, id), value, crc } : null;
  } catch {
    return null;
  }
}

function isRecordKind(kind: string): kind is RecordKind {
  return (recordKinds as readonly string[]).includes(kind);
}

function decodeBody(kind: RecordKind, id: string, body: unknown): Value | null {
  if (kind === 'released') {
    return (body as string[]).map(parseAddress).filter((address) => address !== null);
  }
  if (kind === 'quarantine') {
    const address = parseAddress(id);
    const [name, mac, sinceMs] = body as [string, string, number];
    return address && { address, interface: name, mac, sinceMs };
  }
  if (kind !== 'allocation') return body as Pool | Policy | readonly string[];
  const space = id.lastIndexOf(' ');
  const address = parseAddress(id.slice(space + 1));
  if (!address) return null;
  const [pool, origin, sinceMs, share, node] = body as [string, Allocation['origin'], number, string?, string?];
  const more = { ...(share ? { share } : {}), ...(node ? { node } : {}) };
  return { service: id.slice(0, space), address, pool, origin, sinceMs, ...more };
}
