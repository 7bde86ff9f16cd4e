// Where a section of an executable lies in memory.
// Read elf(5) before changing this file.
import { closeSync, openSync, readSync } from 'node:fs';

/** ELF, 64 bits, little endian. */
const identity = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
/** Loaded where its section headers say (ET_EXEC). */
const fixedPlace = 2;
const fileHeaderBytes = 64;
const sectionHeaderBytes = 64;

export interface Section {
  readonly address: number;
  readonly bytes: number;
}

/** Null: there is no such section, or the file is none that is loaded at fixed addresses. Throws when it cannot be read. */
export function findSection(path: string, name: string): Section | null {
  const file = openSync(path, 'r');
  try {
    const header = readAt(file, 0, fileHeaderBytes);
    if (header?.indexOf(identity) !== 0 || header.readUInt16LE(16) !== fixedPlace) return null;
    const count = header.readUInt16LE(60);
    if (header.readUInt16LE(58) !== sectionHeaderBytes) return null;
    const headers = readAt(file, Number(header.readBigUInt64LE(40)), count * sectionHeaderBytes);
    const namesAt = header.readUInt16LE(62) * sectionHeaderBytes;
    if (!headers || namesAt + sectionHeaderBytes > headers.length) return null;
    const names = readAt(file, offsetOf(headers, namesAt), sizeOf(headers, namesAt));
    for (let at = 0; names && at < headers.length; at += sectionHeaderBytes) {
      const start = headers.readUInt32LE(at);
      if (names.toString('latin1', start, names.indexOf(0, start)) !== name) continue;
      return { address: Number(headers.readBigUInt64LE(at + 16)), bytes: sizeOf(headers, at) };
    }
    return null;
  } finally {
    closeSync(file);
  }
}

function offsetOf(headers: Buffer, at: number): number {
  return Number(headers.readBigUInt64LE(at + 24));
}

function sizeOf(headers: Buffer, at: number): number {
  return Number(headers.readBigUInt64LE(at + 32));
}

/** Null: the file ends before. */
function readAt(file: number, position: number, bytes: number): Buffer | null {
  const buffer = Buffer.alloc(bytes);
  return readSync(file, buffer, 0, bytes, position) === bytes ? buffer : null;
}
