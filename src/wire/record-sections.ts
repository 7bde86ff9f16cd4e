// How boxes fetch each other's records: a want says what is known already, bucket by bucket; sections bring what differs.
import { addressBytes, type IpAddress } from '#model/address.ts';
import type { Exclusion, PeerRecord } from '#model/records.ts';
import { ByteReader, ByteWriter } from './byte-stream.ts';

/** Buckets of allocation records, and one of exclusions behind them. */
export const recordBuckets = 256;
export const allBuckets = recordBuckets + 1;

export interface Want {
  /** Chosen anew for every want, so that two digests that look alike do so once. */
  readonly salt: number;
  /** `foldDigest` of every bucket that is known. */
  readonly folds: readonly number[];
}

export type Item = Omit<PeerRecord, 'by'> | Exclusion;

/** One part of one bucket. */
export interface Section {
  readonly bucket: number;
  readonly part: number;
  readonly parts: number;
  /** Of the whole bucket. */
  readonly digest: number;
  readonly items: readonly Item[];
}

/** 32 bits of a digest, different ones for every salt. */
export function foldDigest(digest: number, salt: number): number {
  const low = Math.imul(((digest % 0x1_0000_0000) | 0) ^ salt, 2_654_435_761);
  const high = Math.imul(Math.floor(digest / 0x1_0000_0000) + salt, 1_597_334_677);
  return (low ^ (low >>> 15) ^ high ^ (high >>> 13)) >>> 0;
}

export function emitWant({ salt, folds }: Want): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(salt);
  for (const fold of folds) writer.u32(fold);
  return writer.bytes();
}

/** Null: no want. */
export function parseWant(body: Uint8Array): Want | null {
  const reader = new ByteReader(body);
  const salt = reader.u32();
  const folds = Array.from({ length: allBuckets }, () => reader.u32());
  return reader.failed ? null : { salt, folds };
}

const origins: readonly PeerRecord['origin'][] = ['auto', 'requested', 'shared', 'restored'];
const kinds = { record: 1, own: 2, conflict: 3 } as const;
/** Bucket, part, parts, digest, length. */
const sectionBytes = 2 + 1 + 1 + 8 + 2;

/** Bodies of datagrams of at most `room` bytes that bring these buckets. */
export function* emitSections(
  buckets: readonly { readonly bucket: number; readonly digest: number; readonly items: readonly Item[] }[],
  room: number,
): Iterable<Uint8Array> {
  let body = new ByteWriter();
  for (const { bucket, digest, items } of buckets) {
    const parts = partsOf(items, room - sectionBytes);
    for (const [part, bytes] of parts.entries()) {
      if (body.length > 0 && body.length + sectionBytes + bytes.length > room) {
        yield body.bytes();
        body = new ByteWriter();
      }
      body.u16(bucket);
      body.u8(part);
      body.u8(parts.length);
      body.f64(digest);
      body.u16(bytes.length);
      body.raw(bytes);
    }
  }
  if (body.length > 0) yield body.bytes();
}

/** At least one part: an empty bucket is told, too. BOUNDED: 255 parts; a bucket has room for thousands of records. */
function partsOf(items: readonly Item[], room: number): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let part = new ByteWriter();
  for (const item of items) {
    const bytes = emitItem(item);
    if (part.length > 0 && part.length + bytes.length > room) {
      parts.push(part.bytes());
      part = new ByteWriter();
    }
    if (bytes.length <= room) part.raw(bytes);
  }
  parts.push(part.bytes());
  return parts.slice(0, 255);
}

function emitItem(item: Item): Uint8Array {
  const writer = new ByteWriter();
  const isRecord = 'service' in item;
  writer.u8(isRecord ? kinds.record : kinds[item.kind]);
  const address = addressBytes(item.address);
  writer.u8(address.length);
  writer.raw(address);
  writer.f64(item.sinceMs);
  if (isRecord) {
    writer.u8(origins.indexOf(item.origin));
    for (const text of [item.service, item.node, item.pool, item.mark]) writer.text(text);
  } else {
    for (const text of [item.interface, item.mac]) writer.text(text);
  }
  return writer.bytes();
}

/** Null: nothing of that kind, or cut off. */
export function parseSections(body: Uint8Array): readonly Section[] | null {
  const reader = new ByteReader(body);
  const sections: Section[] = [];
  while (!reader.atEnd && !reader.failed) {
    const [bucket, part, parts, digest] = [reader.u16(), reader.u8(), reader.u8(), reader.f64()];
    const items = parseItems(reader.raw(reader.u16()));
    const isRight = bucket < allBuckets && part < parts && Number.isSafeInteger(digest) && digest >= 0;
    if (reader.failed || !isRight || !items) return null;
    sections.push({ bucket, part, parts, digest, items });
  }
  return reader.failed ? null : sections;
}

function parseItems(bytes: Uint8Array): readonly Item[] | null {
  const reader = new ByteReader(bytes);
  const items: Item[] = [];
  while (!reader.atEnd) {
    const item = parseItem(reader);
    if (reader.failed || !item) return null;
    items.push(item);
  }
  return items;
}

function parseItem(reader: ByteReader): Item | null {
  const kind = reader.u8();
  const address = readAddress(reader.raw(reader.u8()));
  const sinceMs = reader.f64();
  if (!address || !Number.isFinite(sinceMs)) return null;
  if (kind === kinds.record) {
    const origin = origins[reader.u8()];
    const [service, node, pool, mark] = [reader.text(), reader.text(), reader.text(), reader.text()];
    return origin ? { service, address, sinceMs, node, pool, origin, mark } : null;
  }
  const [name, mac] = [reader.text(), reader.text()];
  const word = kind === kinds.own ? 'own' : kind === kinds.conflict ? 'conflict' : null;
  return word && { address, kind: word, interface: name, mac, sinceMs };
}

function readAddress(bytes: Uint8Array): IpAddress | null {
  if (bytes.length !== 4 && bytes.length !== 16) return null;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return { family: bytes.length === 4 ? 'IPv4' : 'IPv6', value };
}
