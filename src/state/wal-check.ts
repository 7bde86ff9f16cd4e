// Finds damage in a write-ahead log, which SQLite takes for the log's end without a word.
// Read https://www.sqlite.org/fileformat2.html#the_write_ahead_log before changing this file.
import { existsSync, readFileSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;
const bigEndianMagic = 0x377f0683;

/**
 * True when a frame of the log's present run is broken although frames after it were written: committed changes may be
 * lost. A broken *last* frame is what a killed process leaves behind, and nobody was told that it was kept.
 */
export function walIsDamaged(path: string): boolean {
  let bytes: Buffer;
  try {
    if (!existsSync(path)) return false;
    bytes = readFileSync(path);
  } catch {
    return false;
  }
  if (bytes.length <= headerBytes) return false;
  const magic = bytes.readUInt32BE(0);
  if (magic !== bigEndianMagic && magic !== bigEndianMagic - 1) return true;
  const big = magic === bigEndianMagic;
  const pageSize = bytes.readUInt32BE(8);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) return true;
  let sum = checksum(bytes, [0, 24], [0, 0], big);
  if (sum[0] !== bytes.readUInt32BE(24) || sum[1] !== bytes.readUInt32BE(28)) return true;
  const frameBytes = frameHeaderBytes + pageSize;
  const salt = bytes.subarray(16, 24);
  for (let at = headerBytes; at + frameBytes <= bytes.length; at += frameBytes) {
    const ofThisRun = salt.equals(bytes.subarray(at + 8, at + 16));
    sum = checksum(bytes, [at, at + 8], sum, big);
    sum = checksum(bytes, [at + frameHeaderBytes, at + frameBytes], sum, big);
    const right = sum[0] === bytes.readUInt32BE(at + 16) && sum[1] === bytes.readUInt32BE(at + 20);
    if (!ofThisRun || !right) return laterFrameOfRun(bytes, at + frameBytes, frameBytes, salt);
  }
  return false;
}

function laterFrameOfRun(bytes: Buffer, from: number, frameBytes: number, salt: Buffer): boolean {
  for (let at = from; at + frameBytes <= bytes.length; at += frameBytes) {
    if (salt.equals(bytes.subarray(at + 8, at + 16))) return true;
  }
  return false;
}

function checksum(
  bytes: Buffer,
  [from, to]: [number, number],
  start: [number, number],
  big: boolean,
): [number, number] {
  let [a, b] = start;
  for (let at = from; at < to; at += 8) {
    a = (a + (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
    b = (b + (big ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
  }
  return [a, b];
}
